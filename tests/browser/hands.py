"""What a person's hands do on the page, whichever the panel."""

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect

WAIT = 90_000


def set_slider(page, elem_id, value):
    """Type a value into a slider's box."""
    box = page.locator(f"#{elem_id} input[type=number]")
    box.fill(str(value))
    box.press("Enter")


def set_seed(page, art, seed):
    """Fix the seed: some works end early, and a test that steers one needs a long one."""
    page.locator(f"#{art}-fresh-seed input").uncheck()
    box = page.locator(f"#{art}-seed input")
    box.fill(str(seed))
    box.press("Tab")


def wait_for_status(page, art, word="Done"):
    """Wait until the status line says a word."""
    expect(page.locator(f"#{art}-status .status")).to_contain_text(word, timeout=WAIT)


def wait_for_progress(page, art):
    """Wait until the status line has moved on: by then what was moved before is in the work."""
    line = page.locator(f"#{art}-status .status")
    expect(line).not_to_have_text(line.text_content(), timeout=WAIT)


def text_of(page):
    """Return what stands on the literature page."""
    return page.locator("#literature-page textarea").input_value()


def until_text(page, wanted):
    """Wait until exactly this stands on the literature page."""
    page.wait_for_function(
        "t => document.querySelector('#literature-page textarea').value === t", arg=wanted, timeout=WAIT
    )


def choose(page, knob, words, art="literature"):
    """Choose from one of a panel's lists."""
    page.click(f"#{art}-{knob} input")
    page.get_by_role("option", name=words, exact=True).click()


def open_frame(address):
    """Return the pixels `(height, width, 3)` of a picture that the page shows."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",", 1)[1]))).convert("RGB"), dtype=int)


def until_sent(page, act):
    """Do something and wait until the server has answered with another sound."""
    before = page.evaluate("document.querySelector('#music-roll audio').src")
    act()
    page.wait_for_function(
        "was => { const { src } = document.querySelector('#music-roll audio'); return src && src !== was; }",
        arg=before, timeout=WAIT,
    )  # fmt: skip
