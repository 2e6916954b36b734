"""Live play: the composer keeps ahead of what is heard, bar by bar, until the artist has heard enough."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from pipelines.melody.audio import render_bar, write_flac
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyStep
from pipelines.melody.score import BAR_TICKS
from studio.keepsakes import keep
from studio.panel import Panel
from studio.performance import View
from studio.roll import frame_concert

AHEAD_SECONDS = 1.5  # a bar is composed so long before it sounds: what is moved until then acts on it
RECENT = 4  # bars whose sound is sent once more with the next, should the page have missed it


class Concert:
    """A composer held to the clock. The page hears the first bar as soon as it is there, and the others after it."""

    faithful = True  # the take makes the same piece

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def generate(self, read: Callable[[], MelodyParams], seed: int) -> Iterator[MelodyStep | None]:
        """Compose as the pipeline does; yield None while the next bar may wait."""
        bars, begun = 0, 0.0
        for step in self._pipeline.generate(read, seed):
            yield step
            if step.bars_done > bars:
                bars, begun = step.bars_done, begun or time.monotonic()
                due = begun + step.score.seconds_at(bars * BAR_TICKS[step.score.metre]) - AHEAD_SECONDS
                while time.monotonic() < due:
                    yield None


def open_concert(panel: Panel, request: gr.Request) -> dict[str, Any]:
    """Return the knob values of a piece without end, nothing of which has been heard."""
    panel.cell(request).kept["concert"] = {}
    return {"endless": 1}


def show_concert(panel: Panel, view: View[MelodyStep], request: gr.Request) -> Any:
    """Return the roll with the bars that have been composed since it was last shown."""
    sounds: dict[int, str] = panel.cell(request).kept["concert"]
    step, heard = view.step, max(sounds, default=-1) + 1
    if step.bars_done <= heard:
        return gr.skip()
    for bar in range(heard, step.bars_done):
        sounds[bar] = keep(f"{bar}.flac", write_flac(render_bar(step.score, bar, panel.desk.soundfont)))
    for bar in sorted(sounds)[:-RECENT]:
        del sounds[bar]
    return frame_concert(step.score, step.bars_done, sounds)
