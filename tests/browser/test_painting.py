"""A painter at the easel: paint, change the words while it clears, stop, save, drop the picture back in."""

import io

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import expect

from pipelines.image.foreign import read_recipe
from pipelines.image.png import read_png_take
from pipelines.take import Take
from tests.browser.hands import WAIT, choose, set_slider, wait_for_progress, wait_for_status

pytestmark = pytest.mark.browser


def open_easel(visit, **options):
    page = visit(**options)
    page.click("#tab-painting-button")
    return page


def begin(page, words, steps):
    page.fill("#painting-prompt textarea", words)
    set_slider(page, "painting-num_inference_steps", steps)
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    expect(page.locator("#painting-easel img")).to_have_count(1, timeout=WAIT)


def finish(page):
    wait_for_status(page, "painting")
    with page.expect_download() as saved:
        page.click("#painting-download-1")
    return saved.value.path().read_bytes()


def remake(visit, tmp_path, work):
    """Drop a work's PNG on the page of another visitor; return what is painted of it."""
    page = open_easel(visit)
    file = tmp_path / "work.png"
    file.write_bytes(work)
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    page.set_input_files("#painting-keepsake input[type=file]", file)
    return finish(page)


def test_paint_steer_stop_and_save(visit):
    page = open_easel(visit)
    begin(page, "a waterfall in the forest", 60)
    set_slider(page, "painting-guidance_scale", 2.5)
    expect(page.locator("#painting-status .moved")).to_contain_text("Guidance 2.5", timeout=WAIT)
    page.click("#painting-stop")
    picture = Image.open(io.BytesIO(finish(page)))
    assert picture.size == (256, 256)
    assert len(picture.getcolors(70_000)) > 500


def test_a_steered_picture_dropped_back_in_is_painted_again(visit, tmp_path):
    page = open_easel(visit)
    begin(page, "a house in the mountains", 60)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#painting-prompt textarea", "the moon over the sea at night")
    wait_for_progress(page, "painting")
    page.click("#painting-stop")
    file = tmp_path / "picture.png"
    file.write_bytes(finish(page))
    assert any("the moon" in str(move.value) for move in read_png_take(file).moves)
    assert remake(visit, tmp_path, file.read_bytes()) == file.read_bytes()


def test_several_pictures_each_with_its_own_file(visit):
    page = open_easel(visit)
    set_slider(page, "painting-num_images", 3)
    page.fill("#painting-prompt textarea", "月光下山间的小屋")
    set_slider(page, "painting-num_inference_steps", 4)
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    wait_for_status(page, "painting")
    expect(page.locator("#painting-easel img")).to_have_count(3)
    expect(page.locator("#painting-download-3")).to_be_visible()
    expect(page.locator("#painting-download-4")).to_be_hidden()


def test_a_picture_from_another_studio_fills_the_controls_and_paints_nothing(visit, tmp_path):
    page = open_easel(visit)
    notes = PngImagePlugin.PngInfo()
    notes.add_text(
        "parameters",
        "a castle in the forest\nNegative prompt: fog\n"
        "Steps: 12, Sampler: Euler a, CFG scale: 14, Seed: 99, Size: 512x768, Model: <b>x, Clip skip: 2",
    )
    file = tmp_path / "foreign.png"
    Image.new("RGB", (8, 8)).save(file, pnginfo=notes)
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    page.set_input_files("#painting-keepsake input[type=file]", file)
    expect(page.locator("#painting-prompt textarea")).to_have_value("a castle in the forest", timeout=WAIT)
    expect(page.locator("#painting-guidance_scale input[type=number]")).to_have_value("10")
    expect(page.locator("#painting-seed input")).to_have_value("99")
    expect(page.locator("#painting-fresh-seed input")).not_to_be_checked()
    expect(page.get_by_text("can't be promised").last).to_be_visible()
    expect(page.get_by_text("Sampler, Model, Clip skip")).to_be_visible()
    expect(page.locator("#painting-easel img")).to_have_count(0)
    page.click("#painting-paint")
    painted = tmp_path / "painted.png"
    painted.write_bytes(finish(page))
    take = read_png_take(painted)
    assert (take.seed, take.params["num_inference_steps"], take.params["negative_prompt"]) == (99, 12, "fog")
    assert read_recipe(painted).values["prompt"] == "a castle in the forest"


def test_a_recipe_from_before_some_of_the_knobs_is_painted_too(visit, tmp_path):
    page = open_easel(visit)
    file = tmp_path / "old.json"
    take = Take(art="painting", model="older", seed=3, params={"prompt": "a boat on a lake", "num_inference_steps": 4})
    file.write_text(take.to_json(), encoding="utf-8")
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    page.set_input_files("#painting-keepsake input[type=file]", file)
    wait_for_status(page, "painting")
    expect(page.locator("#painting-prompt textarea")).to_have_value("a boat on a lake")


def test_a_file_that_is_no_work_is_told_so(visit, tmp_path):
    page = open_easel(visit)
    file = tmp_path / "broken.png"
    file.write_bytes(b"no picture")
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    page.set_input_files("#painting-keepsake input[type=file]", file)
    expect(page.get_by_text("doesn't carry the recipe").first).to_be_visible(timeout=WAIT)


def test_where_the_owner_gave_no_loras_and_no_controlnet_there_is_no_place_for_them(visit):
    page = open_easel(visit)
    expect(page.locator("#painting-strength")).to_have_count(1)
    for place in ("#painting-lora", "#painting-lora_weight", "#painting-control", "#painting-look"):
        expect(page.locator(place)).to_be_hidden()


def test_the_page_says_how_words_that_the_painter_lacks_are_read(visit):
    page = open_easel(visit)
    line = page.locator("#painting-reading")
    page.fill("#painting-prompt textarea", "a cathedral by the sea, zorp")
    expect(line).to_contain_text("“cathedral” is read as “church”; “zorp” is ignored", timeout=WAIT)
    page.fill("#painting-prompt textarea", "a church by the sea")
    expect(line).not_to_contain_text("church", timeout=WAIT)
    page.fill("#painting-prompt textarea", "夕阳下的大教堂")
    expect(line).to_contain_text("教堂", timeout=WAIT)


def test_a_prompt_is_enriched_and_taken_back(visit):
    page = open_easel(visit)
    box = page.locator("#painting-prompt textarea")
    box.fill("a boat on the sea")
    page.wait_for_timeout(300)
    page.click("#painting-enrich")
    chips = page.locator("#painting-offers button")
    expect(chips).not_to_have_count(0, timeout=WAIT)
    offered = chips.first.inner_text()
    chips.first.click()
    expect(box).to_have_value(offered)
    assert offered.startswith("a boat on the sea ")
    chips.last.click()
    expect(box).to_have_value("a boat on the sea")
    box.fill("")
    page.wait_for_timeout(300)
    page.click("#painting-enrich")
    expect(page.locator(".toast-body").first).to_be_visible(timeout=WAIT)


def test_another_work_can_be_dropped_without_clearing_the_first(visit, tmp_path):
    page = open_easel(visit)
    begin(page, "the moon over the sea", 3)
    file = tmp_path / "work.png"
    file.write_bytes(finish(page))
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    for count in (2, 3):
        page.set_input_files("#painting-keepsake input[type=file]", file)
        expect(page.locator("#painting-strip .strip button")).to_have_count(count, timeout=WAIT)


def test_a_style_and_a_palette_are_chosen_by_a_picture(visit):
    page = open_easel(visit)
    styles, palettes = (page.locator(f"#painting-{knob}-swatches") for knob in ("style", "palette"))
    strength, chosen = page.locator("#painting-palette_strength"), '[aria-checked="true"]'
    expect(strength).to_be_hidden()
    styles.get_by_role("radio", name="Woodcut").click()
    expect(page.locator("#painting-style input")).to_have_value("Woodcut")
    expect(styles.locator(chosen)).to_have_attribute("data-name", "woodcut")
    palettes.get_by_role("radio", name="Monet").click()
    expect(page.locator("#painting-palette input")).to_have_value("Monet")
    expect(strength).to_be_visible()
    begin(page, "a lighthouse by the sea", 3)
    take = read_png_take(io.BytesIO(finish(page)))
    assert (take.params["style"], take.params["palette"]) == ("woodcut", "monet")

    styles.locator(chosen).click()  # once more takes it back
    expect(page.locator("#painting-style input")).to_have_value("As it comes")
    expect(styles.locator(chosen)).to_have_attribute("data-name", "none")
    choose(page, "style", "Ink wash", "painting")  # the swatches follow the list
    expect(styles.locator(chosen)).to_have_attribute("data-name", "ink")
    styles.locator(chosen).press("ArrowRight")
    expect(page.locator("#painting-style input")).to_have_value("Oil")
    expect(styles.locator(":focus")).to_have_attribute("data-name", "oil")
