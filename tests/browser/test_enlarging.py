"""A painter takes a picture home larger than it was painted."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from pipelines.image.png import read_png_take
from tests.browser.hands import WAIT
from tests.browser.test_painting import open_easel
from tests.browser.test_starts import prepare, work

pytestmark = pytest.mark.browser


def test_the_picture_on_the_easel_is_saved_four_times_as_large(visit):
    page = open_easel(visit)
    expect(page.locator("#painting-upscale_2")).to_be_hidden()
    prepare(page)
    small = work(page)
    page.click("#painting-upscale_4")
    expect(page.locator("#painting-upscaled-by")).to_contain_text("×4 · 1024 × 1024 px · Lanczos", timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-upscaled")
    assert saved.value.suggested_filename == "triptych-5-x4-Lanczos.png"
    with Image.open(saved.value.path()) as large:
        assert large.size == (1024, 1024)
    assert read_png_take(saved.value.path()) == read_png_take(small)
