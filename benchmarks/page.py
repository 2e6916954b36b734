"""How soon a slider acts, in a real browser: our page beside the barest gradio page that can do the same."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import Row

ROOT = Path(__file__).parent.parent
MOVES = 10
OPTIONS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()


def run() -> Iterable[Row]:
    """Measure both pages, turn by turn, and give the medians."""
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        ours = start_page(["app.py"], folder)
        bare = start_page(["-m", "benchmarks.bare_page"], folder)
        try:
            mine = _measure(_open_studio(browser, ours[1]), "#music-density", "#music-status .moved")
            peer = _measure(_open_bare(browser, bare[1]), "#temperature", "#echo textarea")
        finally:
            for process, _ in (ours, bare):
                process.terminate()
                process.wait()
    yield Row("slider to visible effect, median", mine, peer, "a bare gradio page", "ms", lower_is_better=True)


@contextmanager
def open_browser() -> Iterator[Any]:
    """Open a Chromium for a while."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")  # None takes Playwright's own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


def start_page(command: list[str], folder: str) -> tuple[subprocess.Popen[str], str]:
    """Start a page in a process of its own; return that and its address."""
    environment = os.environ | {"GRADIO_TEMP_DIR": folder, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    address = next(line for line in process.stdout if " is open at " in line).split(" is open at ")[1].strip()
    return process, address


def open_tab(browser: Any, address: str, art: str) -> Any:
    """Return our page at an art's tab, its fold open."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#literature-write")
    page.wait_for_timeout(1000)
    page.click(f"#tab-{art}-button")
    page.click(f"#{art}-more > button")
    return page


def _open_studio(browser: Any, address: str) -> Any:
    page = open_tab(browser, address, "music")
    set_slider(page, "#music-bars", 64)
    set_slider(page, "#music-pace", 8)  # bars a second: time enough for every move
    page.wait_for_timeout(300)
    page.click("#music-compose")
    page.wait_for_function("document.querySelector('#music-roll .roll').dataset.notes > 5", timeout=60_000)
    return page


def _open_bare(browser: Any, address: str) -> Any:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#begin")
    page.wait_for_timeout(500)
    page.click("#begin")
    page.wait_for_timeout(500)
    return page


def set_slider(page: Any, control: str, value: float) -> None:
    """Type a value into a slider's box."""
    box = page.locator(f"{control} input[type=number]")
    box.fill(f"{value:g}")
    box.press("Enter")


def _moves() -> Iterator[float]:
    return (round(0.1 * index, 1) for index in range(1, MOVES + 1))


def _measure(page: Any, control: str, sign: str) -> float:
    """Return the median milliseconds from a slider's move to its value being shown as in force."""
    shown = """([selector, value]) => [...document.querySelectorAll(selector)].some(
        (part) => (part.value ?? part.textContent).trim().split(' ').includes(value))"""
    taken = []
    for value in _moves():
        set_slider(page, control, value)
        begun = time.perf_counter()
        page.wait_for_function(shown, arg=[sign, f"{value:g}"], timeout=20_000, polling=5)
        taken.append((time.perf_counter() - begun) * 1000)
        page.wait_for_timeout(120)
    page.close()
    return statistics.median(taken)
