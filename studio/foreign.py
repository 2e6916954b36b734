"""Settings of a work made by another studio, put into a panel's controls; nothing is made until the artist asks."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.image.foreign import Fit
from studio.panel import Panel

COMMAS = {"en": ", ", "zh": "、"}
NAMES_SHOWN = 8
SECONDS_SHOWN = 25


def filler(panel: Panel, read: Callable[[Path], Fit], outputs: int) -> Callable[[str, gr.Request], list[Any]]:
    """Return what fills the panel from a file: one update for each of a replay's `outputs` and of what stands by."""

    def fill(path: str, request: gr.Request) -> list[Any]:
        fitted = read(Path(path))
        for name, value in fitted.values.items():
            panel.cell(request).move(name, value)
        gr.Info(tell(panel, fitted, panel.language(request)), duration=SECONDS_SHOWN)
        followed = [
            gr.update(value=fitted.values[name]) if name in fitted.values else gr.skip() for name in panel.controls
        ]
        fresh, seed = gr.skip(), gr.skip()
        if fitted.seed is not None:
            fresh, seed = gr.update(value=False), gr.update(value=fitted.seed)
        return [*followed, fresh, *[gr.skip()] * outputs, gr.skip(), seed, gr.skip()]

    return fill


def tell(panel: Panel, fitted: Fit, language: str) -> str:
    """Return what the artist should know: it may come out differently, what had to move, what was left."""

    def list_names(names: Sequence[str]) -> str:
        more = ["…"] if len(names) > NAMES_SHOWN else []
        return COMMAS[language].join([*names[:NAMES_SHOWN], *more])

    said = [panel.words.say("foreign.filled", language)]
    if fitted.moved:
        moved = [panel.words.say(f"{panel.art}.{name}", language) for name in fitted.moved]
        said.append(panel.words.say("foreign.moved", language, names=list_names(moved)))
    if fitted.left:
        said.append(panel.words.say("foreign.left", language, names=list_names(fitted.left)))
    return " ".join(said)
