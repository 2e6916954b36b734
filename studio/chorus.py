"""Several works of one pipeline side by side, a step of each in turn: to choose between them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipelines.params import Knob, Range


@dataclass(frozen=True)
class ChorusStep:
    """The newest step of every voice, None before its first."""

    voices: tuple[Any, ...]


class Chorus:
    """Performs `count` works at once, each from a seed of its own, or each with another value of one knob.

    Spread over a knob the works share their seed, and the knob's place on the page has no effect on them.
    """

    def __init__(self, pipeline: Any, count: int, spread: Knob | None = None) -> None:
        self.pipeline, self.count = pipeline, count
        self.spread = spread
        self.values = spread_values(spread, count) if spread else ()

    def generate(self, read: Callable[[], Any], seed: int) -> Iterator[ChorusStep]:
        """Take a step of every voice, `read` once for all; end when the last voice has ended."""
        current = read()
        voices = [self._voice(lambda: current, seed, index) for index in range(self.count)]
        newest: list[Any] = [None] * self.count
        singing = set(range(self.count))
        while singing:
            for index in sorted(singing):
                step = next(voices[index], None)
                if step is None:
                    singing.discard(index)
                else:
                    newest[index] = step
            if singing:
                yield ChorusStep(tuple(newest))
                current = read()

    def _voice(self, read: Callable[[], Any], seed: int, index: int) -> Iterator[Any]:
        if self.spread is None:
            return iter(self.pipeline.generate(read, (seed + index) % 2**32))
        name, value = self.spread.name, self.values[index]
        return iter(self.pipeline.generate(lambda: replace(read(), **{name: value}), seed))


def spread_values(knob: Knob, count: int) -> tuple[float, ...]:
    """Return `count` values evenly around the knob's default, from halfway to its minimum to halfway to its maximum."""
    domain = knob.domain
    assert isinstance(domain, Range)
    low, high = (knob.default + domain.minimum) / 2, (knob.default + domain.maximum) / 2
    if knob.default >= domain.maximum:
        high = domain.maximum
    values = [low + (high - low) * index / max(1, count - 1) for index in range(count)]
    steps = [round((value - domain.minimum) / domain.step) * domain.step + domain.minimum for value in values]
    return tuple(int(value) if domain.integer else round(float(value), 4) for value in steps)
