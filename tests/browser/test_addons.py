"""An owner gives LoRAs and ControlNets: a visitor chooses one, turns its weight mid-run, draws lines to follow."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from pipelines.image import ImagePipeline
from pipelines.image.foreign import read_recipe
from pipelines.image.png import read_png_take
from pipelines.pictures import read_address
from tests.browser.hands import WAIT, set_slider, wait_for_status
from tests.browser.test_painting import begin, finish, open_easel
from tests.browser.test_starts import BOARD, drag
from tests.conftest import Studio
from tests.pipelines.image.checkpoints import build_controlnet, build_sd15, build_sdxl
from tests.pipelines.image.loras import draw_pairs, write_kohya
from tests.pipelines.image.test_upscaler import build_swin2sr

pytestmark = pytest.mark.browser


def load(folder):
    return ImagePipeline.load(folder, torch.device("cpu"), torch.float32).pipe


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A studio with a small Stable Diffusion, a LoRA for it, one for another family, and both ControlNets."""
    folder = tmp_path_factory.mktemp("owner")
    loras = folder / "loras"
    loras.mkdir()
    (loras / "old.pt").write_bytes(b"not opened")
    model = build_sd15(folder)
    pipe, foreign = load(model), load(build_sdxl(folder))
    tags = json.dumps({"10_x": {"stormy <b>sea</b>": 9, "waves": 4}})
    write_kohya(loras / "storm.safetensors", pipe, draw_pairs(pipe), ss_tag_frequency=tags)
    write_kohya(loras / "foreign.safetensors", foreign, draw_pairs(foreign))
    nets = [str(build_controlnet(folder, pipe, kind)) for kind in ("canny", "scribble")]
    options = ["--image-model", str(model), "--loras", str(loras), "--controlnet", nets[0], "--controlnet", nets[1]]
    options += ["--upscaler", str(build_swin2sr(folder / "sharp"))]
    running = Studio(tmp_path_factory.mktemp("studio"), *options)
    yield running
    running.close()


def open_painting(visit):
    page = open_easel(visit)
    expect(page.locator("#painting-model")).to_contain_text("Left out: old.pt", timeout=WAIT)
    return page


def choose(page, knob, words):
    page.click(f"#painting-{knob} input")
    page.get_by_role("option", name=words, exact=True).click()
    page.wait_for_timeout(400)


def drop(page, file):
    page.locator("#tab-painting").get_by_text("Keep or replay a work").click()
    page.set_input_files("#painting-keepsake input[type=file]", file)


def test_a_lora_is_chosen_its_weight_acts_mid_run_and_the_picture_replays(visit, tmp_path):
    page = open_painting(visit)
    choose(page, "lora", "storm")
    expect(page.locator("#painting-lora-words")).to_contain_text("stormy <b>sea</b>, waves")
    begin(page, "a boat", 60)
    set_slider(page, "painting-lora_weight", -0.5)
    expect(page.locator("#painting-status .moved")).to_contain_text("LoRA weight -0.5", timeout=WAIT)
    page.click("#painting-stop")
    file = tmp_path / "work.png"
    file.write_bytes(finish(page))
    take = read_png_take(file)
    assert take.params["lora"] == "storm"
    assert [(move.name, move.value) for move in take.moves] == [("lora_weight", -0.5)]
    assert read_recipe(file).values["prompt"] == "a boat <lora:storm:1>"

    other = open_painting(visit)
    drop(other, file)
    assert finish(other) == file.read_bytes()
    expect(other.locator("#painting-lora input")).to_have_value("storm")


def test_one_that_does_not_fit_or_is_not_there_is_told_and_nothing_is_lost(visit):
    page = open_painting(visit)
    choose(page, "lora", "foreign")
    expect(page.get_by_text("made for another kind of model").first).to_be_visible(timeout=WAIT)
    choose(page, "lora", "None")
    set_slider(page, "painting-num_inference_steps", 3)
    page.fill("#painting-prompt textarea", "a boat <lora:calm:1>")
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    expect(page.get_by_text("There is no LoRA “calm” here").first).to_be_visible(timeout=WAIT)
    page.fill("#painting-prompt textarea", "a boat <lora:storm:0.4>")
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    wait_for_status(page, "painting")


def test_settings_from_elsewhere_keep_the_loras_that_are_here(visit, tmp_path):
    page = open_painting(visit)
    file = tmp_path / "settings.txt"
    file.write_text(
        "a boat <lora:storm:0.7> <lora:calm:1>\nSteps: 5, Sampler: Euler, CFG scale: 3, Seed: 9, Size: 64x64"
    )
    drop(page, file)
    expect(page.locator("#painting-prompt textarea")).to_have_value("a boat <lora:storm:0.7>", timeout=WAIT)
    expect(page.get_by_text("LoRA calm").first).to_be_visible()


def test_the_strokes_drawn_are_shown_followed_and_replayed(visit, tmp_path):
    page = open_painting(visit)
    choose(page, "control", "Edges (canny)")
    expect(page.locator("#painting-seen")).to_contain_text("no lines to follow")
    page.click("#painting-sheet")
    expect(page.locator(BOARD)).to_be_visible(timeout=WAIT)
    drag(page, (0.2, 0.2), (0.8, 0.8))
    choose(page, "control", "Strokes (scribble)")
    expect(page.locator("#painting-seen img")).to_be_visible(timeout=WAIT)
    begin(page, "a boat", 60)
    set_slider(page, "painting-control_scale", 0.3)
    expect(page.locator("#painting-status .moved")).to_contain_text("Control scale 0.3", timeout=WAIT)
    page.click("#painting-stop")
    file = tmp_path / "work.png"
    file.write_bytes(finish(page))
    take = read_png_take(file)
    lines = np.asarray(read_address(take.params["control_image"]))
    assert (take.params["control"], lines.shape) == ("scribble", (64, 64))
    assert (lines[32, 32], lines[8, 56]) == (255, 0)

    other = open_painting(visit)
    drop(other, file)
    assert finish(other) == file.read_bytes()
    expect(other.locator("#painting-seen img")).to_be_visible()


def test_lines_of_a_bare_easel_are_refused_in_a_sentence(visit):
    page = open_painting(visit)
    choose(page, "control", "Edges (canny)")
    page.fill("#painting-prompt textarea", "a boat")
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    expect(page.get_by_text("There are no lines to follow").last).to_be_visible(timeout=WAIT)
    choose(page, "control", "None")
    set_slider(page, "painting-num_inference_steps", 3)
    page.wait_for_timeout(300)
    page.click("#painting-paint")
    wait_for_status(page, "painting")


def test_a_picture_is_enlarged_by_the_owner_s_model(visit):
    page = open_painting(visit)
    begin(page, "a boat", 4)
    finish(page)
    page.click("#painting-upscale_4")
    expect(page.locator("#painting-upscaled-by")).to_contain_text("px · sharp", timeout=WAIT)
    with page.expect_download() as saved:
        page.click("#painting-upscaled")
    assert saved.value.suggested_filename.endswith("-x4-sharp.png")
    with Image.open(saved.value.path()) as large:
        assert large.info["postprocessing"] == "Postprocess upscale by: 4, Postprocess upscaler: sharp"
