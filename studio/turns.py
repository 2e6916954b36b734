"""Works take turns: one step of each after the other, however many there are and however long each of them is."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

NEWS = 0.25  # how much the newest work says of how long the next will take

S = TypeVar("S")


class Turnstile:
    """Lets one step through at a time, in the order in which they came.

    A model's step uses all cores, so two at once gain nothing; and nobody waits for more than one step of each other.
    `work_seconds` is what a work has lately taken of that time, from its first step to its last.
    """

    def __init__(self) -> None:
        self.work_seconds: float | None = None
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hold it."""
        mine = threading.Event()
        with self._lock:
            self._queue.append(mine)
            self._queue[0].set()
        mine.wait()
        try:
            yield
        finally:
            with self._lock:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].set()

    def share(self, steps: Iterator[S]) -> Iterator[S]:
        """Yield the steps of a work, each taken in a turn of its own."""
        ended, held = object(), 0.0
        while True:
            with self.turn():
                begun = time.monotonic()
                step = next(steps, ended)
                held += time.monotonic() - begun
            if step is ended:
                known = self.work_seconds
                self.work_seconds = held if known is None else known + NEWS * (held - known)
                return
            yield step  # type: ignore[misc]
