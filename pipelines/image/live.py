"""A canvas that follows its artist: the newest of what they set is painted at once, in few steps, again and again."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from pipelines.image.params import ImageParams
from pipelines.image.step import ImageStep

GLIMPSE_AFTER = 0.4  # seconds: a picture that takes longer is slow, and shown as it clears
PATIENCE = 2.0  # how many pictures' time may pass before a slow one that is out of date is finished all the same
GUESS = 0.5  # seconds a picture takes, before one was painted


@dataclass(frozen=True)
class Frame:
    """What the canvas shows next: a step, and what it was painted with; the last step of a run is a whole picture."""

    step: ImageStep
    params: ImageParams
    seed: int
    seconds: float

    @property
    def picture(self) -> Image.Image:
        """Return the picture, or a small glimpse of one that still clears."""
        return (self.step.pictures or self.step.previews)[0]


Wanted = tuple[ImageParams, int]


class LiveCanvas:
    """One artist's canvas. Each picture is painted with what was set as it began, so its take remakes it.

    Something newer ends a slow picture between two steps; but while an artist drags on, one is finished now and then,
    or they would see none. A quick one is finished anyway: so a drag is seen as motion.
    """

    def __init__(self, pipeline: Any, now: Callable[[], float] = time.monotonic) -> None:
        self._pipeline, self._now = pipeline, now
        self._wanted: Wanted | None = None
        self._steps: Iterator[ImageStep] | None = None
        self._begun = self._finished = now()
        self._pace = GUESS
        self._busy = threading.Lock()

    def follow(self, read: Callable[[], Wanted]) -> Frame | None:
        """Paint until there is something to show; return None where what was last shown is still what is wanted.

        `read` returns what is set now and the seed. A second call beside one that paints returns None.
        """
        if not self._busy.acquire(blocking=False):
            return None
        try:
            return self._paint(read)
        finally:
            self._busy.release()

    def _paint(self, read: Callable[[], Wanted]) -> Frame | None:
        while True:
            wanted = _settle(*read())
            if wanted[0].prompt.strip() and wanted != self._wanted and (not self._steps or self._may_end()):
                self._begin(wanted)
            if self._steps is None or self._wanted is None:
                return None
            step = self._take_step(self._steps)
            passed = self._now() - self._begun
            if step.done:
                self._steps, self._pace, self._finished = None, passed, self._now()
            if step.done or (step.previews and passed > GLIMPSE_AFTER):
                return Frame(step, *self._wanted, passed)

    def _begin(self, wanted: Wanted) -> None:
        params, seed = self._wanted = wanted
        self._begun = self._now()
        if not self._steps:  # it rested until now
            self._finished = self._begun
        self._steps = iter(self._pipeline.generate(lambda: params, seed))

    def _take_step(self, steps: Iterator[ImageStep]) -> ImageStep:
        try:
            return next(steps)
        except Exception:
            self._steps = None  # what failed is not tried again until something else is wanted
            raise

    def _may_end(self) -> bool:
        return self._pace > GLIMPSE_AFTER and self._now() - self._finished < PATIENCE * self._pace


def _settle(params: ImageParams, seed: int) -> Wanted:
    """Return what a live picture is painted with: one picture, in the steps for it."""
    return replace(params, num_inference_steps=params.live_steps, num_images=1), seed
