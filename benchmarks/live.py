"""The live canvas in a real browser, dragged and let go, beside the barest gradio page that repaints at every move."""

import statistics
import tempfile
import time
from collections.abc import Iterable
from typing import Any

from benchmarks import Row
from benchmarks.bare_canvas import PROMPT, STEPS
from benchmarks.page import open_browser, open_tab, set_slider, start_page

DRAG_SECONDS = 6.0
MOVES = 8
PEER = "a bare gradio page, stock pipeline"


def run() -> Iterable[Row]:
    """Measure both pages: pictures a second while a slider is dragged, and the time from a move to its picture."""
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        found = []
        for command, opened, slider, picture in (
            (["app.py"], open_studio, "#painting-guidance_scale", "#painting-easel .easel-look img"),
            (["-m", "benchmarks.bare_canvas"], open_bare, "#guidance", "#picture img"),
        ):
            process, address = start_page(command, folder)
            try:
                page = opened(browser, address)
                found.append((count_pictures(page, slider, picture), time_pictures(page, slider, picture)))
                page.close()
            finally:
                process.terminate()
                process.wait()
    (ours, our_wait), (theirs, their_wait) = found
    yield Row("live canvas, 256 px, while dragged", ours, theirs, PEER, "pictures/s")
    yield Row("live canvas, a move to its picture", our_wait, their_wait, PEER, "ms", lower_is_better=True)


def open_studio(browser: Any, address: str) -> Any:
    """Return our page, live, its first picture painted."""
    page = open_tab(browser, address, "painting")
    set_slider(page, "#painting-live_steps", STEPS)
    page.fill("#painting-prompt textarea", PROMPT)
    page.wait_for_timeout(500)
    page.check("#painting-live input")
    page.wait_for_selector("#painting-easel .easel-look img", timeout=60_000)
    page.wait_for_timeout(2000)
    return page


def open_bare(browser: Any, address: str) -> Any:
    """Return the bare page, its first picture painted."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#guidance input[type=range]")
    page.wait_for_timeout(500)
    set_slider(page, "#guidance", 5)
    page.wait_for_selector("#picture img", timeout=60_000)
    page.wait_for_timeout(2000)
    return page


def count_pictures(page: Any, slider: str, picture: str) -> float:
    """Return how often a second another picture is seen while the slider is dragged to and fro."""
    page.evaluate(
        """selector => { window.seen = 0;
        let last = document.querySelector(selector).src;
        const look = () => {
          const img = document.querySelector(selector);
          if (img?.complete && img.naturalWidth && img.src !== last) { window.seen += 1; last = img.src; }
          requestAnimationFrame(look);
        };
        look(); }""",
        picture,
    )
    box = page.locator(f"{slider} input[type=range]").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    began, moves = time.perf_counter(), 0
    while time.perf_counter() - began < DRAG_SECONDS:
        moves += 1
        share = 0.3 + 0.4 * abs((moves % 40) / 20 - 1)
        page.mouse.move(box["x"] + box["width"] * share, middle)
        page.wait_for_timeout(50)
    passed = time.perf_counter() - began
    page.mouse.up()
    seen = page.evaluate("window.seen")
    page.wait_for_timeout(2000)
    return float(seen / passed)


def time_pictures(page: Any, slider: str, picture: str) -> float:
    """Return the median milliseconds from a slider's move to the picture it makes, when nothing else was wanted."""
    source = "selector => document.querySelector(selector).src"
    taken = []
    for move in range(MOVES):
        before = page.evaluate(source, picture)
        set_slider(page, slider, 3 + move * 0.5)
        begun = time.perf_counter()
        page.wait_for_function(
            "([selector, before]) => document.querySelector(selector).src !== before",
            arg=[picture, before],
            timeout=20_000,
            polling=5,
        )
        taken.append((time.perf_counter() - begun) * 1000)
        page.wait_for_timeout(800)
    return statistics.median(taken)
