"""Noise leans where the artist wants it, the words decide first, and a walk stays within reach of its sliders."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.canvas import draw_noise
from pipelines.image.explore import LEANS, SWAY, lean_noise, wander
from tests.pipelines.image.test_pipeline import ask, paint, pipeline  # noqa: F401  a fixture

PAINTER = Path(__file__).parents[3] / "assets" / "models" / "painter"
FRAME = 1 / 15
KNOBS = ImageParams.knobs()


def lean(**values):
    noise = draw_noise((3, 32, 32), 7, 2)
    return lean_noise(noise, ImageParams(**values)) - noise


def test_noise_that_leans_nowhere_is_the_seeds_own():
    noise = draw_noise((3, 32, 32), 7, 2)
    assert lean_noise(noise, ImageParams()) is noise


@pytest.mark.parametrize(
    ("name", "signs"), [("light", [1, 1, 1]), ("warmth", [1, 0, -1]), ("tint", [1, -1, 1]), ("sky", [0, 0, 0])]
)
def test_a_lean_moves_the_colours_it_names(name, signs):
    moved = lean(**{name: 0.5}).mean((0, 2, 3))
    assert moved.mul(1e3).round().sign().tolist() == signs
    assert torch.allclose(lean(**{name: -0.5}).mean((0, 2, 3)), -moved, atol=1e-5)


def test_a_sky_is_above():
    moved = lean(sky=0.5)
    assert float(moved[:, :, :4].min()) > 0 > float(moved[:, :, -4:].max())


def test_every_lean_moves_as_far_and_noise_stays_noise():
    assert {round(float(lean(**{name: 1.0}).square().mean()), 3) for name in LEANS} == {0.014}
    everything = lean_noise(draw_noise((3, 64, 64), 7, 1), ImageParams(**dict.fromkeys(LEANS, 1.0)))
    assert float(everything.std()) == pytest.approx(1, abs=0.05)


def test_only_noise_with_colours_leans(pipeline):  # noqa: F811
    leans = pipeline.denoiser is not None and pipeline.canvas.plain
    assert all(pipeline.knobs[name].inert != leans for name in LEANS)
    still, leant = (paint(pipeline, ask(light=light))[-1].pictures[0].tobytes() for light in (0.0, 1.0))
    assert (still != leant) == leans


def test_our_painter_fills_what_the_words_leave_open():
    torch.set_num_threads(1)
    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)

    def look(prompt, **values):
        params = ImageParams(prompt=prompt, num_inference_steps=3, **values)
        return torch.tensor(list(paint(painter, params)[-1].previews[0].tobytes())).view(-1, 3).float().mean(0)

    boat = "a boat on the sea"
    assert look(boat, light=-1.0).mean() + 60 < look(boat, light=1.0).mean()
    cold, warm = look(boat, warmth=-1.0), look(boat, warmth=1.0)
    assert cold[2] - cold[0] > 20
    assert warm[0] - warm[2] > 20
    settled = "a boat on the sea at sunset, oil painting"
    opened, closed = ((look(words, light=-0.5) - look(words, light=0.5)).abs().mean() for words in (boat, settled))
    assert opened > 2 * closed


def test_a_walk_begins_where_the_artist_stands_and_stays_near():
    here = ImageParams(prompt="the moon", light=0.5, warmth=-0.9, seed_walk=1.5)
    assert wander(here, KNOBS, 3, 0.0) == here
    walked = [wander(here, KNOBS, 3, seconds / 2) for seconds in range(600)]
    for name in LEANS:
        values = [getattr(params, name) for params in walked]
        low, high = getattr(here, name) - SWAY[name], getattr(here, name) + SWAY[name]
        assert max(-1, low) - 0.01 <= min(values) < max(values) <= min(1, high) + 0.01
        assert max(values) - min(values) > SWAY[name]
    assert {params.prompt_mix for params in walked} == {0.0}
    assert (min(p.seed_walk for p in walked), max(p.seed_walk for p in walked)) == (0.0, 8.0)


def test_a_walk_takes_small_steps_on_values_that_a_slider_can_show():
    here = ImageParams(prompt="the moon", prompt_b="a boat", prompt_mix=0.25)
    walked = [wander(here, KNOBS, 3, frame * FRAME) for frame in range(900)]
    assert walked[0] == here
    for name in (*LEANS, "prompt_mix"):
        values = [getattr(params, name) for params in walked]
        assert max(abs(a - b) for a, b in zip(values, values[1:], strict=False)) <= 0.04
        assert all(abs(value * 100 - round(value * 100)) < 1e-6 for value in values)
    assert min(p.prompt_mix for p in walked) == 0.0
    assert max(p.prompt_mix for p in walked) == 1.0


def test_every_walk_goes_its_own_way():
    here = ImageParams(prompt="the moon")
    assert wander(here, KNOBS, 3, 5.0) == wander(here, KNOBS, 3, 5.0)
    assert len({tuple(getattr(wander(here, KNOBS, way, 5.0), name) for name in LEANS) for way in range(8)}) == 8


def test_a_walk_leaves_alone_what_does_nothing():
    here = ImageParams(prompt="the moon")
    inert = {name: replace(knob, inert=True) for name, knob in KNOBS.items()}
    assert wander(here, inert, 3, 5.0) == here
