"""What an Anticipatory Music Transformer has read and written, within its context and its hundred seconds."""

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from pipelines.decoding import Decoder
from pipelines.melody.published import events as words
from pipelines.melody.published.events import Event

ROOM = 6  # tokens kept free for the next note and a given one


class Page:
    """What the model has read and written: `read` it, `step` through a note, and write that down."""

    def __init__(self, model: Any, context: int, mode: int) -> None:
        self._decoder = Decoder(model, context)
        self._most = (context - 1 - ROOM) // 3
        self._mode = mode
        self._lines: list[tuple[Event | int, bool]] = []  # an event or a rest's time, and whether it is told ahead
        self._unread: list[int] | None = None  # None: the whole page must be read
        self.since = 0

    def add(self, line: Event | int, ahead: bool = False) -> None:
        """Write a note, or the time of a rest, down."""
        self._lines.append((line, ahead))
        self._unread = None if self._unread is None else self._unread + self._encode(line, ahead)

    def read(self, now: int) -> Tensor:
        """Return the logits of the next note's time; times are counted from `since`, the first on the page."""
        kept = self._lines
        if len(kept) > self._most:
            kept = kept[-(self._most // 2) :]
        if now - min(_times(kept), default=now) >= words.TIMES - 1:
            kept = [line for line in kept if tell_time(line[0]) > now - words.TIMES // 2]
        since = min(_times(kept), default=now if now >= words.TIMES - 1 else 0)
        if self._unread is None or since != self.since or len(kept) < len(self._lines):
            self._lines, self.since, self._unread = kept, since, []
            tokens = [token for line, ahead in kept for token in self._encode(line, ahead)]
            return self._decoder.prefill([self._mode, *tokens])
        assert self._unread, "a note was written since the page was read"
        for token in self._unread:
            logits = self._decoder.step(token)
        self._unread = []
        return logits

    def step(self, token: int) -> Tensor:
        """Read one token of the note that is being chosen; return the logits of the next."""
        return self._decoder.step(token)

    def accept(self, line: Event | int, last: int) -> None:
        """Write a note down whose tokens, all but the last, have been read."""
        self._lines.append((line, False))
        self._unread = [last]

    def _encode(self, line: Event | int, ahead: bool) -> list[int]:
        return words.rest(line, self.since) if isinstance(line, int) else words.encode(line, self.since, ahead)


def tell_time(line: Event | int) -> int:
    """Return when a note, or a rest, begins."""
    return line if isinstance(line, int) else line.time


def _times(lines: list[tuple[Event | int, bool]]) -> Iterator[int]:
    return (tell_time(line) for line, _ in lines)
