"""A ControlNet's lines move the picture, at the scale in force, and not at all at zero."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionControlNetPipeline
from PIL import Image, ImageDraw

from pipelines.errors import AddOnUnfit, BrokenModel, ModelMissing, NothingToFollow, NotOffered
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.canvas import draw_noise
from pipelines.image.control import load_control
from pipelines.image.edges import trace
from pipelines.image.png import read_png_take, write_png
from pipelines.pictures import write_address
from pipelines.take import Tape, play
from tests.pipelines.image.checkpoints import build_controlnet, build_lcm, build_sd3, build_sd15, build_sdxl

CPU = torch.device("cpu")


def disc(at=20):
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).ellipse((at, at, at + 30, at + 30), fill="black")
    return picture


def lines(at=20):
    return write_address(trace(disc(at), "canny"))


def ask(**values):
    plain = {"prompt": "a boat", "size": "64", "num_inference_steps": 4, "guidance_scale": 3.0}
    return ImageParams(**plain | {"control": "canny", "control_image": lines()} | values)


def paint(pipeline, seed=7, **values):
    return np.asarray(list(pipeline.generate(lambda: ask(**values), seed))[-1].finish()[0], dtype=int)


@pytest.fixture(scope="module", params=[build_sd15, build_sdxl, build_lcm])
def family(request, tmp_path_factory):
    """A model without a ControlNet, and the same with one for each kind."""
    folder = tmp_path_factory.mktemp("model")
    model = request.param(folder)
    plain = ImagePipeline.load(model, CPU, torch.float32)
    nets = {"canny": str(build_controlnet(folder, plain.pipe)), "scribble": str(build_controlnet(folder, plain.pipe))}
    return plain, ImagePipeline.load(model, CPU, torch.float32, controls=nets)


def test_a_scale_of_zero_is_the_model_without_it_to_the_last_bit(family):
    plain, led = family
    alone = paint(plain, control="none")
    assert (paint(led, control_scale=0.0) == alone).all()
    assert (paint(led, control="none") == alone).all()
    assert np.abs(paint(led) - alone).mean() > 1


def test_the_lines_move_the_picture_and_a_smaller_scale_moves_it_less(family):
    _, led = family
    here, there = paint(led), paint(led, control_image=lines(4))
    assert np.abs(here - there).max() > 0
    alone = paint(led, control="none")
    assert np.abs(paint(led, control_scale=0.1) - alone).mean() < np.abs(here - alone).mean()
    assert (paint(led, control="scribble") == here).all()


def test_the_slider_acts_from_the_next_step_and_the_take_replays(family, tmp_path):
    _, led = family
    moves = [{}, {}, {"control_scale": 0.2}]
    left = iter(moves)
    tape = Tape(lambda: replace(ask(), **next(left, moves[-1])))
    bent = list(led.generate(tape, 7))
    straight = list(led.generate(ask, 7))
    shown = [[step.finish()[0].tobytes() for step in run] for run in (bent, straight)]
    assert shown[0][:2] == shown[1][:2]
    assert shown[0][2] != shown[1][2]
    file = tmp_path / "work.png"
    file.write_bytes(write_png(bent[-1].pictures[0], tape.take(art="painting", model="x", seed=7)))
    take = read_png_take(file)
    assert [(move.step, move.name) for move in take.moves] == [(2, "control_scale")]
    assert list(play(led, take, led.knobs))[-1].pictures[0].tobytes() == shown[0][-1]


def test_it_acts_from_its_start_to_its_end(family):
    _, led = family
    straight, without = (list(led.generate(lambda p=p: p, 7)) for p in (ask(), ask(control="none")))
    half = list(led.generate(lambda: ask(control_end=0.5), 7))
    late = list(led.generate(lambda: ask(control_start=0.5), 7))
    assert half[1].finish()[0].tobytes() == straight[1].finish()[0].tobytes()
    assert half[-1].finish()[0].tobytes() != straight[-1].finish()[0].tobytes()
    assert late[1].finish()[0].tobytes() == without[1].finish()[0].tobytes()
    assert late[-1].finish()[0].tobytes() != without[-1].finish()[0].tobytes()


def test_it_agrees_with_the_stock_pipeline(tmp_path):
    model = build_sd15(tmp_path)
    net = build_controlnet(tmp_path, ImagePipeline.load(model, CPU, torch.float32).pipe)
    led = ImagePipeline.load(model, CPU, torch.float32, controls={"canny": str(net)})
    parts = {**led.pipe.components, "controlnet": led.add_ons.nets["canny"]}
    stock = StableDiffusionControlNetPipeline(**parts, requires_safety_checker=False)
    stock.set_progress_bar_config(disable=True)
    theirs = stock(
        "a boat",
        image=trace(disc(), "canny").convert("RGB"),
        num_inference_steps=4,
        guidance_scale=3.0,
        controlnet_conditioning_scale=0.7,
        latents=draw_noise((4, 32, 32), 7, 1),
    ).images[0]
    assert np.abs(paint(led, control_scale=0.7) - np.asarray(theirs, dtype=int)).max() <= 2


def test_lines_of_another_size_are_fitted(family):
    _, led = family
    wide = Image.new("L", (128, 96))
    assert paint(led, control_image=write_address(wide)).shape == (64, 64, 3)


def test_a_run_with_nothing_to_follow_says_so(family):
    plain, led = family
    with pytest.raises(NothingToFollow):
        paint(led, control_image="")
    with pytest.raises(NotOffered, match="canny"):
        paint(plain)
    assert plain.knobs["control"].inert
    assert not any(led.knobs[name].inert for name in ("control", "control_scale", "control_start", "control_end"))
    assert led.knobs["control"].domain.choices == ("none", "canny", "scribble")


def test_one_of_another_family_is_refused_and_the_model_paints_on(family, tmp_path):
    plain, _ = family
    other = build_sd15 if type(plain.pipe).__name__ == "StableDiffusionXLPipeline" else build_sdxl
    foreign = build_controlnet(tmp_path, ImagePipeline.load(other(tmp_path), CPU, torch.float32).pipe)
    with pytest.raises(AddOnUnfit):
        load_control(foreign, plain.pipe)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "config.json").write_bytes((foreign / "config.json").read_bytes())
    with pytest.raises(BrokenModel):
        load_control(tmp_path / "damaged", plain.pipe)
    with pytest.raises(AddOnUnfit):
        load_control(tmp_path, plain.pipe)


def test_what_cannot_be_had_is_told_and_the_others_serve(tmp_path):
    model = build_sd15(tmp_path)
    net = build_controlnet(tmp_path, ImagePipeline.load(model, CPU, torch.float32).pipe)
    controls = {"canny": str(net), "scribble": str(tmp_path / "nowhere")}
    pipeline = ImagePipeline.load(model, CPU, torch.float32, controls=controls)
    assert pipeline.knobs["control"].domain.choices == ("none", "canny")
    assert [type(trouble) for trouble in pipeline.add_ons.troubles] == [ModelMissing]
    other = ImagePipeline.load(build_sd3(tmp_path), CPU, torch.float32, controls={"canny": str(net)})
    assert [type(trouble) for trouble in other.add_ons.troubles] == [AddOnUnfit]
    assert other.knobs["control"].inert
