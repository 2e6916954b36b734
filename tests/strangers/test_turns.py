"""What a visitor is told before a work begins: how many are before it, or at once why it may not begin."""

import secrets

import httpx
import pytest

from studio.door import COOKIE
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    running = Studio(
        tmp_path_factory.mktemp("turns"), "--listen", "--port", "7994", "--works-at-once", "1", "--most-works", "2"
    )
    yield running
    running.close()


def ask(stranger, button):
    """Ask for a work as a click does, without beginning it; return what the status line says."""
    stranger.find(button, "click")
    body = {"data": [], "fn_index": stranger.first, "session_hash": stranger.session}
    answer = httpx.post(f"{stranger.address}/run/predict", json=body, **stranger.options)
    return answer.json()["data"][0]


def test_whoever_waits_is_told_for_how_many_and_whoever_is_too_quick_why(studio):
    first, second = (Stranger(studio, {COOKIE: secrets.token_urlsafe(24)}) for _ in range(2))
    assert error_of(first.press("literature-write", literature_max_tokens=16)) is None  # once the models are there
    assert "~" not in str(ask(first, "literature-write"))  # nobody is before it
    told = ask(second, "literature-write")
    assert told.startswith("~")
    assert "1" in told
    told = ask(first, "literature-write")  # the third within a minute
    assert told.startswith("~")
    assert "within a minute" in told
