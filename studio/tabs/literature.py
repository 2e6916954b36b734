"""The literature panel: a page the artist writes on, and a model that goes on from there."""

from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.params import Text, narrow
from pipelines.take import Take
from pipelines.text.params import MAX_PROMPT, TextParams
from pipelines.weights import read_card
from studio.examples import draw_examples
from studio.panel import QUICK, Desk, Panel, draw_legend
from studio.performance import View

ART = "literature"
MAX_UNDO = 50
PAGE = Text(max_length=1_000_000)
SAVE_PAGE = "(page) => { window.triptych.save('triptych.txt', page); return []; }"


def build_literature(desk: Desk, folder: Path) -> Panel:
    """Draw the tab for the model in `folder` and wire it."""
    panel = Panel(desk, ART, TextParams, narrow(TextParams.knobs(), read_card(folder)))
    with gr.Row(elem_classes=["studio"]):
        with gr.Column(elem_classes=["stage"]):
            panel.draw("prompt", lines=2, max_lines=6)
            draw_examples(panel)
            with gr.Row(elem_classes=["actions"]):
                write = panel.button("write", variant="primary")
                go_on = panel.button("continue")
                stop = panel.button("stop")
                undo = panel.button("undo")
                download = panel.button("download")
            panel.draw_status()
            page = desk.words.make(
                gr.Textbox, {"label": "literature.page", "placeholder": "literature.page.placeholder"},
                lines=18, max_lines=40, elem_classes=["paper"], elem_id="literature-page", autoscroll=True,
            )  # fmt: skip
        with gr.Column(elem_classes=["controls"]):
            draw_legend(desk.words)
            panel.draw("form", "verse_form", "language")
            panel.draw("title", lines=1)
            panel.draw("temperature", "max_tokens")
            with panel.fold():
                panel.draw("top_p", "top_k", "min_p", "repetition_penalty")
            panel.draw_seed()
            panel.draw_keepsake()
    panel.connect()
    _wire(panel, page, write=write, go_on=go_on)
    panel.stop_with(stop)
    undo.click(panel.shown(_undo(panel)), None, page, **QUICK)
    download.click(None, page, None, js=SAVE_PAGE, api_visibility="private")
    return panel


def _wire(panel: Panel, page: Any, *, write: Any, go_on: Any) -> None:
    def show(view: View[Any], request: gr.Request) -> list[Any]:
        cell = panel.cell(request)
        return [cell.kept["opening"] + view.step.text]

    def open_page(request: gr.Request, text: object, prompt: object) -> dict[str, Any]:
        keep_page(request, text)
        panel.cell(request).kept["opening"] = str(prompt)
        return {}

    def continue_page(request: gr.Request, text: object) -> dict[str, Any]:
        written = keep_page(request, text)
        panel.cell(request).kept["opening"] = written
        return {"prompt": written[-MAX_PROMPT:]}

    def keep_page(request: gr.Request, text: object) -> str:
        page = PAGE.check("page", text)
        pages = panel.cell(request).kept.setdefault("pages", [])
        pages.append(page)
        del pages[:-MAX_UNDO]
        return page

    def open_take(request: gr.Request, take: Take, text: object) -> None:
        keep_page(request, text)
        panel.cell(request).kept["opening"] = str(take.params["prompt"])

    panel.run(write, show, [page], before=open_page, extra=[page, panel.controls["prompt"]])
    panel.run(go_on, show, [page], before=continue_page, extra=[page])
    panel.replay(show, [page], before=open_take, extra=[page])


def _undo(panel: Panel) -> Any:
    def undo(request: gr.Request) -> Any:
        cell = panel.cell(request)
        cell.stop()
        pages = cell.kept.get("pages", [])
        return gr.update(value=pages.pop()) if pages else gr.skip()

    return undo
