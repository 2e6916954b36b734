"""Where the memory ends the page says so, keeps the words, and tries again smaller when the artist presses for it."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, set_slider, wait_for_status
from tests.conftest import Studio
from tests.pipelines.image.checkpoints import build_sd15

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hungry(tmp_path_factory):
    folder = build_sd15(tmp_path_factory.mktemp("hungry"))
    options = ["32", "--image-model", str(folder), "--port", "7966"]
    studio = Studio(tmp_path_factory.mktemp("studio"), *options, program="tests/browser/hungry.py")
    yield studio
    studio.close()


@pytest.mark.parametrize(
    ("locale", "offer", "sentence"),
    [("en-US", "Try again smaller", "not enough memory"), ("zh-CN", "缩小再试", "内存不够")],
)
def test_the_artist_lets_it_try_again_with_one_picture_of_several(hungry, chromium, locale, offer, sentence):
    page = chromium.new_page(locale=locale)
    page.goto(hungry.local_url)
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#painting-model")).to_contain_text("sd15", timeout=WAIT)
    page.wait_for_timeout(1500)
    smaller = page.locator("#painting-smaller")
    page.fill("#painting-prompt textarea", "a boat")
    set_slider(page, "painting-num_inference_steps", 2)
    set_slider(page, "painting-num_images", 3)
    expect(smaller).to_be_hidden()
    page.click("#painting-paint")
    expect(page.get_by_text(sentence).first).to_be_visible(timeout=WAIT)
    expect(smaller).to_be_visible(timeout=WAIT)
    assert smaller.inner_text() == offer
    assert page.locator("#painting-prompt textarea").input_value() == "a boat"
    smaller.click()
    expect(page.locator("#painting-download-1")).to_be_visible(timeout=WAIT)
    assert page.locator("#painting-num_images input[type=number]").input_value() == "1"
    expect(smaller).to_be_hidden(timeout=WAIT)
    wait_for_status(page, "painting", "Done" if locale == "en-US" else "完成")
    page.close()
