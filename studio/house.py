"""The house and its rules: what guests can ask for, who may begin a work now, and who is the owner. No gradio here."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pipelines.errors import PipelineError
from pipelines.params import Knob
from studio.caps import CAPS, bind
from studio.manners import Manners
from studio.performance import UPDATES_PER_SECOND
from studio.turns import Turnstile

MINUTE = 60.0
LONGEST_WORK = 3_600.0  # seconds that a work is waited for where nothing bounds it
MOST_UPDATES = 120.0  # a second, for all visitors together
MOST_KNOWN = 10_000  # visitors whose pace is remembered


class Paused(PipelineError):
    """The owner has paused the studio."""

    sentence = "The studio is paused just now. What you have made is safe; try again in a while."


class TooMany(PipelineError):
    """As many works wait and run in this art as the house holds."""

    sentence = "Many people are at work here just now. Please try again in a minute; nothing of yours is lost."


class TooFast(PipelineError):
    """A visitor begins works faster than anybody could look at them."""

    sentence = (
        "You have begun {count} works within a minute. Look at one of them; in {seconds} s you can begin another."
    )


@dataclass
class House:
    """What holds for all visitors; an owner may change it while the studio is open.

    `caps` holds a bound for each name of CAPS that is bounded at all; `at_work` the sessions that wait or run, by art,
    and since when.
    """

    guarded: bool = False  # strangers may come: the owner's own rooms need a sign-in
    caps: Mapping[str, int] = field(default_factory=dict)
    manners: Manners = field(default_factory=Manners)
    paused: bool = False
    turns: dict[str, Turnstile] = field(default_factory=lambda: defaultdict(Turnstile))
    at_work: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    _bound: dict[str, tuple[Mapping[str, Knob], Mapping[str, int], Mapping[str, Knob]]] = field(default_factory=dict)
    _begun: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    UNBOUNDED: ClassVar[float] = float("inf")

    @classmethod
    def shared(cls, **caps: int) -> "House":
        """Return a house where strangers may come; caps that aren't named are those for guests."""
        return cls(guarded=True, caps={name: cap.guests for name, cap in CAPS.items()} | caps)

    def bind(self, art: str, knobs: Mapping[str, Knob]) -> Mapping[str, Knob]:
        """Return an art's knobs as they are in this house."""
        if not self.caps:
            return knobs
        known = self._bound.get(art)
        if known is None or known[0] is not knobs or known[1] is not self.caps:
            known = self._bound[art] = (knobs, self.caps, bind(art, knobs, self.caps))
        return known[2]

    def limit(self, name: str) -> float:
        """Return a cap, or infinity where there is none."""
        return self.caps.get(name, self.UNBOUNDED)

    def admit(self, art: str, session: str, visitor: str, now: float | None = None) -> int:
        """Let a visitor begin a work in an art; return how many are before it.

        Raises Paused, TooFast or TooMany.
        """
        now = time.monotonic() if now is None else now
        if self.paused:
            raise Paused
        with self._lock:
            patience = min(self.limit("seconds"), LONGEST_WORK) + MINUTE  # whoever never came back makes room
            others = {
                one: since for one, since in self.at_work[art].items() if one != session and now - since < patience
            }
            if len(others) >= self.limit("waiting"):
                raise TooMany
            self._keep_pace(visitor, now)
            self.at_work[art] = {**others, session: now}
        return len(others)

    def expect(self, art: str, before: int) -> int | None:
        """Return in how many seconds a work will be done that shares its turns with those `before` it, if known."""
        known = self.turns[art].work_seconds
        return None if known is None else max(1, round(known * (before + 1)))

    def rest(self) -> float:
        """Return the seconds between two updates of a page: ten a second, fewer where many works would share the line.

        Gradio carries some 860 updates a second, and each takes time from the works.
        """
        return max(1 / UPDATES_PER_SECOND, sum(map(len, self.at_work.values())) / MOST_UPDATES)

    def leave(self, art: str, session: str) -> None:
        """Say that a session's work in an art has ended, or never began."""
        with self._lock:
            self.at_work[art].pop(session, None)

    def forget(self, session: str) -> None:
        """Say that a session's page is closed."""
        with self._lock:
            for sessions in self.at_work.values():
                sessions.pop(session, None)

    def _keep_pace(self, visitor: str, now: float) -> None:
        begun = self._begun.pop(visitor, deque())
        while begun and begun[0] <= now - MINUTE:
            begun.popleft()
        self._begun[visitor] = begun  # the newest last
        if len(begun) >= self.limit("works"):
            raise TooFast(count=len(begun), seconds=max(1, round(begun[0] + MINUTE - now)))
        begun.append(now)
        while len(self._begun) > MOST_KNOWN:
            del self._begun[next(iter(self._begun))]
