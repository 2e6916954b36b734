"""Openings to try, one click each: chips that fill the panel in the browser, in the page's language."""

import json
from typing import Any

import gradio as gr

from studio.theme import ASSETS


def draw_examples(panel: Any) -> None:
    """Draw the chips of an art from assets/examples.json: each names values for some of the panel's knobs.

    One that sets what does nothing with the model in use is not shown.
    """
    examples = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))[panel.art]
    with gr.Row(elem_classes=["chips"]):
        for example in examples:
            chip = gr.Button(example["chip"], size="sm", elem_classes=[f"for-{example['language']}"])
            panel.example_chips.append((chip, example["values"]))
            for knob in example["values"]:
                panel.need(knob, chip)


def wire_examples(panel: Any) -> None:
    """Let each chip set its values, once every control stands."""
    for chip, values in panel.example_chips:
        controls = [panel.controls[name] for name in values]
        chip.click(None, None, controls, js=f"() => {json.dumps(list(values.values()))}", api_visibility="private")
