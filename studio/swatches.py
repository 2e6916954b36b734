"""Small pictures to choose by, below a list: one a style or palette, as `python -m training swatches` painted them."""

import html
import json
from typing import Any

import gradio as gr

from studio.panel import QUICK, Panel
from studio.roll import tell_of
from studio.theme import ASSETS

FOLDER = ASSETS / "easel"


def draw_swatches(panel: Panel, knob: str) -> None:
    """Draw a knob's swatches where the tab stands now; a click chooses, another one takes it back.

    They follow the list above them, whoever changes it, and are hidden with a model for which the knob does nothing.
    """
    order = json.loads((FOLDER / "swatches.json").read_text(encoding="utf-8"))
    names = [(one, name) for one, choices in order.items() for name in choices]
    buttons = "".join(
        f'<button type="button" role="radio" data-name="{html.escape(name)}" style="--at:{index}">'
        f"{panel.words.both(f'{panel.art}.{one}.{name}')}</button>"
        for index, (one, name) in enumerate(names)
        if one == knob
    )
    control = panel.controls[knob]
    swatches = gr.HTML(
        value=control.value,
        html_template=f'<div class="swatches" role="radiogroup" style="--of:{len(names)}">{buttons}</div>',
        css_template="",
        js_on_load=(FOLDER / "swatches.js").read_text(encoding="utf-8"),
        elem_id=f"{panel.art}-{knob}-swatches",
        container=False,
        show_label=False,
        padding=False,
    )
    panel.need(knob, swatches)

    def choose(event: gr.EventData) -> Any:
        return gr.update(value=panel.knobs[knob].domain.check(knob, tell_of(event, "name")))

    swatches.pick(panel.shown(choose), None, control, **QUICK)
    control.change(None, control, swatches, js="(name) => name", api_visibility="private")
