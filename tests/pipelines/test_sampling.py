"""Sampling rules on small rows of logits, worked by hand."""

import pytest
import torch

from pipelines import sampling

ROW = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()


def kept(logits):
    return torch.isfinite(logits).tolist()


@pytest.mark.parametrize(("top_k", "expected"), [(0, 4), (1, 1), (3, 3), (9, 4)])
def test_top_k(top_k, expected):
    assert sum(kept(sampling.keep_top_k(ROW, top_k))) == expected


@pytest.mark.parametrize(("top_p", "expected"), [(1.0, 4), (0.79, 2), (0.81, 3), (0.01, 1)])
def test_top_p(top_p, expected):
    assert sum(kept(sampling.keep_top_p(ROW, top_p))) == expected


@pytest.mark.parametrize(("min_p", "expected"), [(0.0, 4), (0.2, 3), (0.7, 1), (1.0, 1)])
def test_min_p(min_p, expected):
    assert sum(kept(sampling.keep_min_p(ROW, min_p))) == expected


def test_repetition_penalty_lowers_what_was_used_and_nothing_else():
    row = torch.tensor([2.0, -2.0, 1.0])
    assert sampling.penalise_repetition(row, [0, 1, 1], 2.0).tolist() == [1.0, -4.0, 1.0]


def test_a_temperature_of_zero_takes_the_likeliest_and_no_random_number():
    generator = torch.Generator().manual_seed(1)
    before = generator.get_state()
    assert sampling.sample(ROW, 0, generator) == 0
    assert torch.equal(before, generator.get_state())


def test_samples_follow_the_probabilities():
    generator = torch.Generator().manual_seed(1)
    counts = torch.bincount(torch.tensor([sampling.sample(ROW, 1.0, generator) for _ in range(4000)]), minlength=4)
    assert torch.allclose(counts / 4000, ROW.exp(), atol=0.03)
