"""Weights act: on every family with our own loop, at the next step, more the further they are from 1."""

from pathlib import Path

import pytest
import torch

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.emphasis import scale_states, split_long, weigh_tokens
from pipelines.image.wording import Weighted, read_weights
from tests.pipelines.image.test_pipeline import ask, changing, data, paint, pipeline  # noqa: F401  a fixture

PAINTER = Path(__file__).parents[3] / "assets" / "models" / "painter"


def gap(one, other):
    pairs = zip(one.pictures[0].tobytes(), other.pictures[0].tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs)


def test_a_weight_of_one_changes_nothing_and_another_does(pipeline):  # noqa: F811
    plain = paint(pipeline, ask(prompt="a boat moon"))[-1]
    assert data(paint(pipeline, ask(prompt="a boat (moon:1)"))[-1].pictures) == data(plain.pictures)
    weighed = paint(pipeline, ask(prompt="a boat (moon:3)"))[-1]
    if pipeline.denoiser is None:  # a family that runs its own loop reads the words alone
        assert data(weighed.pictures) == data(plain.pictures)
    else:
        assert data(weighed.pictures) != data(plain.pictures)


def test_a_weight_acts_from_the_next_step_on():
    tiny = ImagePipeline.tiny()
    calm = paint(tiny, ask(prompt="a boat moon"))
    steered = paint(tiny, changing(ask(prompt="a boat moon"), ask(prompt="a boat moon"), ask(prompt="a boat (moon:4)")))
    assert data(calm[1].finish()) == data(steered[1].finish())
    assert data(calm[-1].pictures) != data(steered[-1].pictures)


def test_what_to_leave_out_can_be_weighed_too(pipeline):  # noqa: F811
    if pipeline.denoiser is not None and not pipeline.knobs["negative_prompt"].inert:
        plain = paint(pipeline, ask(negative_prompt="red moon"))[-1]
        assert data(paint(pipeline, ask(negative_prompt="red (moon:3)"))[-1].pictures) != data(plain.pictures)


def test_each_picture_has_the_words_that_its_own_seed_chooses(pipeline):  # noqa: F811
    several = paint(pipeline, ask(prompt="{boat|moon|red|sea}", num_images=3))[-1].pictures
    again = paint(pipeline, ask(prompt="{boat|moon|red|sea}", num_images=3))[-1].pictures
    assert data(several) == data(again)
    alone = paint(pipeline, ask(prompt="{boat|moon|red|sea}"), seed=9)[-1].pictures[0]
    assert max(abs(a - b) for a, b in zip(several[2].tobytes(), alone.tobytes(), strict=True)) <= 2


def test_a_prompt_longer_than_the_encoder_is_read_to_its_end(pipeline):  # noqa: F811
    if not hasattr(pipeline.denoiser, "large"):
        pytest.skip("one chunk is all that this family reads")
    words = "a boat " * 6
    one, other = (paint(pipeline, ask(prompt=f"{words}, {end}"))[-1] for end in ("moon", "tree"))
    assert data(one.pictures) != data(other.pictures)
    broken = paint(pipeline, ask(prompt="a boat BREAK moon"))[-1]
    assert data(broken.pictures) != data(paint(pipeline, ask(prompt="a boat moon"))[-1].pictures)


def test_our_painter_follows_a_weight_in_the_wanted_direction():
    torch.set_num_threads(1)
    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)

    def brightness(weight):
        params = ImageParams(prompt=f"a lighthouse by the sea (at night:{weight})", num_inference_steps=8, size="256")
        picture = paint(painter, params)[-1].previews[0].convert("L")
        return sum(picture.tobytes()) / len(picture.tobytes())

    day, dim, night, dark = (brightness(weight) for weight in (0, 0.5, 1, 2))
    assert day > dim + 20
    assert dim > night + 1
    assert night > dark + 1


def test_states_are_scaled_and_their_mean_comes_back():
    states = torch.rand(1, 4, 3) + 1
    scaled = scale_states(states, [1, 2, 1, 1])
    assert float(scaled.mean()) == pytest.approx(float(states.mean()), rel=1e-5)
    assert torch.allclose(scaled[0, 1] / scaled[0, 0], 2 * states[0, 1] / states[0, 0])
    assert torch.isfinite(scale_states(torch.zeros(1, 2, 2), [1, 0])).all()


def test_tokens_weigh_what_their_letters_do():
    weighted = read_weights("a (boat:2)s")
    assert weigh_tokens(weighted, [(0, 0), (0, 1), (2, 7)]) == [1, 1, pytest.approx(9 / 5)]


def test_a_long_text_is_cut_behind_a_comma_or_between_words():
    text = "aa bb, cc dd ee ff"
    offsets = [(0, 2), (3, 5), (5, 6), (7, 9), (10, 12), (13, 15), (16, 18)]
    weighted = Weighted(text, (1.0,) * len(text))
    assert [chunk.text for chunk in split_long(weighted, offsets, 4)] == ["aa bb, ", "cc dd ee ff"]
    plain = Weighted("aabb cc", (1.0,) * 7)
    assert [chunk.text for chunk in split_long(plain, [(0, 2), (2, 4), (5, 7)], 2)] == ["aabb ", "cc"]
    assert [chunk.text for chunk in split_long(Weighted("", ()), [], 4)] == [""]
