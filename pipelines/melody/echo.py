"""Let bars come back: phrases of four and eight bars answer what was played before."""

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.vocabulary import AHEAD, AT, BAR, MAKE

DISTANCES = {4: 1.0, 8: 0.7}
ECHO_NATS = 5.0
TIRED_AFTER = 2
MEMORY = 64  # bars; an endless piece may come back to what was long ago
TIRED = -0.6
# With the slider at its default these bring back as many bars as music of the style has; a dance needs no more.
NEEDS = {"lead": 1.65, "song": 1.35, "chorale": 1.9, "quartet": 1.45}


class Echo:
    """Remembers the words of each bar and favours those that answer an earlier one.

    A small model keeps the key and the beat but forgets its own tune. While a bar begins as the one four (or eight)
    bars before it did, that bar's next word gains `echo` times ECHO_NATS; as soon as the bar goes its own way, nothing
    pulls it back. A bar heard twice has been heard enough and is pushed away instead, or one phrase would fill the
    piece. The last bar is left alone, to be an ending.
    """

    def __init__(self) -> None:
        self._bars: list[list[int]] = []
        self._away = False  # while bars are told that stand elsewhere

    def push(self, word: int) -> None:
        """Remember a word."""
        if word in (AHEAD, MAKE):
            self._away = word == AHEAD
        elif self._away:
            return
        elif BAR <= word < AT:
            self._bars.append([])
        elif self._bars:
            self._bars[-1].append(word)

    def lean(self, logits: Tensor, echo: float, grammar: Grammar) -> Tensor:
        """Add the bias, in nats; 0 changes nothing."""
        here = len(self._bars) - 1
        if not echo or here < 0 or here == grammar.bars - 1:
            return logits
        now = self._bars[here]
        bias = torch.zeros_like(logits)
        leans: dict[int, float] = {}
        for distance, weight in DISTANCES.items():
            if distance > here:
                continue
            earlier = self._bars[here - distance]
            if earlier[: len(now)] == now:
                word = earlier[len(now)] if len(now) < len(earlier) else grammar.next_bar
                weight *= TIRED if self._bars[max(0, here - MEMORY) : here].count(earlier) >= TIRED_AFTER else 1.0
                leans[word] = min(leans.get(word, weight), weight)
        for word, weight in leans.items():
            bias[word] = echo * weight * ECHO_NATS * NEEDS.get(grammar.header.style, 1.0)
        return logits + bias
