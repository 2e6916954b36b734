"""The finished piece as a score: engraved while the artist has it open, to read, to save, to print."""

import json
from collections.abc import Callable
from typing import Any

import gradio as gr

from pipelines.melody.musicxml import write_musicxml
from pipelines.melody.pipeline import MelodyStep
from pipelines.melody.score import STYLES, TICKS_PER_QUARTER
from studio.engraving import engrave
from studio.keepsakes import keep
from studio.panel import QUICK, Panel
from studio.performance import View
from studio.roll import tell_of
from studio.theme import ASSETS

WIDTHS = (340, 1400)


def draw_notation(panel: Panel) -> tuple[Any, Any, Any]:
    """Draw the fold where the tab stands now; return it, the page in it, and its download."""
    words = panel.words
    with words.make(gr.Accordion, {"label": "music.score"}, open=False, elem_id="music-score") as fold:
        page = gr.HTML(
            value="",
            html_template='<div class="score"></div>',
            css_template="",
            js_on_load=(ASSETS / "roll" / "score.js").read_text(encoding="utf-8"),
            elem_id="music-score-page",
            container=False,
            show_label=False,
            padding=False,
        )
        saved = words.make(
            gr.DownloadButton, {"label": "music.download.svg"}, visible=False, size="sm", elem_id="music-download-svg"
        )  # fmt: skip
    return fold, page, saved


def wire_notation(panel: Panel, page: Any, saved: Any) -> Callable[[View[Any], gr.Request], list[Any]]:
    """Engrave the finished piece as the page comes into sight; return what keeps it in step while it is."""

    def show(event: gr.EventData, request: gr.Request) -> list[Any]:
        kept, width = panel.cell(request).kept, tell_of(event, "width")
        seen = isinstance(width, int | float) and width > 0
        kept["score_width"] = int(min(max(width, WIDTHS[0]), WIDTHS[1])) if seen else None
        view = kept.get("finished")
        return follow(view, request) if view and seen else ["", gr.skip()]

    def follow(view: View[MelodyStep], request: gr.Request) -> list[Any]:
        width = panel.cell(request).kept.get("score_width")
        if width is None or not view.done or view.step.score.style not in STYLES:
            return ["", gr.update(visible=False)]
        score = view.step.finish()
        engraving = engrave(write_musicxml(score), width)
        file = keep(f"triptych-{view.take.seed}.svg", engraving.pages[0]) if engraving.pages else None
        times = [(score.seconds_at(at * TICKS_PER_QUARTER), on, off) for at, on, off in engraving.times]
        shown = json.dumps({"pages": engraving.pages, "times": times})
        return [shown, gr.update(value=file, visible=file is not None)]

    page.show(panel.shown(show), None, [page, saved], **QUICK)
    return follow
