"""What the owner has put beside the painting model: LoRAs to choose from, and lines to follow with a ControlNet.

Both places stay hidden until the loaded model says that there is something in them.
"""

import html
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipelines.errors import NothingToFollow, PipelineError
from pipelines.image.params import measure
from pipelines.pictures import PREFIX
from studio.errors import tell
from studio.keepsakes import read_take
from studio.panel import QUICK, Panel
from studio.starts import paint_on, read_marks
from studio.tabs.starts import READ_EASEL, Starts, find_strip


@dataclass(frozen=True)
class Lines:
    """Where the lines that a picture follows are shown, and the button that shows them."""

    seen: Any
    look: Any


def draw_loras(panel: Panel) -> None:
    """Draw the choice of a LoRA, its weight, and the words it was trained on."""
    panel.draw("lora")
    words = gr.HTML("", elem_id="painting-lora-words", elem_classes=["hint"], padding=False)
    panel.draw("lora_weight")

    def read_words(name: Any, request: gr.Request) -> str:
        pipeline = panel.desk.shelf.peek(panel.art)
        try:
            found = pipeline.read_trigger_words(str(name)) if pipeline else ()
        except PipelineError as error:
            return _say(tell(error, panel.words, panel.language(request)))
        told = html.escape(", ".join(found))
        return f"<p>{panel.words.both('painting.lora.words')} {told}</p>" if told else ""

    panel.controls["lora"].change(
        panel.shown(read_words), panel.controls["lora"], words, trigger_mode="always_last", **QUICK
    )


def draw_lines(panel: Panel) -> Lines:
    """Draw what decides on the lines, and what they look like."""
    with gr.Row(elem_classes=["lines-place"]):
        with gr.Column(scale=3, min_width=200):
            panel.draw("control", "control_scale")
            with gr.Row():
                panel.draw("control_start", "control_end", min_width=120)
        with gr.Column(scale=1, min_width=140):
            seen = gr.HTML("", elem_id="painting-seen", padding=False)
            look = panel.button("look", size="sm")
    return Lines(seen, look)


def wire_lines(panel: Panel, lines: Lines, starts: Starts, paint: Any) -> None:
    """Show the lines as a kind is chosen, as a picture is begun or dropped back in, and when asked for."""

    def see(control: Any, told: Any, request: gr.Request) -> str:
        if control == "none":
            return ""
        size = measure(panel.cell(request).read())
        try:
            values = paint_on(read_marks(told), find_strip(panel, request), size, str(control))
            if not values["control_image"]:
                raise NothingToFollow
        except NothingToFollow as error:
            return _say(tell(error, panel.words, panel.language(request)))
        return _show(panel, values["control_image"])

    def see_again(path: Any) -> str:
        try:
            return _show(panel, str(read_take(str(path), panel.take_readers).params.get("control_image", "")))
        except PipelineError:
            return ""

    # Not `change`: that follows a picture dropped back in as well, whose lines are not on the easel.
    for event in (panel.controls["control"].input, lines.look.click, paint.click):
        event(panel.shown(see), [panel.controls["control"], starts.marks], lines.seen, js=READ_EASEL, **QUICK)
    panel.keepsake.upload(see_again, panel.keepsake, lines.seen, **QUICK)


def _say(sentence: str) -> str:
    return f'<p class="hint">{html.escape(sentence)}</p>'


def _show(panel: Panel, address: str) -> str:
    if not address.startswith(PREFIX):
        return ""
    told = panel.words.both("painting.seen")
    return f'<figure><img src="{html.escape(address)}" alt=""><figcaption>{told}</figcaption></figure>'
