"""A painter's own safety checker, on small checkpoints of the real classes."""

import json
import shutil

import pytest
import torch
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor

from pipelines.errors import BrokenModel
from pipelines.image import ImagePipeline
from pipelines.image.guard import PAPER, is_held_back
from tests.pipelines.image.checkpoints import build_sd15
from tests.pipelines.image.test_pipeline import CPU, ask, data, paint

FLAG_ALL, FLAG_NONE = -2.0, 2.0  # what a cosine is never below, and never above


def add_checker(folder, threshold):
    """Give a Stable Diffusion its safety checker, which flags what is more like a concept than the threshold."""
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    seeing = small | {"image_size": 32, "patch_size": 8}
    torch.manual_seed(0)
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=small | {"vocab_size": 10}, vision_config=seeing, projection_dim=8)
    )
    checker.concept_embeds_weights.data.fill_(threshold)
    checker.special_care_embeds_weights.data.fill_(FLAG_NONE)
    checker.save_pretrained(folder / "safety_checker")
    size = {"height": 32, "width": 32}
    CLIPImageProcessor(size=size, crop_size=size).save_pretrained(folder / "feature_extractor")
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return build_sd15(tmp_path_factory.mktemp("plain"))


@pytest.fixture
def painter(plain, tmp_path):
    def build(threshold):
        folder = tmp_path / "sd15"
        shutil.copytree(plain, folder)
        return add_checker(folder, threshold)

    return build


def load(folder, *, guarded=True):
    return ImagePipeline.load(folder, CPU, torch.float32, guarded=guarded)


def test_what_is_flagged_is_never_seen(painter):
    pipeline = load(painter(FLAG_ALL))
    steps = paint(pipeline, ask(num_images=2))
    assert all(is_held_back(picture) for picture in (*steps[-1].pictures, *steps[0].finish()))
    assert {picture.getpixel((9, 9)) for picture in steps[-1].pictures} == {PAPER}
    assert steps[-1].pictures[0].size == (64, 64)
    assert all(is_smooth(preview) for step in steps for preview in step.previews)


def is_smooth(preview):
    """Tell whether a preview shows no more than patches of colour."""
    few = preview.resize((10, 10), Image.Resampling.BOX).resize(preview.size, Image.Resampling.BICUBIC)
    pairs = zip(preview.tobytes(), few.tobytes(), strict=True)
    return max(abs(one - other) for one, other in pairs) < 40


def test_what_is_not_flagged_is_as_it_would_be_without(painter):
    folder = painter(FLAG_NONE)
    watched, free = paint(load(folder), ask())[-1], paint(load(folder, guarded=False), ask())[-1]
    assert data(watched.pictures) == data(free.pictures)
    assert not is_held_back(watched.pictures[0])


def test_only_the_flagged_ones_of_several_are_held_back(painter):
    folder = painter(FLAG_NONE)
    pipeline = load(folder)
    checker = pipeline.guard.checker
    pictures = paint(pipeline, ask(num_images=4))[-1].pictures
    pixels = pipeline.guard.extractor(images=list(pictures), return_tensors="pt").pixel_values
    with torch.no_grad():
        seen = checker.visual_projection(checker.vision_model(pixels)[1])
    checker.concept_embeds.data.copy_(seen[2].expand(17, -1))
    alike = torch.nn.functional.cosine_similarity(seen, seen[2], dim=-1)
    others = max(alike[[0, 1, 3]])
    checker.concept_embeds_weights.data.fill_(float(1 + others) / 2)
    again = paint(pipeline, ask(num_images=4))[-1].pictures
    assert [is_held_back(picture) for picture in again] == [False, False, True, False]
    assert data(again[:2]) == data(pictures[:2])


def test_where_nothing_is_moderated_it_is_not_even_loaded(painter):
    folder = painter(FLAG_ALL)
    shutil.rmtree(folder / "safety_checker")
    assert load(folder, guarded=False).guard is None


def test_a_model_without_one_is_not_watched(plain):
    assert load(plain).guard is None


@pytest.mark.parametrize("missing", ["safety_checker", "feature_extractor"])
def test_a_checker_that_can_not_be_read_is_no_reason_to_go_without(painter, missing):
    folder = painter(FLAG_NONE)
    shutil.rmtree(folder / missing)
    with pytest.raises(BrokenModel):
        load(folder)
