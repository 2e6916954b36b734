"""A painter's own safety checker, on small checkpoints of the real classes."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from app import SHIPPED
from pipelines.errors import CheckerUnfit, Unchecked
from pipelines.image import ImagePipeline
from pipelines.image.guard import KIND, PAPER, cut_squares, is_held_back
from tests.pipelines.image.checkpoints import FLAG_ALL, FLAG_NONE, add_checker, build_sd15
from tests.pipelines.image.test_pipeline import CPU, ask, data, paint


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


def test_a_model_without_one_is_not_watched_and_says_so(plain):
    painter = load(plain)
    assert painter.guard is None
    assert [type(trouble) for trouble in painter.troubles] == [Unchecked]
    assert load(plain, guarded=False).troubles == ()
    assert load(SHIPPED["painting"]).troubles == ()


@pytest.mark.parametrize("missing", ["safety_checker", "feature_extractor"])
def test_a_checker_that_can_not_be_read_is_no_reason_to_go_without(painter, missing):
    folder = painter(FLAG_NONE)
    shutil.rmtree(folder / missing)
    with pytest.raises(CheckerUnfit):
        load(folder)


@pytest.mark.parametrize("name", ["concept_embeds_weights", "visual_projection.weight"])
@pytest.mark.parametrize("harm", ["left out", "made NaN"])
def test_a_checker_with_harmed_weights_is_refused(painter, name, harm):
    folder = painter(FLAG_ALL)
    file = folder / "safety_checker" / "model.safetensors"
    weights = load_file(file)
    harmed = {} if harm == "left out" else {name: weights[name] * torch.nan}
    save_file({key: value for key, value in weights.items() if key != name} | harmed, file, {"format": "pt"})
    with pytest.raises(CheckerUnfit):
        load(folder)


@pytest.mark.parametrize("named", [["stable_diffusion", "AnotherChecker"], [None, KIND + "Two"], "odd"])
def test_a_checker_of_another_kind_is_refused(painter, named):
    folder = painter(FLAG_ALL)
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"safety_checker": named}))
    with pytest.raises(CheckerUnfit):
        load(folder)


@pytest.mark.parametrize("size", [(64, 64), (192, 64), (96, 64), (64, 200), (1, 5)])
def test_squares_cover_a_picture(size):
    numbers = np.arange(size[0] * size[1], dtype=np.int32).reshape(size[::-1])
    squares = [np.asarray(square) for square in cut_squares(Image.fromarray(numbers))]
    assert {square.shape for square in squares} == {(min(size), min(size))}
    assert len(squares) == -(-max(size) // min(size))
    assert np.array_equal(np.unique(np.concatenate([square.ravel() for square in squares])), numbers.ravel())


def test_what_lies_at_the_edge_of_a_long_picture_is_seen(painter):
    guard = load(painter(FLAG_NONE)).guard
    calm, other = Image.new("RGB", (64, 64), "green"), Image.effect_noise((64, 64), 90).convert("RGB")
    long = Image.new("RGB", (192, 64), "green")
    long.paste(other, (128, 0))
    pixels = guard.extractor(images=[calm, other], return_tensors="pt").pixel_values
    with torch.no_grad():
        seen = guard.checker.visual_projection(guard.checker.vision_model(pixels)[1])
    guard.checker.concept_embeds.data.copy_(seen[1].expand(17, -1))
    alike = torch.nn.functional.cosine_similarity(seen[0], seen[1], dim=0)
    guard.checker.concept_embeds_weights.data.fill_(float(1 + alike) / 2)
    assert [is_held_back(one) for one in guard.hold_back((calm, other, long))] == [False, True, True]
