"""What a draft draws, and what it weighs."""

import pytest
import torch

from pipelines import sampling
from pipelines.text import TextParams
from pipelines.text.forms.catalog import start_verse
from pipelines.text.forms.draft import Choices, Draft, draw

SLIDERS = [
    {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "temperature": 1.0},
    {"top_k": 7, "top_p": 1.0, "min_p": 0.0, "temperature": 0.5},
    {"top_k": 0, "top_p": 0.6, "min_p": 0.0, "temperature": 1.5},
    {"top_k": 0, "top_p": 1.0, "min_p": 0.2, "temperature": 0.9},
    {"top_k": 9, "top_p": 0.8, "min_p": 0.1, "temperature": 0.7},
]


@pytest.mark.parametrize("sliders", SLIDERS)
def test_a_place_is_drawn_as_often_as_sampling_would(sliders):
    params = TextParams(**sliders)
    logits = torch.randn(20, generator=torch.Generator().manual_seed(1)).sort(descending=True).values * 2
    kept = sampling.keep_top_p(sampling.keep_top_k(logits, params.top_k), params.top_p)
    wanted = (sampling.keep_min_p(kept, params.min_p) / params.temperature).softmax(0)
    places = [draw(logits.tolist(), params, chance / 5000) for chance in range(5000)]
    drawn = torch.bincount(torch.tensor(places), minlength=20) / 5000
    assert torch.allclose(drawn, wanted, atol=5e-4)


def test_a_weight_only_falls_and_bending_less_weighs_more():
    draft = Draft(start_verse("wujue"), weight=-2.0)
    extensions = [(1, "山", b""), (2, "月", b"")]
    free = Choices(draft, extensions, [-1.0, -2.0], scale=0.0).draw(TextParams(), 0.0)
    bent = Choices(draft, extensions, [-1.0, -2.0], scale=3.0).draw(TextParams(), 0.0)
    assert bent.weight < free.weight < draft.weight
    assert (free.tokens, free.text) == ((1,), "山")
