"""A painter switches the canvas live: it follows their hands, is never blank, and what stands there can be kept."""

import pytest
from playwright.sync_api import expect

from pipelines.image.png import read_png_take
from tests.browser.hands import WAIT, open_frame, set_seed, set_slider
from tests.browser.test_painting import open_easel, remake
from tests.browser.test_starts import BOARD, drag

pytestmark = pytest.mark.browser

SHOWN = "(document.querySelector('#painting-easel .easel-look img')?.src ?? '')"
WATCH = """() => {
  window.blanks = 0; window.seen = new Set();
  const look = () => {
    const images = [...document.querySelectorAll('#painting-easel .easel-look img')];
    const box = document.querySelector('#painting-easel .easel-look').getBoundingClientRect();
    if (images.length !== 1 || !images[0].complete || !images[0].naturalWidth || box.height < 50) window.blanks += 1;
    if (images.length) window.seen.add(images[0].src);
    requestAnimationFrame(look);
  };
  look();
}"""


def go_live(page, words="a boat on the sea at sunset"):
    page.fill("#painting-prompt textarea", words)
    set_seed(page, "painting", 5)
    page.wait_for_timeout(300)
    page.locator("#painting-live input").check()
    return settle(page, "")


def settle(page, before):
    """Wait for another picture than the one before, and until it stays."""
    page.wait_for_function(f"before => {SHOWN} !== before && {SHOWN} !== ''", arg=before, timeout=WAIT)
    shown = page.evaluate(SHOWN)
    while True:
        page.wait_for_timeout(1500)
        now = page.evaluate(SHOWN)
        if now == shown:
            return shown
        shown = now


def test_the_picture_follows_words_and_sliders_and_is_never_blank(visit):
    page = open_easel(visit)
    first = go_live(page)
    page.evaluate(WATCH)
    page.fill("#painting-prompt textarea", "a red house in the mountains")
    second = settle(page, first)
    slider = page.locator("#painting-guidance_scale input[type=range]")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2)
    page.mouse.down()
    for index in range(12):
        page.mouse.move(box["x"] + box["width"] * (0.45 - 0.03 * index), box["y"] + box["height"] / 2)
        page.wait_for_timeout(120)
    during = page.evaluate("window.seen.size")
    page.mouse.up()
    third = settle(page, second)
    assert during > 3  # while the slider was still held
    assert len({first, second, third}) == 3
    assert page.evaluate("window.blanks") == 0
    expect(page.locator("#painting-easel .easel-pace")).to_contain_text("Live")

    page.locator("#painting-live input").uncheck()
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    file = saved.value.path()
    take = read_png_take(file)
    assert take.params["prompt"] == "a red house in the mountains"
    assert take.seed == 5
    assert take.moves == ()
    page.fill("#painting-prompt textarea", "a tree in a field")
    page.wait_for_timeout(1200)
    assert page.locator("#painting-strip .strip button").count() == 1


def test_what_was_kept_live_is_painted_again_from_its_file(visit, tmp_path):
    page = open_easel(visit)
    first = go_live(page, "a lighthouse by the sea at night")
    page.click("#painting-another")
    settle(page, first)
    page.click("#painting-keep")
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    kept = saved.value.path().read_bytes()
    assert str(read_png_take(saved.value.path()).seed) == page.locator("#painting-seed input").input_value() != "5"
    page.locator("#painting-live input").uncheck()
    assert remake(visit, tmp_path, kept) == kept


def test_strokes_on_the_sheet_are_followed_beside_the_board(visit):
    page = open_easel(visit)
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    set_slider(page, "painting-strength", 0.3)
    first = go_live(page, "the sea on a sunny day")
    page.click("[data-ink='#b9502f']")
    page.evaluate("const r = document.querySelector('[data-tool-size]'); r.value = 60;")
    for y in (0.1, 0.5, 0.9):
        drag(page, (0.0, y), (0.35, y))
    second = settle(page, first)
    expect(page.locator(BOARD)).to_be_visible()
    expect(page.locator("#painting-easel .easel-look img")).to_be_visible()
    picture = open_frame(second)
    assert picture[:, :60, 0].mean() > picture[:, :60, 2].mean() + 30


def test_a_picture_is_painted_with_care_while_live_and_stop_ends_both(visit):
    page = open_easel(visit)
    first = go_live(page, "a castle in the mountains")
    set_slider(page, "painting-num_inference_steps", 12)
    page.click("#painting-paint")
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    assert read_png_take(saved.value.path()).params["num_inference_steps"] == 12
    assert page.locator("#painting-live input").is_checked()
    page.fill("#painting-prompt textarea", "a castle in the mountains at night")
    settle(page, first)
    page.click("#painting-stop")
    expect(page.locator("#painting-live input")).not_to_be_checked()
    expect(page.locator("#painting-strip .strip button")).to_have_count(2, timeout=WAIT)


def test_a_live_picture_is_kept_before_another_begins_from_it(visit):
    page = open_easel(visit)
    expect(page.locator("#painting-take")).to_be_hidden()
    expect(page.locator("#painting-keep")).to_be_hidden()
    go_live(page)
    page.click("#painting-take")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    page.click("#painting-keep")
    expect(page.locator(BOARD)).to_be_visible()


def test_a_walk_goes_on_by_itself_and_the_sliders_stand_where_it_ends(visit):
    page = open_easel(visit)
    page.fill("#painting-prompt textarea", "a boat on the sea")
    set_seed(page, "painting", 5)
    page.wait_for_timeout(300)
    page.evaluate(WATCH)
    page.locator("#painting-wander input").check()
    expect(page.locator("#painting-live input")).to_be_checked()
    page.wait_for_function("window.seen.size > 6", timeout=WAIT)
    page.locator("#painting-wander input").uncheck()
    page.wait_for_timeout(3000)
    there = page.evaluate(SHOWN)
    page.wait_for_timeout(1500)
    assert page.evaluate(SHOWN) == there

    page.locator("#painting-open").get_by_role("button").first.click()
    light = float(page.locator("#painting-light input[type=number]").input_value())
    page.click("#painting-keep")
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    params = read_png_take(saved.value.path()).params
    assert params["light"] == light != 0
    assert page.locator("#painting-live input").is_checked()
    page.locator("#painting-live input").uncheck()


def test_a_walk_ends_with_the_live_canvas(visit):
    page = open_easel(visit)
    page.fill("#painting-prompt textarea", "a boat on the sea")
    page.locator("#painting-wander input").check()
    expect(page.locator("#painting-live input")).to_be_checked()
    page.wait_for_function(f"{SHOWN} !== ''", timeout=WAIT)
    page.click("#painting-stop")
    expect(page.locator("#painting-wander input")).not_to_be_checked()
    expect(page.locator("#painting-live input")).not_to_be_checked()
