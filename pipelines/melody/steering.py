"""Lean the choice of the next word: more or fewer notes, higher or lower ones."""

import math

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.score import TICKS_PER_QUARTER
from pipelines.melody.vocabulary import AT, BAR, FOR, LENGTHS, MAX_BARS_LEFT, POSITIONS, RANGES, VOICES

DENSITY_NATS = 2.6
REGISTER_NATS = 3.0


def steer(logits: Tensor, grammar: Grammar, *, density: float, register: float) -> Tensor:
    """Add a bias in nats; both knobs run from -1 to 1 and 0 changes nothing.

    `density` favours the next position by how soon it comes, a quarter being one unit, and short lengths by their
    logarithm. `register` favours pitches within each voice by their height, an octave being one unit.
    """
    if not density and not register:
        return logits
    bias = torch.zeros_like(logits)
    if density:
        waits = torch.tensor(POSITIONS, dtype=torch.float32) - max(0, grammar.position)
        bias[AT : AT + len(POSITIONS)] = -density * DENSITY_NATS * waits / TICKS_PER_QUARTER
        rest = grammar.bar_ticks - max(0, grammar.position)
        bias[BAR : BAR + MAX_BARS_LEFT + 1] = -density * DENSITY_NATS * rest / TICKS_PER_QUARTER
        lengths = [math.log2(length / TICKS_PER_QUARTER) for length in LENGTHS]
        bias[FOR : FOR + len(LENGTHS)] = -density * DENSITY_NATS / 2 * torch.tensor(lengths)
    steered = logits + bias
    if register:
        for first, (low, high) in zip(VOICES, RANGES, strict=True):
            tones = steered[first : first + high - low + 1]
            heights = torch.arange(high - low + 1, dtype=torch.float32) / 12
            moved = tones + register * REGISTER_NATS * heights
            shift = tones.logsumexp(0) - moved.logsumexp(0)  # how likely any tone of the voice is stays as it was
            if shift.isfinite():
                steered[first : first + high - low + 1] = moved + shift
    return steered
