"""A plain painter's picture finished in a hand: the words that choose one, its strokes, and what it leaves alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from pipelines.image import ImagePipeline
from pipelines.image.hands import HANDS, HandWords, find_hour, finish
from pipelines.image.tiny import build_painter
from pipelines.image.wording import join_parts, read_parts
from pipelines.pictures import write_address
from tests.pipelines.image.test_pipeline import CPU, ask, changing, paint
from training.scenes.scene import paint as draw
from training.scenes.store import scene_at
from training.scenes.words import STYLES

WORDS = HandWords(tuple(sorted(((said, name) for name in STYLES for said in STYLES[name]["en"] + STYLES[name]["zh"]),
                               key=lambda one: -len(one[0]))))  # fmt: skip


@pytest.fixture(scope="module")
def scene():
    return draw(scene_at(5, 3), 128, by_hand=False)


@pytest.fixture(scope="module")
def plain():
    return ImagePipeline(build_painter(0))


@pytest.fixture(scope="module")
def handy(tmp_path_factory):
    """The same painter from a folder that names hands."""
    folder = tmp_path_factory.mktemp("handy")
    build_painter(0).save_pretrained(folder)
    (folder / "words.json").write_text(json.dumps({"hand": STYLES}))
    return ImagePipeline.load(folder, CPU, torch.float32)


@pytest.mark.parametrize("name", HANDS)
@pytest.mark.parametrize("size", [(128, 128), (160, 96), (96, 160)])
def test_each_hand_finishes_any_shape_and_the_same_seed_the_same_way(scene, name, size):
    picture = scene.resize(size)
    done = finish(picture, {name: 1.0}, 7)
    assert done.size == size
    assert done.mode == "RGB"
    assert done.tobytes() == finish(picture, {name: 1.0}, 7).tobytes()
    assert np.abs(np.asarray(done, int) - np.asarray(picture, int)).mean() > 4


def test_no_two_hands_are_alike(scene):
    done = [np.asarray(finish(scene, {name: 1.0}, 7), int) for name in HANDS]
    gaps = [np.abs(one - other).mean() for place, one in enumerate(done) for other in done[:place]]
    assert min(gaps) > 6


def test_shares_lie_between_the_picture_and_the_hand(scene):
    whole = np.asarray(finish(scene, {"woodcut": 1.0}, 7), int)
    half = np.asarray(finish(scene, {"woodcut": 0.5}, 7), int)
    assert np.abs(half - (whole + np.asarray(scene, int)) / 2).max() <= 1
    two = np.asarray(finish(scene, {"woodcut": 1.0, "oil": 1.0}, 7), int)
    assert np.abs(two - (whole + np.asarray(finish(scene, {"oil": 1.0}, 7), int)) / 2).max() <= 1
    assert finish(scene, {"oil": 0.0}, 7) is scene


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a house, watercolour", {"watercolour": 1.0}),
        ("ink wash of a pine", {"ink": 1.0}),
        ("a pink boat on a turmoil of sea", {}),
        ("a house", {}),
        ("湖边的塔，水墨", {"ink": 1.0}),
        ("a house, blue and white porcelain painting", {"porcelain": 1.0}),
        ("一座桥，青花瓷画，蓝白两色", {"porcelain": 1.0}),
        ("a house, oil painting, woodcut", {"woodcut": 1.0}),
        ("a house, (oil painting:0.4)", {"oil": 0.4}),
        ("(oil painting:0.9), (woodcut:0.3)", {"oil": 0.9}),
        ("a house, (woodcut:1.5)", {"woodcut": 1.0}),
        ("a house, (woodcut:0)", {}),
    ],
)
def test_words_choose_a_hand(text, found):
    text = join_parts(read_parts(text))
    assert WORDS.take(text) == (found, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a house, blue and white porcelain, at night", "a house, flat, at night"),
        ("湖边的塔，水墨", "湖边的塔，平涂"),
        ("(a red house:1.2), (oil painting:0.4)", "(a red house:1.2), flat"),
        ("(a red house:1.2)", "(a red house:1.2)"),
    ],
)
def test_a_painter_of_styles_is_told_to_paint_plain_instead(text, told):
    words = replace(WORDS, plain=("flat", "平涂"))
    assert words.take(join_parts(read_parts(text)))[1] == join_parts(read_parts(told))


@pytest.mark.parametrize("hour", ["day", "sunset", "night", "dawn"])
def test_the_hour_is_seen_in_the_sky(hour):
    scenes = [one for one in (scene_at(9, index) for index in range(200)) if one.time == hour][:25]
    right = [find_hour(draw(one, 64, by_hand=False)) == hour for one in scenes]
    assert np.mean(right) >= 0.8


def test_a_painter_with_hands_paints_plain_and_finishes(plain, handy):
    params = ask(prompt="a boat, woodcut", size="128")
    before, after = (paint(one, params)[-1].pictures[0] for one in (plain, handy))
    assert after.tobytes() == finish(before, {"woodcut": 1.0}, 7).tobytes()
    unnamed = ask(prompt="a boat", size="128")
    assert paint(handy, unnamed)[-1].pictures[0].tobytes() == paint(plain, unnamed)[-1].pictures[0].tobytes()


def test_the_hand_in_force_at_the_last_step_finishes_it(handy):
    read = changing(ask(style="oil"), ask(style="oil"), ask(style="pixel"))
    steps = paint(handy, read)
    stopped = paint(handy, ask(style="pixel"))[1].finish()[0]
    assert steps[-1].pictures[0].resize((8, 8)).tobytes() != stopped.resize((8, 8)).tobytes()
    colours = steps[-1].pictures[0].getcolors()
    assert colours is not None
    assert len(colours) <= 6**3  # the few of the pixel hand


def test_previews_are_in_the_hand_as_well(plain, handy):
    params = ask(prompt="a boat, woodcut", size="128")
    for before, after in zip(paint(plain, params), paint(handy, params), strict=True):
        assert after.previews[0].tobytes() == finish(before.previews[0], {"woodcut": 1.0}, 7).tobytes()


def test_a_mix_of_two_prompts_mixes_their_hands(handy):
    mixed = handy.denoiser.mix(handy.denoiser.encode("a boat, oil"), handy.denoiser.encode("a boat, ink wash"), 0.25)
    assert mixed.hands == {"oil": 0.75, "ink": 0.25}


def test_what_a_mask_keeps_and_a_start_nobody_paints_on_are_left_alone(plain, handy):
    start = Image.effect_noise((64, 64), 60).convert("RGB")
    mask = Image.new("L", (64, 64))
    mask.paste(255, (0, 0, 32, 64))
    params = ask(style="woodcut", start=write_address(start), mask=write_address(mask), strength=0.5)
    made = paint(handy, params)[-1].pictures[0]
    assert made.crop((32, 0, 64, 64)).tobytes() == start.crop((32, 0, 64, 64)).tobytes()
    params = ask(style="woodcut", start=write_address(start), strength=0.0)
    untouched, same = (paint(one, params)[-1].pictures[0] for one in (handy, plain))
    assert untouched.tobytes() == same.tobytes()
