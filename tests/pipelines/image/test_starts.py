"""A picture to start from: how far a strength goes from it, what a mask keeps, how more room is made."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)
from PIL import Image, ImageDraw, ImageFilter

from pipelines.errors import CannotStart
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.ground import feather, fit
from pipelines.image.outpaint import DIRECTIONS, extend
from pipelines.image.png import read_png_take, write_png
from pipelines.image.schedule import add_noise, lay_out
from pipelines.pictures import write_address
from pipelines.take import Take, Tape, play
from tests.pipelines.image.checkpoints import build_sd3
from tests.pipelines.image.families import FAMILIES

BUILDERS = {name: build for name, build in FAMILIES.items() if name not in ("sana", "aura")}  # these paint from words
NOISE = [
    DDIMScheduler(clip_sample=False, steps_offset=1),
    PNDMScheduler(skip_prk_steps=True, steps_offset=1),
    DPMSolverMultistepScheduler(prediction_type="sample", use_flow_sigmas=True, flow_shift=4.0),
    UniPCMultistepScheduler(),
    FlowMatchEulerDiscreteScheduler(shift=3.0),
    HeunDiscreteScheduler(),
]


@pytest.fixture(scope="module", params=["painter", *BUILDERS])
def pipeline(request, tmp_path_factory):
    if request.param == "painter":
        return ImagePipeline.tiny()
    folder = BUILDERS[request.param](tmp_path_factory.mktemp(request.param))
    return ImagePipeline.load(folder, torch.device("cpu"), torch.float32)


def blots(seed=0, size=(64, 64)):
    noise = Image.fromarray(np.random.default_rng(seed).integers(0, 255, (4, 4, 3), dtype=np.uint8))
    return noise.resize(size, Image.Resampling.BICUBIC)


def disc(size=(64, 64)):
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((20, 20, 44, 44), fill=255)
    return mask


def ask(**values):
    plain = {"prompt": "a boat", "size": "64", "num_inference_steps": 3, "guidance_scale": 3.0}
    return ImageParams(**plain | {"start": write_address(blots())} | values)


def paint(pipeline, params, seed=7):
    return list(pipeline.generate(lambda: params, seed))[-1].finish()


def distance(one, two):
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(two, dtype=float)).mean())


def redrawn(pipeline):
    """Return the start as the model's own way into its latents and back leaves it."""
    if pipeline.denoiser is None:
        return blots()
    return pipeline.canvas.decode(pipeline.canvas.encode(blots()))[0]


def test_no_strength_gives_the_start_back_and_full_strength_forgets_it(pipeline):
    assert distance(paint(pipeline, ask(strength=0.0))[0], redrawn(pipeline)) < 0.5
    if pipeline.denoiser is not None:
        plain = paint(pipeline, ask(start="", strength=1.0))[0]
        assert paint(pipeline, ask(strength=1.0))[0].tobytes() == plain.tobytes()


def test_more_strength_goes_farther_from_the_start(pipeline):
    if pipeline.denoiser is None:
        pytest.skip("the pipeline's own loop")
    latents = pipeline.canvas.encode(blots())
    distances = []
    for strength in (0.1, 0.3, 0.5, 0.7, 0.9):
        scheduler = type(pipeline.pipe.scheduler).from_config(pipeline.pipe.scheduler.config)
        first = lay_out(scheduler, 4, strength, "cpu")[0]
        noisy = add_noise(scheduler, latents, torch.zeros_like(latents), first)
        share = noisy / latents if not hasattr(scheduler, "sigmas") else None
        noise = add_noise(scheduler, torch.zeros_like(latents), torch.ones_like(latents), first)
        distances.append(float(noise.mean() if share is None else noise.mean() / share.mean()))
    assert distances == sorted(distances)
    assert distances[0] < distances[-1] / 2


@pytest.mark.parametrize("scheduler", NOISE, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("strength", [0.05, 0.3, 0.75, 0.95])
def test_a_model_that_knows_the_picture_brings_it_back_from_any_step(scheduler, strength):
    """The steps taken lead from the noise put in to none: whatever the scheduler, no noise is left over."""
    picture, noise = torch.randn((1, 3, 4, 4)), torch.randn((1, 3, 4, 4))
    scheduler = type(scheduler).from_config(scheduler.config)
    timesteps = lay_out(scheduler, 8, strength, "cpu")
    latents = add_noise(scheduler, picture, noise, timesteps[0])
    flow = hasattr(scheduler, "scale_noise")
    for timestep in timesteps:
        knows = picture if scheduler.config.get("prediction_type") == "sample" else noise - picture if flow else noise
        scheduler.scale_model_input(latents, timestep) if hasattr(scheduler, "scale_model_input") else None
        latents = scheduler.step(knows, timestep, latents).prev_sample
    assert (latents - picture).abs().max() < 0.1


@pytest.mark.parametrize(("steps", "strength"), [(1, 0.35), (3, 0.95), (4, 0.05)])
def test_a_run_takes_the_steps_it_was_asked_for_and_never_begins_at_the_very_noise(pipeline, steps, strength):
    made = list(pipeline.generate(lambda: ask(num_inference_steps=steps, strength=strength), 1))
    if pipeline.denoiser is not None and type(pipeline.pipe).__name__ != "LatentConsistencyModelPipeline":
        assert abs(made[0].total - steps) <= 2
    assert len(made) == made[0].total
    assert distance(made[-1].pictures[0], paint(pipeline, ask(start="", num_inference_steps=steps), 1)[0]) > 0


def test_what_the_mask_keeps_is_the_start_to_the_last_bit(pipeline):
    mask = disc()
    for params in (ask(mask=write_address(mask), strength=s) for s in (0.6, 1.0)):
        for picture in paint(pipeline, replace(params, num_images=2)):
            changed = np.abs(np.asarray(picture, dtype=int) - np.asarray(blots(), dtype=int)).sum(-1)
            assert changed[np.asarray(mask) == 0].max() == 0
            assert changed[np.asarray(mask) == 255].mean() > 1


def test_a_stopped_run_keeps_the_start_where_the_mask_does(pipeline):
    mask = disc()
    run = pipeline.generate(lambda: ask(mask=write_address(mask)), 7)
    step = next(run)
    run.close()
    changed = np.abs(np.asarray(step.finish()[0], dtype=int) - np.asarray(blots(), dtype=int)).sum(-1)
    if step.finish()[0].size == (64, 64):
        assert changed[np.asarray(mask) == 0].max() == 0


def test_the_same_seed_gives_the_same_bytes_and_another_another_picture(pipeline):
    params = ask(mask=write_address(disc()))
    one, two, other = (paint(pipeline, params, seed)[0].tobytes() for seed in (3, 3, 4))
    assert one == two
    assert one != other


def test_a_take_carries_its_start_and_replays_to_the_same_bytes(pipeline, tmp_path):
    left = [ask(mask=write_address(disc())), ask(mask=write_address(disc()), guidance_scale=6.0)]
    tape = Tape(lambda: left.pop(0) if len(left) > 1 else left[0])
    made = list(pipeline.generate(tape, 7))[-1].pictures[0]
    take = tape.take(art="painting", model="tiny", seed=7)
    file = tmp_path / "work.png"
    file.write_bytes(write_png(made, take))
    again = list(play(pipeline, read_png_take(file)))[-1].pictures[0]
    assert again.tobytes() == made.tobytes()
    assert [move.name for move in take.moves] == ["guidance_scale"]


def test_a_start_changed_in_mid_run_is_not_recorded():
    left = [ask(), ask(start=write_address(blots(1)), strength=0.9)]
    tape = Tape(lambda: left.pop(0) if len(left) > 1 else left[0])
    list(ImagePipeline.tiny().generate(tape, 7))
    assert tape.moves == []


def test_a_start_of_another_size_is_fitted_by_its_middle(pipeline):
    wide = Image.new("RGB", (120, 40), "red")
    wide.paste("blue", (40, 0, 80, 40))
    assert fit(wide, (64, 64)).getpixel((32, 32)) == (0, 0, 255)
    assert paint(pipeline, ask(start=write_address(wide), strength=0.5))[0].size == (64, 64)


def test_a_seam_never_reaches_into_what_is_kept():
    for mask in (disc((256, 256)), disc((256, 256)).filter(ImageFilter.GaussianBlur(3))):
        seam = np.asarray(feather(mask))
        assert seam[np.asarray(mask) == 0].max() == 0
        assert seam[30:34, 30:34].min() > 240
        assert len(np.unique(seam)) > 3


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_more_room_keeps_the_picture_and_asks_for_the_rest(direction):
    picture = blots(size=(128, 96))
    start, mask = extend(picture, direction)
    assert start.size == mask.size == picture.size
    share = np.asarray(mask).mean() / 255
    assert 0.3 < share < 0.75
    kept = np.asarray(start)[np.asarray(mask) == 0]
    assert len(kept)
    middle = {"left": (100, 48), "right": (28, 48), "up": (64, 80), "down": (64, 16), "out": (64, 48)}[direction]
    before = {"left": (52, 48), "right": (76, 48), "up": (64, 44), "down": (64, 52), "out": (64, 48)}[direction]
    assert mask.getpixel(middle) == 0
    assert distance(start.getpixel(middle), picture.getpixel(before)) < (12 if direction == "out" else 1)


def test_a_family_that_only_paints_from_words_says_so():
    from diffusers import SanaPipeline

    from pipelines.image.bridge import find_kind

    sana = SanaPipeline.__new__(SanaPipeline)
    assert find_kind(sana, start=False, mask=False) is SanaPipeline
    assert find_kind(sana, start=True, mask=False) is None


def test_a_start_without_a_way_in_is_refused_and_its_knobs_are_inert(monkeypatch, tmp_path):
    import pipelines.image.bridge as bridge
    import pipelines.image.pipeline as image

    def never(pipe, *, start, mask):
        return None if start else type(pipe)

    monkeypatch.setattr(bridge, "find_kind", never)
    monkeypatch.setattr(image, "find_kind", never)
    pipeline = ImagePipeline.load(build_sd3(tmp_path), torch.device("cpu"), torch.float32)
    assert all(pipeline.knobs[name].inert for name in ("start", "mask", "strength"))
    with pytest.raises(CannotStart):
        next(pipeline.generate(ask, 1))


def test_a_take_with_a_start_is_read_from_one_line():
    take = Take(art="painting", model="m", seed=1, params={"start": write_address(blots())})
    assert Take.from_json(take.to_json()) == take
