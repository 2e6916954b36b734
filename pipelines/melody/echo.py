"""Let bars come back: phrases of four and eight bars answer what was played before."""

import torch
from torch import Tensor

from pipelines.melody.vocabulary import AT, BAR

DISTANCES = {4: 1.0, 8: 0.7}
ECHO_NATS = 5.0


class Echo:
    """Remembers the words of each bar and favours those that answer an earlier one.

    A small model keeps the key and the beat but forgets its own tune. While a bar begins as the one four (or eight)
    bars before it did, that bar's next word gains `echo` times ECHO_NATS; as soon as the bar goes its own way, nothing
    pulls it back. The last bar is left alone, to be an ending.
    """

    def __init__(self, bars: int) -> None:
        self._length = bars
        self._bars: list[list[int]] = []

    def push(self, word: int) -> None:
        """Remember a word."""
        if BAR <= word < AT:
            self._bars.append([])
        elif self._bars:
            self._bars[-1].append(word)

    def lean(self, logits: Tensor, echo: float) -> Tensor:
        """Add the bias, in nats; 0 changes nothing."""
        here = len(self._bars) - 1
        if not echo or here < 0 or here == self._length - 1:
            return logits
        now = self._bars[here]
        bias = torch.zeros_like(logits)
        for distance, weight in DISTANCES.items():
            if distance > here:
                continue
            earlier = self._bars[here - distance]
            if len(now) < len(earlier) and earlier[: len(now)] == now:
                bias[earlier[len(now)]] += echo * weight * ECHO_NATS
            elif earlier == now:
                left = min(self._length - 2 - here, AT - BAR - 1)
                bias[BAR + left] += echo * weight * ECHO_NATS
        return logits + bias
