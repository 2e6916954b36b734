"""The models the studio has: loaded in the background, one way in, with a state the page can show."""

import gc
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.errors import BrokenModel, PipelineError

log = logging.getLogger("triptych")


@dataclass(frozen=True)
class Source:
    """One way to get a model: the name to show and the function that loads it."""

    name: str
    load: Callable[[], Any]


@dataclass(frozen=True)
class State:
    """Where an art's model stands; `trouble` says why a model that was asked for is not the one in use."""

    stage: Literal["waiting", "loading", "ready", "failed"]
    name: str = ""
    trouble: PipelineError | None = None


class Shelf:
    """For each art, its sources in the order of preference; the first that loads is used."""

    def __init__(self, sources: Mapping[str, list[Source]]) -> None:
        self._sources = sources
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
        if art in self._pipelines:
            return self._pipelines[art]
        trouble = self.states[art].trouble
        assert trouble is not None
        raise trouble

    def peek(self, art: str) -> Any:
        """Return the pipeline of an art, or None while there is none."""
        return self._pipelines.get(art)

    def swap(self, art: str, source: Source) -> threading.Thread:
        """Load another model for an art in the background; the one in use stays where that fails.

        Works that run go on with the model they began with.
        """

        def work() -> None:
            before = self.states[art]
            self._load(art, [source])
            if self.states[art].stage == "failed" and art in self._pipelines:
                self.states[art] = State("ready", before.name, self.states[art].trouble)

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
                self._pipelines[art] = source.load()
            except PipelineError as error:
                trouble = trouble or error
            except Exception as error:  # noqa: BLE001  a model's files can break in any way
                log.error("the model %s could not be loaded", source.name, exc_info=error)
                trouble = trouble or BrokenModel(source=source.name)
            else:
                self.states[art] = State("ready", source.name, trouble)
                return
            log.warning("%s", trouble)
        self.states[art] = State("failed", sources[0].name, trouble)
