"""A painter lays out a grid, watches it fill, and goes on from one of its pictures."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from pipelines.image.png import read_png_take
from tests.browser.hands import WAIT, open_frame, set_slider, wait_for_status
from tests.browser.test_painting import open_easel, remake
from tests.browser.test_starts import BOARD, prepare

pytestmark = pytest.mark.browser

CELLS = "#painting-grid td button"


def lay_out(page, side, axis, values):
    page.click(f"#painting-{side} input")
    page.get_by_role("option", name=axis, exact=True).locator("visible=true").last.click()
    page.fill(f"#painting-{side}-values textarea", values)


def test_a_grid_fills_and_a_click_takes_a_picture_with_its_settings(visit, tmp_path):
    page = open_easel(visit)
    prepare(page, "a red house in the mountains")
    page.click("#painting-grid-fold > button")
    lay_out(page, "across", "Words of the prompt", "red, blue")
    lay_out(page, "down", "Steps", "2-4 (+2)")
    page.click("#painting-paint_grid")
    expect(page.locator(f"{CELLS} img")).to_have_count(4, timeout=WAIT)
    wait_for_status(page, "painting")
    expect(page.locator("#painting-grid th")).to_have_text(["Steps ↓  Words of the prompt →", "red", "blue", "2", "4"])
    page.locator(CELLS).nth(3).click()
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)
    expect(page.locator("#painting-prompt textarea")).to_have_value("a blue house in the mountains")
    expect(page.locator("#painting-num_inference_steps input[type=number]")).to_have_value("4")
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    kept = saved.value.path().read_bytes()
    take = read_png_take(saved.value.path())
    assert (take.params["prompt"], take.params["num_inference_steps"]) == ("a blue house in the mountains", 4)
    assert take.seed == 5
    with page.expect_download() as sheet:
        page.click("#painting-grid [data-save]")
    with Image.open(sheet.value.path()) as picture:
        assert picture.size == (150 + 2 * 264, 44 + 2 * 264)
    assert remake(visit, tmp_path, kept) == kept


def test_a_grid_begins_from_what_is_on_the_easel(visit):
    page = open_easel(visit)
    prepare(page, "the moon over the sea at night")
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    page.click("#painting-grid-fold > button")
    lay_out(page, "across", "Strength", "0, 1")
    page.click("#painting-paint_grid")
    wait_for_status(page, "painting")
    cells = page.locator(f"{CELLS} img")
    expect(cells).to_have_count(2, timeout=WAIT)
    kept, painted = (open_frame(cells.nth(index).get_attribute("src")) for index in range(2))
    assert kept.min() > 240
    assert painted.mean() < 160


def test_stop_keeps_the_sheet_and_bad_values_are_told_so(visit):
    page = open_easel(visit, locale="zh-CN")
    prepare(page, "湖上的石桥")
    set_slider(page, "painting-num_inference_steps", 40)
    page.click("#painting-grid-fold > button")
    lay_out(page, "across", "种子", "1-24")
    page.click("#painting-paint_grid")
    expect(page.locator(f"{CELLS} img")).not_to_have_count(0, timeout=WAIT)
    page.wait_for_function(f"document.querySelectorAll('{CELLS} img').length > 1", timeout=WAIT)
    page.click("#painting-stop")
    wait_for_status(page, "painting", "完成")
    kept = page.locator(f"{CELLS} img").count()
    assert 1 < kept < 24
    page.fill("#painting-across-values textarea", "一,二")
    page.click("#painting-paint_grid")
    expect(page.locator(".toast-body").first).to_be_visible(timeout=WAIT)
    headed = page.evaluate("getComputedStyle(document.querySelector('.toast-title'), '::before').content")
    assert headed == '"没有成功"'
    assert page.locator(f"{CELLS} img").count() == kept
