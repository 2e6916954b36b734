"""Perform one work for one visitor: step by step, steered by their cell, paced for the page."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipelines.params import Range
from pipelines.take import Take, Tape
from studio.turns import Turnstile

UPDATES_PER_SECOND = 10
NAP_SECONDS = 0.05
SEED = Range(0, 2**32 - 1, 1, integer=True)

S = TypeVar("S")


def choose_seed(seed: object, fresh: object) -> int:
    """Return the seed the artist fixed, or a new one where they want a new one each time or gave none."""
    if fresh is True or seed is None:
        return secrets.randbelow(2**32)
    return int(SEED.check("seed", seed))


@dataclass(frozen=True)
class Commission:
    """What to make: in which art, with which model, from which seed; `limit` stops a replay where its work stopped."""

    art: str
    model: str
    seed: int
    limit: int | None = None


@dataclass(frozen=True)
class View(Generic[S]):
    """What the page is shown: the newest step, those since the last view, how far the work is, its recipe so far."""

    step: S
    fresh: tuple[S, ...]
    steps: int
    seconds: float
    params: Any
    moved: tuple[str, ...]
    done: bool
    take: Take


def finish(commission: Commission, step: S, params: Any, seconds: float = 0.0) -> View[S]:
    """Return the view of a work that was painted with the same parameters from its first step to its last."""
    tape: Tape[Any] = Tape(lambda: params)
    tape()
    take = tape.take(art=commission.art, model=commission.model, seed=commission.seed)
    count = getattr(step, "index", 0) + 1
    return View(step, (), count, seconds, params, (), True, take)


def perform(
    pipeline: Any, commission: Commission, read: Callable[[], Any], goes_on: Callable[[], bool],
    turns: Turnstile | None = None, rest: Callable[[], float] = lambda: 1 / UPDATES_PER_SECOND,
) -> Iterator[View[Any]]:  # fmt: skip
    """Yield a view at once, then `rest` seconds apart, and a last one, which is `done`; end where `goes_on` says no.

    `read` is a visitor's cell or a `Replay`. A pipeline that may wait yields None: that is no step, and what is new is
    shown. Each step is taken in its turn where there are `turns`. Where something goes wrong, what was made is shown
    before it is raised.
    """
    tape: Tape[Any] = Tape(read)
    steps = pipeline.generate(tape, commission.seed)
    if turns:
        steps = turns.share(steps)
    started, shown = time.monotonic(), 0.0
    count, newest, stopped = 0, None, False
    trouble: Exception | None = None
    fresh: list[Any] = []

    def view(done: bool) -> View[Any]:
        kept = None if done and not stopped else count
        take = tape.take(art=commission.art, model=commission.model, seed=commission.seed, steps=kept)
        moved = tuple(dict.fromkeys(move.name for move in tape.moves))
        seen = tuple(fresh)
        fresh.clear()
        return View(newest, seen, count, time.monotonic() - started, tape.current, moved, done, take)

    try:
        for step in steps:
            if step is None:
                time.sleep(NAP_SECONDS)
            else:
                newest = step
                count += 1
                fresh.append(newest)
            if count == commission.limit or not goes_on():
                stopped = True
                steps.close()
                break
            if fresh and (step is None or time.monotonic() - shown >= rest()):
                yield view(done=False)
                shown = time.monotonic()
    except Exception as error:  # noqa: BLE001  raised again once the work so far is on the page
        trouble, stopped = error, True
    if newest is not None:
        yield view(done=True)
    if trouble is not None:
        raise trouble
