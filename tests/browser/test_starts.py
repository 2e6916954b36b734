"""A painter starts from a picture: uploads it, draws on it by mouse, keys and finger, varies it, looks back."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from pipelines.image.png import read_png_take
from pipelines.pictures import read_address
from studio.contact import CAPTION_PX, CELL_PX, GAP_PX
from tests.browser.hands import WAIT, choose, set_seed, set_slider
from tests.browser.test_painting import open_easel, remake

pytestmark = pytest.mark.browser

BOARD = "#painting-easel .easel-board canvas"


def prepare(page, words="the moon over the sea at night"):
    page.fill("#painting-prompt textarea", words)
    set_slider(page, "painting-num_inference_steps", 4)
    set_seed(page, "painting", 5)
    page.wait_for_timeout(300)


def work(page, button="paint"):
    """Press a button that paints; return the PNG once it is in the strip."""
    before = page.locator("#painting-strip .strip button").count()
    page.click(f"#painting-{button}")
    expect(page.locator("#painting-strip .strip button")).to_have_count(before + 1, timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    return saved.value.path()


def pixels(picture):
    return np.asarray(picture.convert("RGB"), dtype=int)


def save(folder, picture, name="start.png", **more):
    if isinstance(picture, bytes):
        (folder / name).write_bytes(picture)
    else:
        picture.save(folder / name, **more)
    return folder / name


def upload(page, file):
    page.set_input_files("input:has(+ #painting-upload)", file)


def stripes():
    rows = np.zeros((256, 256, 3), dtype=np.uint8)
    rows[::8] = (200, 160, 90)
    rows[:, :, 2] += np.arange(100, 228, 0.5).astype(np.uint8)
    return Image.fromarray(rows)


def drag(page, *points):
    page.locator(BOARD).scroll_into_view_if_needed()
    box = page.locator(BOARD).bounding_box()
    (x, y), *rest = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=6)
    page.mouse.up()


def test_an_upload_is_painted_on_where_the_mask_is_and_nowhere_else(visit, tmp_path):
    page = open_easel(visit)
    prepare(page)
    upload(page, save(tmp_path, stripes()))
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    expect(page.locator("#painting-strength")).to_be_visible()
    drag(page, (0.25, 0.25), (0.4, 0.25))
    file = work(page)
    changed = np.abs(pixels(Image.open(file)) - pixels(stripes())).sum(-1)
    take = read_png_take(file)
    mask = np.asarray(read_address(take.params["mask"]))
    assert changed[mask == 0].max() == 0
    assert changed[56:72, 70:96].mean() > 20
    assert 0.01 < (mask > 0).mean() < 0.2
    assert remake(visit, tmp_path, file.read_bytes()) == file.read_bytes()


def test_strokes_are_taken_back_cleared_and_inverted_by_mouse_and_keys(visit):
    page = open_easel(visit)
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)

    def marks(layer="mask"):
        return page.evaluate(f"JSON.parse(window.triptych.easel.read()).{layer}")

    assert marks() == marks("sketch") == ""
    page.click("[data-tool=mask]")
    drag(page, (0.2, 0.2), (0.3, 0.3))
    one = marks()
    drag(page, (0.7, 0.7), (0.8, 0.8))
    assert marks() != one
    page.locator(BOARD).press("Control+z")
    assert marks() == one
    page.click("[data-act=invert]")
    assert marks() not in ("", one)
    page.click("[data-act=clear]")
    assert marks() == ""
    page.click("[data-act=undo]")
    page.click("[data-act=undo]")
    assert marks() == one
    page.click("[data-act=clear]")
    for key in ("ArrowRight", "]", " ", "ArrowDown", "ArrowDown", " ", "ArrowDown"):
        page.locator(BOARD).press(key)
    assert marks() != ""
    page.click("[data-tool=erase]")
    page.evaluate("const r = document.querySelector('[data-tool-size]'); r.value = 60;")
    for y in (0.1, 0.4, 0.7, 0.95):
        drag(page, (0.0, y), (1.0, y))
    assert marks() == ""


def test_a_sketch_on_a_blank_sheet_sets_where_things_stand(visit):
    page = open_easel(visit)
    prepare(page, "the sea on a sunny day")
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    page.evaluate("const r = document.querySelector('[data-tool-size]'); r.value = 60;")
    page.click("[data-ink='#b9502f']")
    for y in (0.1, 0.5, 0.9):
        drag(page, (0.0, y), (0.35, y))
    set_slider(page, "painting-strength", 0.2)
    page.wait_for_timeout(300)
    made = pixels(Image.open(work(page)))
    assert made[:, :60, 0].mean() > made[:, :60, 2].mean() + 40
    assert made[:, 200:].min(axis=-1).mean() > 120


def test_variations_stay_near_and_the_strip_brings_pictures_back(visit):
    page = open_easel(visit)
    prepare(page, "a house in the mountains")
    first = work(page).read_bytes()
    subtle = Image.open(work(page, "subtle"))
    start = read_png_take(subtle.filename)
    assert start.params["strength"] == 0.4
    assert start.seed != 5
    assert np.abs(pixels(subtle) - pixels(Image.open(io.BytesIO(first)))).mean() < 40
    wide = work(page, "extend_left")
    assert np.array_equal(pixels(Image.open(wide))[:, 160:], pixels(subtle)[:, 64:160])

    page.locator("#painting-strip .strip button").first.click()
    expect(page.locator("#painting-strip .strip button").first).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(1500)
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    assert saved.value.path().read_bytes() == first


def test_of_several_pictures_one_is_chosen_to_paint_from(visit):
    page = open_easel(visit)
    prepare(page, "a tree in a field")
    set_slider(page, "painting-num_images", 2)
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    expect(page.locator("#painting-strip .strip button")).to_have_count(2, timeout=WAIT)
    page.locator("#painting-easel img").nth(1).click()
    page.click("#painting-take")
    expect(page.locator(BOARD)).to_be_visible()
    chosen = page.evaluate("JSON.parse(window.triptych.easel.read()).start")
    assert chosen == page.locator("#painting-strip .strip button").nth(1).get_attribute("data-id")
    page.click("[data-act=leave]")
    expect(page.locator("#painting-strength")).to_be_hidden()


def test_uploads_that_cannot_be_painted_from_are_told_so_and_nothing_is_lost(visit, tmp_path):
    page = open_easel(visit, locale="zh-CN")
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    page.click("[data-tool=mask]")
    drag(page, (0.2, 0.2), (0.3, 0.3))
    drawn = page.evaluate("window.triptych.easel.read()")
    (tmp_path / "words.png").write_text("no picture")
    upload(page, tmp_path / "words.png")
    expect(page.get_by_text("这不是能打开的图片").first).to_be_visible(timeout=WAIT)
    upload(page, save(tmp_path, Image.new("1", (10_000, 10_000)), "bomb.png"))
    expect(page.get_by_text("这张图片太大").first).to_be_visible(timeout=WAIT)
    assert page.evaluate("window.triptych.easel.read()") == drawn
    upload(page, save(tmp_path, Image.new("CMYK", (300, 200), (0, 255, 255, 0)), "print.jpg"))
    expect(page.locator("#painting-strip .strip button")).to_have_count(1, timeout=WAIT)


def test_a_finger_draws_on_a_phone_and_the_page_keeps_its_width(visit):
    page = open_easel(visit, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("#painting-sheet").tap()
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    page.locator("[data-tool=mask]").tap()
    page.locator(BOARD).tap()
    assert page.evaluate("JSON.parse(window.triptych.easel.read()).mask") != ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


DROP = """([name, kind, bytes]) => {
  const moved = new DataTransfer();
  moved.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
  const easel = document.querySelector('#painting-easel .easel');
  for (const type of ['dragover', 'drop'])
    easel.dispatchEvent(new DragEvent(type, { dataTransfer: moved, bubbles: true, cancelable: true }));
}"""


def test_a_picture_dropped_on_the_easel_is_painted_from_and_anything_else_is_told_so(visit):
    page = open_easel(visit)
    prepare(page, "the sea on a sunny day")
    file = io.BytesIO()
    dropped = Image.linear_gradient("L").convert("RGB")
    dropped.save(file, format="PNG")
    page.evaluate(DROP, ["start.png", "image/png", list(file.getvalue())])
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    start = page.evaluate("JSON.parse(window.triptych.easel.read()).start")
    page.evaluate(DROP, ["notes.txt", "text/plain", list(b"no picture")])
    expect(page.get_by_text("This is not a picture that can be opened").first).to_be_visible(timeout=WAIT)
    assert page.evaluate("JSON.parse(window.triptych.easel.read()).start") == start
    set_slider(page, "painting-strength", 0)
    page.wait_for_timeout(300)
    assert np.abs(pixels(Image.open(work(page))) - pixels(dropped)).mean() < 8


def test_a_click_on_a_known_word_adds_it_to_the_prompt(visit):
    page = open_easel(visit)
    page.fill("#painting-prompt textarea", "the sea")
    page.locator("#painting-known").get_by_role("button").first.click()
    page.locator("#painting-known [data-word]").first.wait_for()
    page.locator("#painting-known [data-word='a house']").click()
    expect(page.locator("#painting-prompt textarea")).to_have_value("the sea, a house")


def test_a_picture_has_the_shape_that_is_chosen_and_an_upload_chooses_its_own(visit, tmp_path):
    page = open_easel(visit)
    prepare(page)
    choose(page, "aspect_ratio", "16:9 wide", "painting")
    with Image.open(work(page)) as picture:
        assert picture.size == (352, 192)
    upload(page, save(tmp_path, stripes().resize((300, 400))))
    expect(page.locator("#painting-aspect_ratio input")).to_have_value("3:4 tall", timeout=WAIT)
    board = page.locator(BOARD).bounding_box()
    assert board["height"] / board["width"] == pytest.approx(288 / 224, rel=0.02)
    drag(page, (0.2, 0.2), (0.5, 0.2))
    with Image.open(work(page)) as picture:
        assert picture.size == (224, 288)


def test_all_pictures_of_the_visit_are_saved_as_one_sheet(visit):
    page = open_easel(visit)
    prepare(page)
    work(page)
    set_seed(page, "painting", 6)
    work(page)
    with page.expect_download() as saved:
        page.click("#painting-strip [data-sheet]")
    assert saved.value.suggested_filename == "triptych-sheet.jpg"
    with Image.open(saved.value.path()) as sheet:
        assert sheet.size == (2 * CELL_PX + 3 * GAP_PX, CELL_PX + CAPTION_PX + 2 * GAP_PX)
    other = open_easel(visit)
    assert other.locator("#painting-strip [data-sheet]").is_hidden()
