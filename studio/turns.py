"""Works take turns: one step of each after the other, however many there are and however long each of them is."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

S = TypeVar("S")


class Turnstile:
    """Lets one step through at a time, in the order in which they came.

    A model's step uses all cores, so two at once gain nothing; and nobody waits for more than one step of each other.
    """

    def __init__(self) -> None:
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
        ended = object()
        while True:
            with self.turn():
                step = next(steps, ended)
            if step is ended:
                return
            yield step  # type: ignore[misc]
