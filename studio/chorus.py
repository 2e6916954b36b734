"""Several works of one pipeline side by side, a step of each in turn: to choose between them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.errors import PipelineError
from pipelines.params import Knob, Range


@dataclass(frozen=True)
class ChorusStep:
    """The newest step of every voice, None before its first."""

    voices: tuple[Any, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What each voice has written."""
        return tuple(voice.text if voice else "" for voice in self.voices)

    @property
    def index(self) -> int:
        """How far the voice is that is furthest."""
        return max((voice.index for voice in self.voices if voice is not None), default=0)

    @property
    def state(self) -> str:
        """What the voices are doing: "working" as soon as one is."""
        states = [getattr(voice, "state", "working") for voice in self.voices if voice is not None]
        return "working" if "working" in states or not states else str(states[0])


class Chorus:
    """Performs `count` works at once, each from a seed of its own, or each with another value of one knob.

    Spread over a knob the works share their seed, and the knob's place on the page has no effect on them.
    """

    def __init__(self, pipeline: Any, count: int, spread: Knob | None = None) -> None:
        self.pipeline, self.count = pipeline, count
        self.spread = spread
        self.values = spread_values(spread, count) if spread else ()

    def generate(self, read: Callable[[], Any], seed: int) -> Iterator[ChorusStep]:
        """Take a step of every voice, `read` once for all; end when the last voice has ended.

        A voice that fails falls silent; what went wrong with the first is raised when the others have ended.
        """
        current = read()
        voices = self._begin(lambda: current, seed)
        newest: list[Any] = [None] * self.count
        singing = set(range(self.count))
        trouble: PipelineError | None = None
        while singing:
            for index in sorted(singing):
                try:
                    step = next(voices[index], None)
                except PipelineError as error:
                    trouble, step = trouble or error, None
                if step is None:
                    singing.discard(index)
                else:
                    newest[index] = step
            if singing:
                yield ChorusStep(tuple(newest))
                current = read()
        if trouble:
            raise trouble

    def _begin(self, read: Callable[[], Any], seed: int) -> Sequence[Iterator[Any]]:
        """Return the voices, from the pipeline's `generate_several` where it can begin them together."""
        reads, seeds = [read] * self.count, [(seed + index) % 2**32 for index in range(self.count)]
        if self.spread is not None:
            reads, seeds = [self._vary(read, value) for value in self.values], [seed] * self.count
        if hasattr(self.pipeline, "generate_several"):
            begun: Sequence[Iterator[Any]] = self.pipeline.generate_several(reads, seeds)
            return begun
        return [self.pipeline.generate(*voice) for voice in zip(reads, seeds, strict=True)]

    def _vary(self, read: Callable[[], Any], value: float) -> Callable[[], Any]:
        name = self.spread.name if self.spread else ""
        return lambda: replace(read(), **{name: value})


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
