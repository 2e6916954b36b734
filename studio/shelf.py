"""The models the studio has: loaded in the background, one way in, with a state the page can show.

Where memory is short, the model that was not used for the longest time is laid down, and wakes when it is asked for.
"""

import gc
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from pipelines import memory
from pipelines.errors import BrokenModel, PipelineError
from pipelines.params import Knob

ARTS = ("literature", "painting", "music")

log = logging.getLogger("triptych")


@dataclass(frozen=True)
class Source:
    """One way to get a model: the name to show and the function that loads it."""

    name: str
    load: Callable[[], Any]


@dataclass(frozen=True)
class State:
    """Where an art's model stands; `trouble` says why a model that was asked for is not the one in use."""

    stage: Literal["waiting", "loading", "ready", "asleep", "failed"]
    name: str = ""
    trouble: PipelineError | None = None


class Shelf:
    """For each art, its sources in the order of preference; the first that loads is used."""

    def __init__(self, sources: Mapping[str, list[Source]], is_short: Callable[[], bool] = memory.is_short) -> None:
        self._sources = sources
        self._is_short = is_short
        self._used: dict[str, Source] = {}
        self._lent: Counter[str] = Counter()
        self._last: dict[str, float] = {}
        self._knobs: dict[str, Mapping[str, Knob]] = {}  # of those that sleep
        self._bed = threading.Lock()  # held while models are laid down, and while is written who uses which
        self._waking = {art: threading.Lock() for art in sources}  # held while another model, or a sleeping one, loads
        self._ready = {art: threading.Event() for art in sources}
        self._pipelines: dict[str, Any] = {}
        self.states: dict[str, State] = {art: State("waiting", first[0].name) for art, first in sources.items()}

    def start(self) -> threading.Thread:
        """Load every model in the background, one after the other; then let them warm up."""
        thread = threading.Thread(target=self._load_all, name="shelf", daemon=True)
        thread.start()
        return thread

    def get(self, art: str) -> Any:
        """Return the pipeline of an art, waiting for it where it still loads; raise the error that kept it away."""
        self._ready[art].wait()
        while (pipeline := self._pipelines.get(art)) is None:
            with self._waking[art]:
                if self.states[art].stage == "asleep":
                    self._load(art, [self._used[art]])
                if self.states[art].stage == "failed":
                    trouble = self.states[art].trouble
                    assert trouble is not None
                    raise trouble
        self._last[art] = time.monotonic()
        return pipeline

    @contextmanager
    def lend(self, art: str) -> Iterator[Any]:
        """Give the pipeline of an art to a work, as `get` does; it stays awake meanwhile, others may not."""
        with self._bed:
            self._lent[art] += 1
        try:
            self._make_room()
            yield self.get(art)
        finally:
            with self._bed:
                self._lent[art] -= 1
                at_rest = not self._lent.total()
            if at_rest:
                memory.trim()

    def _make_room(self) -> None:
        with self._bed:
            idle = [art for art in ARTS if self._is_idle(art)]
            for art in sorted(idle, key=lambda art: self._last.get(art, 0.0)):
                if not self._is_short():
                    return
                self._lay_down(art)

    def _is_idle(self, art: str) -> bool:
        """Tell whether a model is here, and not on a server, and lent to nobody."""
        return art in self._pipelines and not self._lent[art] and getattr(self._pipelines[art], "exact", True)

    def _lay_down(self, art: str) -> None:
        self._knobs[art] = self.knobs(art) or {}
        del self._pipelines[art]
        self.states[art] = replace(self.states[art], stage="asleep")
        gc.unfreeze()
        memory.release()
        gc.freeze()
        log.info("laid down", extra={"pairs": {"art": art, "model": self.states[art].name}})

    def peek(self, art: str) -> Any:
        """Return the pipeline of an art, or None while there is none or it sleeps."""
        return self._pipelines.get(art)

    def knobs(self, art: str) -> Mapping[str, Knob] | None:
        """Return the knobs as the model of an art has them, asleep or not; None where it has none of its own."""
        known: Mapping[str, Knob] | None = getattr(self.peek(art), "knobs", self._knobs.get(art))
        return known

    def swap(self, art: str, source: Source) -> threading.Thread:
        """Load another model for an art in the background; the one in use stays where that fails.

        Works that run go on with the model they began with.
        """

        def work() -> None:
            self._make_room()
            with self._waking[art]:
                before = self.states[art]
                self._load(art, [source])
                if self.states[art].stage == "failed" and before.stage in ("ready", "asleep"):
                    self.states[art] = replace(before, trouble=self.states[art].trouble)

        thread = threading.Thread(target=work, name="shelf", daemon=True)
        thread.start()
        return thread

    def is_settled(self) -> bool:
        """Tell whether every model is ready or has failed."""
        return all(event.is_set() for event in self._ready.values())

    def _load_all(self) -> None:
        for art in self._sources:
            self._load(art, self._sources[art])
            self._ready[art].set()
        for pipeline in self._pipelines.values():
            if warm := getattr(pipeline, "warm", None):
                warm()
        gc.freeze()  # a look through all that is loaded, to no purpose, would hold a work up for a quarter of a second

    def _load(self, art: str, sources: Sequence[Source]) -> None:
        trouble: PipelineError | None = None
        for source in sources:
            self.states[art] = State("loading", source.name, trouble)
            try:
                pipeline = source.load()
            except PipelineError as error:
                trouble = trouble or error
            except Exception as error:  # noqa: BLE001  a model's files can break in any way
                log.error("the model %s could not be loaded", source.name, exc_info=error)
                trouble = trouble or BrokenModel(source=source.name)
            else:
                self._pipelines[art], self._used[art] = pipeline, source
                self.states[art] = State("ready", source.name, trouble)
                return
            log.warning("%s", trouble)
        self.states[art] = State("failed", sources[0].name, trouble)
