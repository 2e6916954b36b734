"""Keep a piece in its key to the ear, and in its key no more strictly than music of its style is.

Where it could be heard in another key, the tones that tell the two apart weigh more. Where it couldn't, tones beyond
the scale do: what is drawn from the likeliest words alone has fewer of them than the music that they were learned from.
"""

import numpy as np
import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.keys import PROFILES, correlate
from pipelines.melody.score import ACCOMPANIMENT, DRUMS, MODES
from pipelines.melody.vocabulary import RANGES, VOICES

KEY_NATS = 2.0  # times the difference of two profiles of length 1, which is 0.8 at most a tone
MARGIN = 0.15  # by which the key should be the one that is heard; nothing is added from there on
FIRST_TICKS = 192  # of tones must have sounded: fewer say little
COLOUR_NATS = {"lead": 1.2, "song": 0.35, "quartet": 0.42}  # for a tone beyond the scale


RIVALS = [key for key in range(24) if key % 12]
CLASSES = [torch.arange(low, high + 1) % 12 for low, high in RANGES]


class Tonality:
    """What has sounded of each pitch class, and so which key a piece would be heard in (Krumhansl and Schmuckler)."""

    def __init__(self) -> None:
        self._sounded = np.zeros(12)
        self._counted = 0

    def lean(self, logits: Tensor, grammar: Grammar) -> Tensor:
        """Add a bias in nats to the tones that speak for the piece's key and against its strongest rival.

        Where none is near, to those beyond the scale.
        """
        for tone in grammar.tones[self._counted :]:
            if tone.voice != DRUMS:
                self._sounded[tone.pitch % 12] += tone.length_ticks
        self._counted = len(grammar.tones)
        waits = grammar.position < 0 or grammar.begun is not None
        if waits or self._sounded.sum() < FIRST_TICKS:
            return logits
        heard = correlate(self._sounded)
        home = 0 if 4 in MODES[grammar.header.mode] else 12
        rival = max(RIVALS, key=lambda key: float(heard[key]))
        missing = min(MARGIN, MARGIN - (heard[home] - heard[rival]))
        if missing > 0:
            wanted = (PROFILES[home] - PROFILES[rival]) * KEY_NATS * missing / MARGIN
        elif colour := COLOUR_NATS.get(grammar.header.style):
            wanted = np.full(12, colour)
            wanted[list(MODES[grammar.header.mode])] = 0
        else:
            return logits
        bias, worth = torch.zeros_like(logits), torch.from_numpy(wanted).to(logits)
        for voice in grammar.open - {ACCOMPANIMENT, DRUMS}:
            bias[VOICES[voice] : VOICES[voice] + len(CLASSES[voice])] = worth[CLASSES[voice]]
        return logits + bias
