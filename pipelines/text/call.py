"""A reply heard as it comes, alone or beside others; whoever listens can hang up at any time."""

from collections import deque
from collections.abc import Sequence
from threading import Condition
from typing import Any

from pipelines.errors import PipelineError
from pipelines.text.piece import Piece


class Bell:
    """Rings when any of the calls that `sharers` works make has something to hear, so that none makes others wait."""

    def __init__(self, sharers: int = 1) -> None:
        self.sharers = sharers
        self.rung = Condition()
        self.calls: list[Call] = []


class Call:
    """One reply, read ahead on the server's thread; several may come from one request."""

    def __init__(self, bell: Bell) -> None:
        self.begun = self.ended = self.gone = False
        self._heard: deque[Piece | PipelineError] = deque()
        self._bell = bell
        bell.calls = [*(call for call in bell.calls if not call.gone), self]

    def join(self, future: Any, party: "Sequence[Call]") -> None:
        """Take the reply from a stream, which ends when the last of the party has hung up."""
        self._future, self._party = future, party

    def say(self, found: Piece | PipelineError) -> None:
        """Hand on what the server said, or what went wrong."""
        self.begun = True
        if isinstance(found, Piece):
            self.ended = self.ended or found.end is not None
            if not (found.text or found.end):
                return
        with self._bell.rung:
            self._heard.append(found)
            self._bell.rung.notify_all()

    def hear(self, seconds: float) -> Piece | None:
        """Return the next piece, or None where none comes before the time is up or the bell rings for another.

        Raises what went wrong.
        """
        with self._bell.rung:
            self._bell.rung.wait_for(lambda: any(call._heard for call in self._bell.calls if not call.gone), seconds)
            found = self._heard.popleft() if self._heard else None
        if isinstance(found, PipelineError):
            raise found
        return found

    def hang_up(self) -> None:
        """Leave the stream, wherever it is; safe from any thread and more than once."""
        self.gone = True
        if all(call.gone for call in self._party):
            self._future.cancel()
