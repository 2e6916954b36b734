"""Keep the studio open until it is told to end, and then end it in good order."""

import queue
import signal
import time
from typing import Any

from studio.chronicle import Chronicle, log
from studio.live import Visitors

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is unknown to Windows
GRACE_SECONDS = 5.0  # for a work that was told to stop, until its step is over
LAST_WORDS_SECONDS = 0.5  # until what was made has reached the pages


class Bell:
    """Rings when the process is told to end: by Ctrl-C, by `kill`, by a terminal that closes, unless under `nohup`."""

    def __init__(self) -> None:
        self._rung: queue.SimpleQueue[int] = queue.SimpleQueue()  # the one that a signal's handler may use
        for name in SIGNALS:
            number = getattr(signal, name, None)
            if number and not (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
                signal.signal(number, lambda number, _: self._rung.put(number))

    def rings(self, seconds: float) -> bool:
        """Wait so long for the next ring; tell whether it came."""
        try:
            self._rung.get(timeout=seconds)
        except queue.Empty:
            return False
        return True


def wait_for_end(bell: Bell) -> None:
    """Wait until the bell rings; in short turns, as a long wait can't be interrupted on Windows."""
    while not bell.rings(0.5):
        pass


def end_works(chronicle: Chronicle, visitors: Visitors, bell: Bell, seconds: float) -> bool:
    """Refuse new works, wait for those being made, then stop the rest; tell whether all have ended.

    A work that is stopped stays on its page, with its recipe, as far as it has come. A second ring ends the wait.
    """
    chronicle.close()
    log.info("closing", extra={"pairs": {"works": chronicle.running, "seconds": seconds}})
    deadline = time.monotonic() + seconds
    while chronicle.running and time.monotonic() < deadline and not bell.rings(0.1):
        pass
    visitors.stop()
    ended = chronicle.wait(GRACE_SECONDS)
    time.sleep(LAST_WORDS_SECONDS)
    return ended


def close_page(page: Any) -> None:
    """Close the page and its port; gradio would wait for pages that are open to go away."""
    page.server.config.timeout_graceful_shutdown = 1
    page.close(verbose=False)
