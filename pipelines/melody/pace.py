"""Hold a piece to a pace, so that the artist has time to steer it."""

import time

LONGEST_WAIT_SECONDS = 1.0


class Pace:
    """Waits between words until the music written so far is due."""

    def __init__(self) -> None:
        self._bars = 0.0
        self._due = time.monotonic()

    def keep(self, bars: float, bars_a_second: float) -> None:
        """Wait until `bars` (with fractions) are due; a pace of 0 never waits."""
        now = time.monotonic()
        if bars_a_second == 0:
            self._due = now
        else:
            self._due = max(self._due + (bars - self._bars) / bars_a_second, now - LONGEST_WAIT_SECONDS)
            time.sleep(min(LONGEST_WAIT_SECONDS, max(0.0, self._due - now)))
        self._bars = bars
