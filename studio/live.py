"""A visitor's current parameters, one cell for each art, and who the visitors are. No gradio in here."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic

from pipelines.errors import UnknownKnob
from pipelines.params import Knob, P, build

MAX_VISITORS = 500
IDLE_SECONDS = 2 * 3_600.0  # after which a shared studio forgets a page that nothing was heard of


class Live(Generic[P]):
    """What one visitor has set in one panel: a whole, checked, immutable snapshot, replaced at every move.

    Runs are counted as they are asked for, though they may wait for their turn. Only the newest may go on, and `stop`
    ends it at its next step, or before its first.
    """

    def __init__(self, kind: type[P], knobs: Callable[[], Mapping[str, Knob]]) -> None:
        self._kind = kind
        self._knobs = knobs
        self._params: P = build(kind, {}, knobs())
        self._newest_run = 0
        self._asked: str | None = None
        self._stopped_run = 0
        self.kept: dict[str, Any] = {}

    def read(self) -> P:
        """Return the snapshot in force now."""
        return self._params

    def move(self, name: str, value: object) -> None:
        """Set one knob; raise a ParameterError and keep the old value where the new one is refused."""
        knobs = self._knobs()
        if name not in knobs:
            raise UnknownKnob(name=name)
        self._params = replace(self._params, **{name: knobs[name].domain.check(name, value)})

    def ask(self, what: str) -> None:
        """Ask for a new run of what a button does; older ones stop, or never begin."""
        self._newest_run += 1
        self._asked = what

    def take_turn(self, what: str) -> int | None:
        """Return the number of the run that was asked for, once; None where something else is wanted by now."""
        if self._asked != what or not self.goes_on(self._newest_run):
            return None
        self._asked = None
        return self._newest_run

    def begin(self, values: Mapping[str, object]) -> None:
        """Set every knob for the run whose turn has come."""
        self._params = build(self._kind, values, self._knobs())

    def stop(self) -> None:
        """End the run in force at its next step, and one that still waits before its first."""
        self._stopped_run = self._newest_run

    def goes_on(self, run: int) -> bool:
        """Tell whether a run may take another step."""
        return run == self._newest_run and run > self._stopped_run


class Visitor:
    """One open page: its language and its cells."""

    def __init__(self) -> None:
        self.language = "en"
        self.seen = time.monotonic()
        self._cells: dict[str, Live[Any]] = {}

    def cell(self, art: str, kind: type[P], knobs: Callable[[], Mapping[str, Knob]]) -> Live[P]:
        """Return the visitor's cell for an art."""
        if art not in self._cells:
            self._cells[art] = Live(kind, knobs)
        return self._cells[art]

    def stop(self) -> None:
        """End whatever runs for this visitor."""
        for cell in self._cells.values():
            cell.stop()


class Visitors:
    """Who is here, by the session's name; the longest unseen leave after `idle_seconds`, or when there are too many."""

    def __init__(self, idle_seconds: float = math.inf) -> None:
        self._known: OrderedDict[str, Visitor] = OrderedDict()
        self._idle_seconds = idle_seconds

    def __len__(self) -> int:
        return len(self._known)

    def clear(self) -> None:
        """Drop every visitor's works, and stop what runs."""
        while self._known:
            self._known.popitem()[1].stop()

    def find(self, session: str | None) -> Visitor:
        """Return the visitor of a session, met now or before."""
        name = session or ""
        visitor = self._known.setdefault(name, Visitor())
        self._known.move_to_end(name)
        visitor.seen = time.monotonic()
        while len(self._known) > MAX_VISITORS or self._is_long_gone(next(iter(self._known.values()))):
            self._known.popitem(last=False)[1].stop()
        return visitor

    def _is_long_gone(self, visitor: Visitor) -> bool:
        return time.monotonic() - visitor.seen > self._idle_seconds

    def stop(self) -> None:
        """End whatever runs, for everybody."""
        for visitor in list(self._known.values()):
            visitor.stop()

    def knows(self, session: str | None) -> bool:
        """Tell whether a session's page is open."""
        return (session or "") in self._known

    def forget(self, session: str | None) -> None:
        """Drop a visitor whose page was closed, and stop their work."""
        visitor = self._known.pop(session or "", None)
        if visitor:
            visitor.stop()
