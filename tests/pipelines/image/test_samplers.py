"""A sampler that is chosen takes the steps that diffusers' own pipeline takes with it, and is read as kin write it."""

import pytest
import torch
from diffusers import DiffusionPipeline

from pipelines.image import ImagePipeline
from pipelines.image.canvas import draw_noise
from pipelines.image.foreign import fit
from pipelines.image.infotext import read_infotext, write_infotext
from pipelines.image.samplers import SAMPLERS, find_sampler, fresh_scheduler, name_sampler
from pipelines.take import Take
from tests.pipelines.image.checkpoints import build_lcm, build_sd15
from tests.pipelines.image.test_families import dice, gap, to_bytes, words
from tests.pipelines.image.test_pipeline import CPU, ask, paint

STEPS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_sd15(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def pipeline(folder):
    return ImagePipeline.load(folder, CPU, torch.float32)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_it_paints_what_the_stock_pipeline_paints_with_it(folder, pipeline, sampler):
    pipe = DiffusionPipeline.from_pretrained(folder)
    pipe.scheduler = fresh_scheduler(pipeline.pipe, sampler)
    assert name_sampler(pipe.scheduler) == sampler
    given = words(pipe, 5.0) | {"num_inference_steps": STEPS, "latents": draw_noise((4, 32, 32), 7, 1)}
    given["generator"] = dice(7 + 2**32)
    (picture,) = paint(pipeline, ask(guidance_scale=5.0, num_inference_steps=STEPS, sampler=sampler))[-1].pictures
    assert gap(picture, to_bytes(pipe(**given).images)) <= 2


def test_each_paints_in_a_way_of_its_own(pipeline):
    seen = {paint(pipeline, ask(sampler=sampler))[-1].pictures[0].tobytes() for sampler in ("Euler", "Euler a", "DDIM")}
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("name", "schedule", "meant"),
    [
        ("Euler a", None, "Euler a"),
        ("DPM++ 2M Karras", None, "DPM++ 2M Karras"),
        ("DPM++ 2M", "Karras", "DPM++ 2M Karras"),
        ("DPM++ 2M SDE", "Automatic", "DPM++ 2M SDE"),
        ("dpmpp_2m_sde_gpu", "karras", "DPM++ 2M SDE Karras"),
        ("dpmpp_2m_karras", None, "DPM++ 2M Karras"),
        ("euler_ancestral", "normal", "Euler a"),
        ("Euler", "Exponential", None),
        ("Restart", None, None),
        (None, "Karras", None),
        (["Euler"], {}, None),
    ],
)
def test_names_are_read_as_kin_write_them(name, schedule, meant):
    assert find_sampler(name, schedule) == meant


def test_a_recipe_chooses_it_where_the_model_leaves_the_choice(pipeline, tmp_path):
    recipe = read_infotext("a boat\nSteps: 4, Sampler: Euler a, Schedule type: Automatic, CFG scale: 2, Seed: 9")
    found = fit(recipe, pipeline.knobs)
    assert (found.values["sampler"], found.left) == ("Euler a", ())
    for fixed in (ImagePipeline.tiny(), ImagePipeline.load(build_lcm(tmp_path), CPU, torch.float32)):
        assert fit(recipe, fixed.knobs).left == ("Sampler",)
    take = Take(art="painting", model="sd", seed=5, params={"prompt": "a boat", "sampler": "Heun"})
    assert "Sampler: Heun, " in write_infotext(take, 0, (64, 64), "Euler")
