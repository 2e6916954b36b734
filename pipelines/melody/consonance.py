"""Fit new voices to given ones: what sounds harsh beside a tone that is held is worth less."""

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.score import ACCOMPANIMENT, DRUMS
from pipelines.melody.vocabulary import RANGES, VOICES

HARSH_NATS = {1: 4.1, 11: 4.1, 6: 2.0, 2: 2.0, 10: 1.4}  # by semitones between, octaves aside


def blend(logits: Tensor, grammar: Grammar) -> Tensor:
    """Take nats from tones that clash with what sounds now, where voices are composed beside given ones.

    A small model hears the voices it is told less well than those it writes itself.
    """
    if not grammar.making or grammar.position < 0 or grammar.begun is not None:
        return logits
    now = grammar.now_ticks
    sounding = {
        tone.pitch % 12
        for tone in grammar.tones
        if tone.voice != DRUMS and tone.start_ticks <= now < tone.start_ticks + tone.length_ticks
    }
    if not sounding:
        return logits
    bias = torch.zeros_like(logits)
    for voice in grammar.open - {ACCOMPANIMENT, DRUMS}:
        low, high = RANGES[voice]
        for pitch in range(low, high + 1):
            harsh = sum(HARSH_NATS.get((pitch - other) % 12, 0.0) for other in sounding)
            bias[VOICES[voice] + pitch - low] = -harsh
    return logits + bias
