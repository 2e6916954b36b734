"""Bring a piece home: in the last bar the tonic is worth more, and so is a tone held to the end."""

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.score import DRUMS, MELODY, MODES, STYLES
from pipelines.melody.vocabulary import CHORD, FOR, LENGTHS, QUALITIES, RANGES, VOICES

HOME_NATS = 4.0
CHORD_TONE_NATS = 1.0
HOLD_NATS = 3.0


def lead_home(logits: Tensor, grammar: Grammar) -> Tensor:
    """Add a bias in the last bar, in nats: the lowest voice to the tonic, the melody to its chord, tones held out.

    The tonic is worth more the nearer the end is, and in the lowest voice it alone is held. Composed pieces ended on it
    half as often as real ones; the words are few there and a small model has seen few endings.
    """
    voices = STYLES[grammar.header.style].voices
    if grammar.bar != grammar.bars - 1 or DRUMS in voices:
        return logits
    bias = torch.zeros_like(logits)
    scale, lowest, position = MODES[grammar.header.mode], max(voices), max(0, grammar.position)
    home_nats = HOME_NATS * (1 + position / grammar.bar_ticks)
    for voice, nats, home in ((MELODY, CHORD_TONE_NATS, (0, scale[2], 7)), (lowest, home_nats, (0,))):
        low, high = RANGES[voice]
        for pitch in range(low, high + 1):
            if pitch % 12 in home:
                bias[VOICES[voice] + pitch - low] += nats
    bias[CHORD + QUALITIES.index("maj" if scale[2] == 4 else "min")] += HOME_NATS
    rest = grammar.bar_ticks - position
    if rest in LENGTHS:
        voice, pitch = grammar.begun or (MELODY, 0)
        bias[FOR + LENGTHS.index(rest)] += -HOLD_NATS if voice == lowest and pitch % 12 else HOLD_NATS
    return logits + bias
