"""Each family against its own pipeline: the same where nothing moves, and after a move what it would do from there."""

import copy
import inspect

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler
from diffusers.hooks import apply_group_offloading
from diffusers.pipelines.z_image.pipeline_z_image import get_default_z_image_sigmas

from pipelines.errors import WrongKind
from pipelines.image import ImagePipeline
from pipelines.image.canvas import draw_noise
from pipelines.image.explore import LEANS
from pipelines.image.family import name_guidance
from tests.pipelines.image.families import FAMILIES, OUR_LOOP
from tests.pipelines.image.test_pipeline import CPU, ask, changing, paint

STEPS = 5


@pytest.fixture(scope="module", params=list(FAMILIES))
def folder(request, tmp_path_factory):
    return request.param, FAMILIES[request.param](tmp_path_factory.mktemp(request.param))


def load(folder, dtype=torch.float32):
    return ImagePipeline.load(folder, CPU, dtype)


def open_stock(folder):
    absent = {"text_encoder_3": None, "tokenizer_3": None} if folder.name == "sd3" else {}
    pipe = DiffusionPipeline.from_pretrained(folder, **absent)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def words(pipe, guidance, prompt="a boat"):
    """Return the guidance and the words as the pipeline itself takes them."""
    taken = inspect.signature(pipe.__call__).parameters
    given = {"prompt": [prompt], name_guidance(pipe): guidance, "height": 64, "width": 64, "output_type": "pt"}
    if "true_cfg_scale" in given:
        given["negative_prompt"] = [" "]
    if "use_resolution_binning" in taken:
        given["use_resolution_binning"] = False
    return given


def dice(seed=7):
    return [torch.Generator().manual_seed(seed)]


def to_bytes(images):
    return images[0].mul(255).round().permute(1, 2, 0).to(torch.uint8).numpy()


def gap(picture, other):
    return int(np.abs(np.asarray(picture, dtype=int) - np.asarray(other, dtype=int)).max())


@pytest.mark.parametrize(("guidance", "shape", "size"), [(5.0, "1:1", (64, 64)), (1.0, "16:9", (96, 64))])
def test_where_nothing_moves_it_paints_what_the_stock_pipeline_paints(folder, guidance, shape, size):
    name, place = folder
    pipe, pipeline = open_stock(place), load(place)
    width, height = size
    given = words(pipe, guidance) | {"num_inference_steps": STEPS, "width": width, "height": height}
    if name in OUR_LOOP:  # its noise is drawn from the seed on the CPU, and that of later steps from a seed beyond
        given["latents"] = draw_noise((4, height // 2, width // 2), 7, 1)
        given["generator"] = dice(7 + 2**32)
    else:
        given["generator"] = dice()
    params = ask(guidance_scale=guidance, num_inference_steps=STEPS, aspect_ratio=shape)
    (picture,) = paint(pipeline, params)[-1].pictures
    assert picture.size == size
    assert gap(picture, to_bytes(pipe(**given).images)) <= 1


def sigmas(pipe):
    """Return the noise of each step as the pipelines lay it out, before the scheduler shifts it."""
    if type(pipe).__name__ in ("StableDiffusion3Pipeline", "SanaPipeline"):
        return list(np.linspace(pipe.scheduler.sigma_max, pipe.scheduler.sigma_min, STEPS))
    if type(pipe).__name__ == "ZImagePipeline":
        return list(get_default_z_image_sigmas(STEPS))
    return list(np.linspace(1, 1 / STEPS, STEPS))


@pytest.mark.parametrize("name", ["sd3", "flux", "schnell", "sana", "qwen", "z-image"])
@pytest.mark.parametrize(("before", "after"), [(3.0, 9.0), (3.0, 1.0), (0.0, 6.0)])
def test_after_a_move_it_does_what_the_stock_pipeline_does_from_there(name, before, after, tmp_path):
    place = FAMILIES[name](tmp_path)
    pipe, pipeline = open_stock(place), load(place)
    if name == "sana":  # its own scheduler remembers earlier steps
        pipe.scheduler = pipeline.pipe.scheduler = FlowMatchEulerDiscreteScheduler(shift=3.0)
    first, second = ask(num_inference_steps=STEPS, guidance_scale=before), ask(
        num_inference_steps=STEPS, guidance_scale=after, prompt="red moon night over the sea"
    )  # fmt: skip
    (picture,) = paint(pipeline, changing(first, first, second))[-1].pictures

    kept = {}
    pipe(
        **words(pipe, before), sigmas=sigmas(pipe), num_inference_steps=STEPS, generator=dice(),
        callback_on_step_end=lambda p, i, t, k: kept.setdefault(i, k["latents"].clone()) is None or {},
    )  # fmt: skip
    made = pipe(
        **words(pipe, after, second.prompt), sigmas=sigmas(pipe)[2:], num_inference_steps=STEPS - 2, latents=kept[1],
        generator=dice(),
    ).images  # fmt: skip
    assert gap(picture, to_bytes(made)) <= 2


def test_half_precision_can_be_steered_over_one_and_back(folder):
    name, place = folder
    pipeline = load(place, torch.bfloat16)
    path = [ask(guidance_scale=g, prompt=p, num_inference_steps=6) for g, p in
            ((3.0, "a boat"), (3.0, "a boat"), (0.5, "a boat"), (7.0, "red moon"), (1.0, "a house by the sea"), (2.0, "tree"))]  # fmt: skip  # noqa: E501
    steps = paint(pipeline, changing(*path))
    assert len(steps) == steps[0].total
    assert steps[-1].pictures[0].getextrema() != ((0, 0),) * 3


def test_weights_that_come_only_when_they_are_called_for_paint_the_same(folder, tmp_path):
    """What a card too small for a model needs: here the layers go to the disk and come back, so none can be missed."""
    name, place = folder
    plain, pipeline = load(place), load(place)
    move = [ask(num_images=2), ask(num_images=2), ask(num_images=2, prompt="red moon", guidance_scale=6.0)]
    wanted = paint(plain, changing(*move))
    modules = {n: part for n, part in pipeline.pipe.components.items() if isinstance(part, torch.nn.Module)}
    for part, module in modules.items():
        if hasattr(module, "shared"):  # diffusers writes tied weights to the disk once and reads them twice
            module.encoder.embed_tokens = copy.deepcopy(module.shared)
        apply_group_offloading(
            module, onload_device=CPU, offload_device=CPU, offload_type="leaf_level",
            offload_to_disk_path=str(tmp_path / part),
        )  # fmt: skip
    again = ImagePipeline(pipeline.pipe)
    for picture, other in zip(paint(again, changing(*move))[-1].pictures, wanted[-1].pictures, strict=True):
        assert gap(picture, other) <= 1


def test_what_a_family_can_not_do_its_knobs_say(folder):
    name, place = folder
    knobs = load(place).knobs
    of_others = {"lora", "lora_weight", *LEANS, *(n for n in knobs if n.startswith("control"))}  # not a family's affair
    inert = {n for n, knob in knobs.items() if knob.inert} - of_others
    ours = {"prompt_b", "prompt_mix", "seed_walk", "tiling", "sampler", "palette", "palette_strength"}
    from_words = {"start", "mask", "strength"}
    told = {
        "lcm": {"negative_prompt", "sampler"},
        "sd3": ours,
        "flux": ours | {"negative_prompt"},
        "schnell": ours | {"negative_prompt", "guidance_scale"},
        "sana": ours | from_words,
        "qwen": ours,
        "z-image": ours,
        "aura": ours | from_words,
    }
    assert inert == told.get(name, set())
    live = {n for n, knob in knobs.items() if knob.live and not knob.inert}
    steered = {"prompt", "negative_prompt", "style", "guidance_scale"} | ours - {"seed_walk", "tiling", "sampler"}
    assert live == (set() if name == "aura" else steered - inert)


def test_each_begins_with_the_guidance_and_steps_of_its_own_pipeline(folder):
    name, place = folder
    knobs = load(place).knobs
    told = {
        "lcm": (8.5, 4),
        "sdxl": (5.0, 50),
        "sd3": (7.0, 28),
        "flux": (3.5, 28),
        "qwen": (4.0, 50),
        "sana": (4.5, 20),
    }
    if name in told:
        assert (knobs["guidance_scale"].default, knobs["num_inference_steps"].default) == told[name]


def test_a_pipeline_that_can_not_be_paused_between_steps_is_refused(tmp_path):
    from diffusers import PixArtSigmaPipeline

    from pipelines.image.tiny import build_painter
    from tests.pipelines.image.families import build_t5

    painter = build_painter(0)
    text, tokenizer = build_t5()
    PixArtSigmaPipeline(tokenizer, text, painter.vae, painter.transformer, painter.scheduler).save_pretrained(tmp_path)
    with pytest.raises(WrongKind):
        ImagePipeline.load(tmp_path, CPU, torch.float32)
