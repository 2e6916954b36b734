"""Told to end, the studio refuses new works, lets those being made end, or keeps them as far as they came; status 0."""

import signal
import threading
import time

import httpx
import pytest

from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a studio and waits until its models are there."""
    running = []

    def begin(*options, port):
        studio = Studio(tmp_path, *options, "--port", str(port), errors=tmp_path / "log")
        running.append(studio)
        begun = time.monotonic()
        while httpx.get(f"{studio.local_url}healthz").status_code != 200:
            assert time.monotonic() - begun < 90
            time.sleep(0.1)
        return studio, tmp_path / "log"

    yield begin
    for studio in running:
        studio.close()


def write(studio, told, **changes):
    """Write a long text in the background; `told` is filled with the queue's messages."""
    changes = {"literature_max_tokens": 1024, "literature_prompt": "my secret", "literature_form": "fiction"} | changes
    stranger = Stranger(studio)
    thread = threading.Thread(target=lambda: told.extend(stranger.press("literature-write", **changes)))
    thread.start()
    return thread


def wait_for(holds):
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < 60
        time.sleep(0.02)


def measure(studio, line):
    told = httpx.get(f"{studio.local_url}metrics").text.splitlines()
    return next((float(known.split()[-1]) for known in told if known.startswith(line)), 0.0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_studio_where_nothing_is_made_ends_soon_with_status_0(start, number):
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("a signal that is ignored here, as under nohup, is ignored by the studio too")
    studio, _ = start(port=7973)
    begun = time.monotonic()
    studio.process.send_signal(number)
    assert studio.process.wait(20) == 0
    assert time.monotonic() - begun < 15


def test_a_work_that_is_made_ends_and_a_new_one_is_refused(start):
    studio, log = start("--closing-seconds", "60", port=7974)
    told, late = [], []
    work = write(studio, told, literature_max_tokens=300)
    wait_for(lambda: measure(studio, "triptych_works_running"))
    studio.process.terminate()
    wait_for(lambda: httpx.get(f"{studio.local_url}healthz").json()["status"] == "closing")
    write(studio, late).join(60)
    work.join(60)
    assert studio.process.wait(30) == 0
    assert error_of(told) is None
    assert "about to close" in error_of(late)
    assert "outcome=finished" in log.read_text()


def test_a_second_signal_ends_the_wait_and_who_waits_in_line_is_told(start):
    studio, log = start("--closing-seconds", "600", "--works-at-once", "1", port=7979)
    first, second = [], []
    work = write(studio, first)
    wait_for(lambda: measure(studio, "triptych_works_running"))
    line = write(studio, second, literature_max_tokens=1000)
    wait_for(lambda: measure(studio, 'triptych_queue_length{art="literature"}'))
    begun = time.monotonic()
    studio.process.terminate()
    wait_for(lambda: httpx.get(f"{studio.local_url}healthz").json()["status"] == "closing")
    studio.process.terminate()
    work.join(60)
    line.join(60)
    assert studio.process.wait(30) == 0
    assert time.monotonic() - begun < 20
    assert error_of(first) is None
    assert "about to close" in error_of(second)
    assert log.read_text().count("event=begun") == 1


def test_a_work_that_takes_too_long_is_stopped_and_kept(start):
    studio, log = start("--closing-seconds", "0.3", port=7975)
    told = []
    work = write(studio, told)
    wait_for(lambda: measure(studio, "triptych_works_running"))
    time.sleep(0.5)
    studio.process.terminate()
    work.join(60)
    assert studio.process.wait(30) == 0
    assert error_of(told) is None
    assert "triptych-literature-" in str(told[-1])  # its recipe
    assert "outcome=stopped" in log.read_text()
    assert "secret" not in log.read_text()


def test_what_is_done_is_measured(start):
    studio, log = start("--log-prompts", port=7976)
    told = []
    write(studio, told, literature_max_tokens=16).join(60)
    write(studio, told, literature_temperature=float("nan")).join(60)
    assert measure(studio, 'triptych_works_begun_total{art="literature"}') == 2
    assert measure(studio, 'triptych_works_ended_total{art="literature",outcome="finished"}') == 1
    assert measure(studio, 'triptych_errors_total{art="literature",kind="NotANumber"}') == 1
    assert measure(studio, 'triptych_steps_total{art="literature"}') > 0
    assert 'prompt="my secret"' in log.read_text()
    through = httpx.get(f"{studio.local_url}metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert through.status_code == 404


def test_a_studio_whose_words_nobody_reads_any_more_ends_in_good_order(start):
    studio, log = start(port=7992)
    studio.process.stdout.close()
    studio.process.terminate()
    assert studio.process.wait(20) == 0
    assert "BrokenPipe" not in log.read_text()
