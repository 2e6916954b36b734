"""The take: what is needed to remake a work, move by move. As JSON here; inside PNG and MIDI by their writers."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Protocol, TypeVar

from pipelines.errors import NotOffered, ParameterError, UnreadableTake
from pipelines.params import Knob, P, Params, Read, build

VERSION = 1
MAX_CHARACTERS = 8_000_000  # a picture to start from, and its mask, may be among the parameters


@dataclass(frozen=True)
class Move:
    """A live knob's new value, in force from call `step` of `read` on (0 is the start)."""

    step: int
    name: str
    value: Any


@dataclass(frozen=True, kw_only=True)
class Take:
    """A work's recipe. `steps` is how many steps were kept, or None where the work ran to its own end."""

    art: str
    model: str
    seed: int
    params: Mapping[str, Any]
    moves: tuple[Move, ...] = ()
    steps: int | None = None

    def to_json(self) -> str:
        """Return one line of JSON."""
        body = {"triptych": VERSION} | {f.name: getattr(self, f.name) for f in fields(self)}
        body["params"] = dict(self.params)
        body["moves"] = [[m.step, m.name, m.value] for m in self.moves]
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> "Take":
        """Read what `to_json` wrote; raise UnreadableTake for anything else."""
        if len(line) > MAX_CHARACTERS:
            raise UnreadableTake
        try:
            body = json.loads(line)
            if body.pop("triptych") != VERSION:
                raise UnreadableTake
            body["moves"] = tuple(Move(_whole(step), str(name), value) for step, name, value in body["moves"])
            take = cls(**body)
            _whole(take.seed)
            if take.steps is not None:
                _whole(take.steps)
            if not (isinstance(take.params, dict) and isinstance(take.art, str) and isinstance(take.model, str)):
                raise UnreadableTake
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise UnreadableTake from None
        return take


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


class Tape(Generic[P]):
    """A `read` that records: it passes on each snapshot and notes what changed, by call.

    Knobs that are not live are held at their first value, so a run sees what its take will say.
    """

    def __init__(self, read: Read[P]) -> None:
        self._read = read
        self._reads = 0
        self._seen: P | None = None
        self.start: P | None = None
        self.current: P | None = None
        self.moves: list[Move] = []

    def __call__(self) -> P:
        """Return the parameters for the next step."""
        now = raw = self._read()
        if self.start is None or self.current is None:
            self.start = self.current = now
        elif now is not self._seen:  # the same snapshot again, nearly every step: nothing to compare
            previous, now = self.current, self.start.follow(now)
            if now is not previous and now != previous:
                changed = (name for name in now.knobs() if getattr(now, name) != getattr(previous, name))
                self.moves += [Move(self._reads, name, getattr(now, name)) for name in changed]
                self.current = now
        self._seen = raw
        self._reads += 1
        return self.current

    def take(self, *, art: str, model: str, seed: int, steps: int | None = None) -> Take:
        """Return the recipe of what was read so far; `steps` where the work was stopped."""
        assert self.start is not None, "nothing was read yet"
        params = {name: getattr(self.start, name) for name in self.start.knobs()}
        return Take(art=art, model=model, seed=seed, params=params, moves=tuple(self.moves), steps=steps)


class Replay(Generic[P]):
    """A `read` that plays a take back.

    Raises UnreadableTake where the take doesn't fit the declaration, NotOffered where it needs a file that isn't here.
    """

    def __init__(self, take: Take, kind: type[P], knobs: Mapping[str, Knob] | None = None) -> None:
        known = dict(knobs or kind.knobs())
        try:
            self.params: P = build(kind, take.params, known)
            self._moves = [
                Move(m.step, m.name, known[m.name].domain.check(m.name, m.value))
                for m in sorted(take.moves, key=lambda m: m.step)
            ]
        except NotOffered:
            raise
        except (ParameterError, KeyError):
            raise UnreadableTake from None
        self._reads = 0

    def __call__(self) -> P:
        """Return the parameters that were in force at this call."""
        while self._moves and self._moves[0].step <= self._reads:
            move = self._moves.pop(0)
            self.params = replace(self.params, **{move.name: move.value})
        self._reads += 1
        return self.params


Step = TypeVar("Step", covariant=True)


class Pipeline(Protocol[P, Step]):
    """What the three arts have in common."""

    params_type: type[P]

    def generate(self, read: Callable[[], P], seed: int) -> Iterator[Step]:
        """Make one work: `read` once a step, one step object yielded for each; stop by closing."""
        ...


def play(pipeline: Pipeline[P, Step], take: Take, knobs: Mapping[str, Knob] | None = None) -> Iterator[Step]:
    """Remake a work from its take, move by move, up to where the artist stopped it."""
    replay = Replay(take, pipeline.params_type, knobs)
    for count, step in enumerate(pipeline.generate(replay, take.seed), start=1):
        yield step
        if count == take.steps:
            return


__all__ = ["Move", "Params", "Pipeline", "Replay", "Take", "Tape", "play"]
