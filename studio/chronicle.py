"""What becomes of every work, for the studio's owner: counted, and a line of the log each; whose, but not what."""

import hashlib
import json
import logging
import secrets
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any, Literal, TextIO

from prometheus_client import CollectorRegistry, Counter, Gauge

from pipelines.errors import OutOfMemory, PipelineError, StudioClosing
from pipelines.memory import ran_out

Outcome = Literal["finished", "stopped", "failed"]

log = logging.getLogger("triptych")


class Lines(logging.Formatter):
    """Writes a record as `key=value` pairs (logfmt): a person reads them in a terminal, a program takes them apart.

    A visitor's words can stand in an error's message. So an error from a visitor's event (`extra={"of_visitor": True}`)
    is written with its kind and where it happened only.
    """

    def __init__(self, *, words: bool = False) -> None:
        super().__init__()
        self._words = words

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and a trace below it where there is one."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        pairs = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        pairs |= getattr(record, "pairs", {})
        line = " ".join(f"{key}={_write(value)}" for key, value in pairs.items())
        kind, error, trace = record.exc_info or (None, None, None)
        if kind is None:
            return line
        shown = error if self._words or not getattr(record, "of_visitor", False) else None
        told = traceback.format_exception_only(kind, error) if shown else [f"{kind.__name__}\n"]
        return "\n".join([line, "".join([*traceback.format_tb(trace), *told]).rstrip()])


def _write(value: object) -> str:
    text = f"{value:.2f}" if isinstance(value, float) else str(value)
    plain = text.isprintable() and text and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=False)


def open_log(stream: TextIO | None = None, *, words: bool = False) -> logging.Handler:
    """Let the studio's events be written to a stream (standard error); `words` lets visitors' words in."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(words=words))
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
    return handler


def _kind(error: Exception) -> str:
    """Return what an error is counted as: few kinds, whatever a library may raise."""
    if ran_out(error):
        return OutOfMemory.__name__
    return type(error).__name__ if isinstance(error, PipelineError) else "unforeseen"


@dataclass(eq=False)
class Entry:
    """A work that is being made."""

    art: str
    visitor: str
    begun: float = field(default_factory=time.monotonic)


class Chronicle:
    """Counts the works, writes them down, and knows which are being made; no new one begins while it is closing."""

    def __init__(self, *, words: bool = False) -> None:
        self.registry = CollectorRegistry()
        self.closing = False
        self._words = words
        self._salt = secrets.token_bytes(16)
        self._running: set[Entry] = set()
        self._changed = threading.Condition()
        self._begun = self._count("works_begun", "Works that were begun.", "art")
        self._ended = self._count("works_ended", "Works that ended, by how.", "art", "outcome")
        self._steps = self._count("steps", "Steps made: tokens, denoising steps, notes.", "art")
        self._seconds = self._count("work_seconds", "Seconds spent on works.", "art")
        self._errors = self._count("errors", "Errors that ended a work, by their kind.", "art", "kind")
        self._frames = self._count("live_pictures", "Whole pictures on live canvases.", "art")
        name = "triptych_steps_per_second"
        self._pace = Gauge(name, "Steps per second of the last work that ended.", ["art"], registry=self.registry)

    def _count(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"triptych_{name}", what, labels, registry=self.registry)

    def name(self, session: str | None) -> str:
        """Return a short name for a visitor: the same all day, and no way back to the session it stands for."""
        return hashlib.blake2s((session or "").encode(), key=self._salt, digest_size=4).hexdigest()

    def check_open(self) -> None:
        """Raise StudioClosing where no new work may begin."""
        if self.closing:
            raise StudioClosing

    def begin(self, art: str, session: str | None) -> Entry:
        """Write down that a work begins; raise StudioClosing where none may."""
        entry = Entry(art, self.name(session))
        with self._changed:
            self.check_open()
            self._running.add(entry)
        self._begun.labels(art).inc()
        log.info("begun", extra={"pairs": {"visitor": entry.visitor, "art": art}})
        return entry

    def end(
        self, entry: Entry, outcome: Outcome, steps: int, error: Exception | None = None, prompt: object = ""
    ) -> None:
        """Write down how a work ended."""
        seconds = time.monotonic() - entry.begun
        self._ended.labels(entry.art, outcome).inc()
        self._steps.labels(entry.art).inc(steps)
        self._seconds.labels(entry.art).inc(seconds)
        if steps:
            self._pace.labels(entry.art).set(steps / max(seconds, 1e-3))
        pairs: dict[str, Any] = {"visitor": entry.visitor, "art": entry.art, "steps": steps, "seconds": seconds}
        pairs["outcome"] = outcome
        if error is not None:
            self._errors.labels(entry.art, _kind(error)).inc()
            pairs["error"] = type(error).__name__
        if self._words and prompt:
            pairs["prompt"] = prompt
        log.info("ended", extra={"pairs": pairs})
        with self._changed:
            self._running.discard(entry)
            self._changed.notify_all()

    def count_frame(self, art: str) -> None:
        """Count a whole picture of a live canvas: it is no work, but takes turns with them."""
        self._frames.labels(art).inc()

    @property
    def running(self) -> int:
        """How many works are being made."""
        return len(self._running)

    def close(self) -> None:
        """Let no new work begin."""
        with self._changed:
            self.closing = True

    def wait(self, seconds: float) -> bool:
        """Wait until no work is being made, for so long at most; tell whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, seconds)
