"""Values posted past the page end in a sentence, and the studio goes on."""

from functools import partial

import httpx
import pytest
from PIL import Image

from tests.studio.wire import Stranger, error_of


@pytest.fixture
def stranger(studio):
    return Stranger(studio)


@pytest.mark.parametrize("value", [99, -1, "0.5", None, [1], {"a": 1}, True, float("nan"), float("inf")])
def test_an_impossible_slider_value_is_refused(stranger, value):
    status, body = stranger.move("literature-temperature", value)
    assert status != 200 or "error" in body
    assert stranger.move("literature-temperature", 0.7)[0] == 200


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"literature_temperature": float("nan")}, "Temperature must be a number"),
        ({"literature_temperature": 77}, "maximum"),
        ({"literature_form": "ode"}, "ode"),
        ({"literature_form": ["verse"]}, "verse"),
        ({"literature_prompt": "x" * 30_000}, "too long"),
        ({"literature_seed": -5}, "minimum"),
        ({"literature_title": "\ud800"}, "plain text"),
    ],
)
def test_a_work_with_a_bad_value_is_refused_in_a_sentence(stranger, changes, part):
    told = error_of(stranger.press("literature-write", **changes))
    assert told is not None
    assert part.lower() in str(told).lower()


def test_a_megabyte_of_prompt_is_refused_and_three_are_not_even_read(stranger):
    assert "too long" in error_of(stranger.press("literature-write", literature_prompt="x" * 900_000))
    told = error_of(stranger.press("literature-write", literature_prompt="x" * 3_000_000))
    assert "megabytes" in told


def test_a_painting_without_words_is_told_so(stranger):
    assert "few words" in error_of(stranger.press("painting-paint", painting_prompt="  "))


def test_events_can_not_skip_the_queue(stranger):
    index, _, values = stranger.find("literature-write", "click")
    body = {"data": values, "fn_index": index, "session_hash": stranger.session}
    answer = httpx.post(f"{stranger.address}/run/predict", json=body, timeout=30)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "README.md", "../README.md", "app.py", "assets/models/writer/config.json"]
)
def test_files_of_the_machine_are_not_served(stranger, path):
    assert httpx.get(f"{stranger.address}/file={path}").status_code in (403, 404)


def test_the_headers_are_set(studio):
    headers = httpx.get(studio.local_url).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_picture_file_of_the_machine_can_not_be_taken_as_an_upload(stranger, tmp_path):
    foreign = tmp_path / "private.png"
    Image.new("RGB", (8, 8)).save(foreign)
    for path in (str(foreign), "README.md", "/etc/passwd"):
        for more in ({}, {"meta": {"_type": "gradio.FileData"}}):
            told = stranger.press("painting-upload", "upload", painting_upload={"path": path} | more)
            assert not told[-1]["success"]


def test_what_the_easel_could_never_say_is_refused_and_a_foreign_picture_is_not_found(stranger):
    press = partial(stranger.press, "painting-paint", painting_prompt="a boat")
    assert "not a picture" in error_of(press(painting_marks='{"start": 7}'))
    assert "no longer kept" in error_of(press(painting_marks='{"start": "somebody-elses"}'))
    assert "no longer kept" in error_of(press(painting_marks='{"start": "../../etc/passwd"}'))
    assert "not a picture" in error_of(press(painting_marks='{"start": "sheet", "sketch": "http://127.0.0.1/"}'))
    assert "no picture on the easel" in error_of(stranger.press("painting-subtle"))


def test_another_visitors_picture_can_not_be_looked_at(stranger):
    index, _, _ = stranger.find("painting-strip", "pick")
    for data in ({"id": "somebody-elses"}, {"id": ["x"]}, {}, None, "x"):
        body = {"data": [], "fn_index": index, "session_hash": stranger.session, "event_data": data}
        answer = httpx.post(f"{stranger.address}/run/predict", json=body, timeout=30)
        assert "no longer kept" in answer.text
