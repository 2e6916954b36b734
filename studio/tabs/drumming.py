"""Drums are laid under a finished piece, or taken out again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from pipelines.errors import NothingToAdd
from pipelines.melody.edits import apply_edits
from pipelines.melody.params import MelodyParams
from pipelines.melody.score import BAR_TICKS, DRUMS, STYLES, Tone
from studio.panel import Panel, Show
from studio.performance import choose_seed
from studio.tabs.editing import change, find_editable

BARS = (4, 64)  # that the composer writes at once
HEARD = ("time_signature", "tempo")  # what the drummer knows of the piece


def wire_drumming(panel: Panel, buttons: Sequence[Any], present: Show, outputs: Sequence[Any]) -> None:
    """Let the first button compose drums to the finished piece, others at each click, and the second take them out.

    They are edits like those made by hand, so takes and files hold them.
    """

    def lay(request: gr.Request, *, drums: bool) -> list[Any]:
        view = find_editable(panel, request)
        if DRUMS in STYLES[view.step.params.style].voices:
            raise NothingToAdd
        whole = apply_edits(view.step.sketch, view.step.params.edits)
        tones = [tone for tone in whole.tones if tone.voice != DRUMS]
        if drums:
            tones += compose_drums(panel, request, view.step.params, view.step.finish().bars)
        return panel.present(change(view, tones), present, request)

    def add(request: gr.Request) -> list[Any]:
        return lay(request, drums=True)

    def drop(request: gr.Request) -> list[Any]:
        return lay(request, drums=False)

    for button, act in zip(buttons, (add, drop), strict=True):
        button.click(
            panel.shown(act), None, [*outputs, panel.status, panel.seed, panel.recipe], show_progress="minimal",
            show_progress_on=[panel.status], concurrency_id=panel.art, concurrency_limit=panel.desk.works_at_once,
            api_visibility="private",
        )  # fmt: skip


def compose_drums(panel: Panel, request: gr.Request, piece: MelodyParams, bars: int) -> Iterator[Tone]:
    """Yield strokes for so many bars of a piece, steered by the sliders as they stand."""
    pipeline, turns = panel.desk.shelf.get(panel.art), panel.desk.house.turns[panel.art]
    told = {name: getattr(piece, name) for name in HEARD}
    for first in range(0, bars, BARS[1]):
        wanted = min(BARS[1], bars - first)
        asked = replace(panel.cell(request).read(), **told, style="drums", bars=max(BARS[0], wanted), pace=0.0)
        asked = replace(asked, opening="", draft="", edits="", chords="", endless=0)
        *_, last = turns.share(pipeline.generate(lambda asked=asked: asked, choose_seed(None, fresh=True)))
        length = BAR_TICKS[asked.time_signature]
        for tone in last.sketch.tones:
            if tone.start_ticks < wanted * length:
                yield replace(tone, start_ticks=tone.start_ticks + first * length)
