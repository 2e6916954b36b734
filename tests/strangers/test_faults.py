"""A studio that is killed and started again loses nothing kept; visitors who leave take their memory with them."""

import resource
import time

import httpx
import psutil
import pytest
from playwright.sync_api import expect

from pipelines.take import Take
from tests.browser.hands import WAIT, set_slider, wait_for_status
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of

pytestmark = pytest.mark.browser


def recipes(folder):
    """Return every recipe that lies in a folder; raise where one is not whole."""
    return [Take.from_json(file.read_text(encoding="utf-8")) for file in folder.rglob("triptych-*.json")]


def test_kept_works_and_open_pages_outlive_a_kill(tmp_path, chromium):
    options = ("--port", "7959")
    studio = Studio(tmp_path, *options)
    pages = [chromium.new_page() for _ in range(4)]
    try:
        for page in pages:
            page.goto(studio.local_url)
            page.wait_for_selector("#literature-write")
            page.evaluate("window.beforeTheKill = true")
            page.fill("#literature-prompt textarea", "The harbour at night")
        pages[0].wait_for_timeout(1000)
        pages[0].click("#literature-write")
        wait_for_status(pages[0], "literature", "Done")
        text = pages[0].locator("#literature-page textarea").input_value()
        assert len(text) > 20
        kept = recipes(tmp_path)
        assert len(kept) == 1
        for page in pages[1:]:
            page.click("#literature-write")
        for page in pages:
            page.click("#tab-music-button")
            page.click("#music-more > button")
            set_slider(page, "music-bars", 64)  # so that each page is at work when the studio is killed
            page.click("#music-compose")
        studio.process.kill()
        studio.process.wait(20)
        studio.process.stdout.close()

        studio = Studio(tmp_path, *options)
        assert kept[0] in recipes(tmp_path)
        for page in pages:
            page.wait_for_function("!window.beforeTheKill", timeout=WAIT)
            page.click("#tab-literature-button")
            expect(page.locator("#literature-prompt textarea")).to_have_value("The harbour at night", timeout=WAIT)
            page.click("#literature-write")
            wait_for_status(page, "literature", "Done")
        assert pages[0].locator("#literature-page textarea").input_value() != ""
        expect(pages[0].locator("#literature-page textarea")).not_to_have_value(text, timeout=WAIT)
    finally:
        for page in pages:
            page.close()
        studio.close()


def test_visitors_who_leave_take_their_memory_with_them(tmp_path):
    studio = Studio(tmp_path, "--port", "7960")
    try:
        wait_until_ready(studio)
        process = psutil.Process(studio.process.pid)
        for _ in range(12):
            come_and_go(studio)
        before = process.memory_info().rss
        for _ in range(24):
            come_and_go(studio)
        assert process.memory_info().rss < 1.05 * before
    finally:
        studio.close()


def wait_until_ready(studio):
    while httpx.get(f"{studio.local_url}healthz").status_code != 200:
        time.sleep(0.2)


def come_and_go(studio):
    visitor = Stranger(studio)
    with httpx.stream("GET", f"{visitor.address}/heartbeat/{visitor.session}", timeout=60):  # a page that is open
        visitor.arrive("en")
        assert error_of(visitor.press("literature-write", literature_max_tokens=32)) is None
        assert (
            error_of(visitor.press("painting-paint", painting_prompt="a boat", painting_num_inference_steps=2)) is None
        )
        assert error_of(visitor.press("music-compose", music_bars=4)) is None


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs Linux's prlimit")
def test_a_full_disk_is_told_in_a_sentence_and_is_no_end(tmp_path):
    studio = Studio(tmp_path, "--port", "7981")
    try:
        wait_until_ready(studio)
        visitor = Stranger(studio)
        assert error_of(visitor.press("literature-write", literature_max_tokens=16)) is None
        unlimited = resource.prlimit(studio.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for button, values in (
            ("literature-write", {"literature_max_tokens": 16}),
            ("painting-paint", {"painting_prompt": "a boat", "painting_num_inference_steps": 2}),
            ("music-compose", {"music_bars": 4}),
        ):
            assert "disk" in error_of(visitor.press(button, **values)), button
        resource.prlimit(studio.process.pid, resource.RLIMIT_FSIZE, unlimited)
        assert error_of(visitor.press("music-compose", music_bars=4)) is None
    finally:
        studio.close()
