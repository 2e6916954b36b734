"""A second prompt and a walk between seeds: both ends are exact, and what lies between lies between."""

from pathlib import Path

import pytest
import torch

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.canvas import draw_noise
from pipelines.image.mixture import walk_noise
from tests.pipelines.image.test_pipeline import ask, changing, data, paint, pipeline  # noqa: F401  a fixture

PAINTER = Path(__file__).parents[3] / "assets" / "models" / "painter"


def near(one, other):
    pairs = zip(one.pictures[0].tobytes(), other.pictures[0].tobytes(), strict=True)
    return max(abs(a - b) for a, b in pairs) <= 2


def test_the_ends_of_a_mix_are_the_two_prompts(pipeline):  # noqa: F811
    if pipeline.denoiser is None:
        assert pipeline.knobs["prompt_mix"].inert
        return
    one, other = paint(pipeline, ask(prompt="red moon"))[-1], paint(pipeline, ask(prompt="a boat tree"))[-1]
    mixed = {m: paint(pipeline, ask(prompt="red moon", prompt_b="a boat tree", prompt_mix=m))[-1] for m in (0, 0.5, 1)}
    assert data(mixed[0].pictures) == data(one.pictures)
    assert near(mixed[1], other)
    assert data(mixed[0.5].pictures) not in (data(one.pictures), data(other.pictures))
    assert data(paint(pipeline, ask(prompt="red moon", prompt_mix=0.5))[-1].pictures) == data(one.pictures)


def test_a_long_prompt_mixes_with_a_short_one(pipeline):  # noqa: F811
    long = "a boat and a house by the sea, " * 4
    assert paint(pipeline, ask(prompt=long, prompt_b="moon", prompt_mix=0.3, num_images=2))[-1].pictures
    assert paint(pipeline, ask(prompt="(moon:2)", prompt_b=long, prompt_mix=0.3, negative_prompt=long))[-1].pictures


def test_weights_hold_within_a_mix(pipeline):  # noqa: F811
    if pipeline.denoiser is not None:
        weighed = "a (boat:0) moon (tree:2)"
        alone = paint(pipeline, ask(prompt=weighed))[-1]
        assert near(paint(pipeline, ask(prompt="red", prompt_b=weighed, prompt_mix=1.0))[-1], alone)


def test_the_mix_acts_at_the_next_step():
    tiny = ImagePipeline.tiny()
    start = ask(prompt="red moon", prompt_b="a boat tree")
    calm = paint(tiny, start)
    steered = paint(tiny, changing(start, start, ask(prompt="red moon", prompt_b="a boat tree", prompt_mix=1.0)))
    assert data(calm[1].finish()) == data(steered[1].finish())
    assert data(calm[-1].pictures) != data(steered[-1].pictures)


def test_our_painter_goes_from_day_to_night():
    torch.set_num_threads(1)
    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)

    def brightness(mix):
        params = ImageParams(
            prompt="a house in a field on a sunny day", prompt_b="a lighthouse by the sea at night", prompt_mix=mix,
            num_inference_steps=6,
        )  # fmt: skip
        picture = paint(painter, params)[-1].previews[0].convert("L")
        return sum(picture.tobytes()) / len(picture.tobytes())

    day, dusk, night = (brightness(mix) for mix in (0, 0.5, 1))
    assert day > dusk + 15 > night + 30


def test_a_walk_begins_at_the_seed_and_passes_the_next_ones():
    shape = (4, 32, 32)
    assert torch.equal(walk_noise(shape, 7, 2, 0.0), draw_noise(shape, 7, 2))
    assert torch.equal(walk_noise(shape, 7, 2, 2.0), draw_noise(shape, 9, 2))
    between = walk_noise(shape, 7, 2, 1.5)
    assert float(between.std()) == pytest.approx(1, abs=0.05)
    ends = draw_noise(shape, 8, 2), draw_noise(shape, 9, 2)
    assert all(float((between - end).norm() / end.norm()) < 0.85 for end in ends)
    assert torch.allclose(walk_noise(shape, 7, 1, 1.999), draw_noise(shape, 9, 1), atol=0.02)


def test_a_walk_paints_what_lies_between_and_the_next_seed_at_its_end(pipeline):  # noqa: F811
    if pipeline.denoiser is None:
        return
    start, half, end = (paint(pipeline, ask(seed_walk=walk))[-1] for walk in (0.0, 0.5, 1.0))
    assert data(start.pictures) == data(paint(pipeline, ask())[-1].pictures)
    assert data(half.pictures) not in (data(start.pictures), data(end.pictures))
    assert data(start.pictures) != data(end.pictures)
