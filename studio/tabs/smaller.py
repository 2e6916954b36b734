"""Where the memory doesn't reach, the artist may let the same work be tried again, smaller."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from pipelines.errors import OutOfMemory
from pipelines.image.params import ImageParams
from pipelines.params import Choice, Knob
from studio.panel import QUICK, Panel, Show


def shrink(params: ImageParams, knobs: Mapping[str, Knob]) -> dict[str, Any]:
    """Return what to change for a work that takes less memory: one picture, or the next smaller size; may be nothing.

    Sizes are declared from small to large.
    """
    if params.num_images > 1:
        return {"num_images": 1}
    domain = knobs["size"].domain
    assert isinstance(domain, Choice)
    smaller = [size for size in domain.choices if int(size) < int(params.size)]
    return {"size": smaller[-1]} if smaller else {}


def draw_smaller(panel: Panel) -> Any:
    """Draw the button where the tab stands now; it shows after a run for which the memory didn't reach."""
    button = panel.button("smaller", size="sm", visible=False)

    def offer(request: gr.Request) -> Any:
        cell = panel.cell(request)
        short = isinstance(cell.kept.get("trouble"), OutOfMemory)
        return gr.update(visible=short and bool(shrink(cell.read(), panel.knobs)))

    panel.afterwards = (offer, button)
    return button


def wire_smaller(panel: Panel, button: Any, show: Show, outputs: Sequence[Any]) -> None:
    """Let the button set the controls, and then run the same work again."""
    changed = ("size", "num_images")

    def lower(request: gr.Request) -> list[Any]:
        less = shrink(panel.cell(request).read(), panel.knobs)
        return [gr.update(value=less[name]) if name in less else gr.skip() for name in changed]

    def again(request: gr.Request) -> dict[str, Any]:
        params = panel.cell(request).read()
        return {name: getattr(params, name) for name in ("start", "mask", "strength")}

    lowered = button.click(panel.shown(lower), None, [panel.controls[name] for name in changed], **QUICK)
    panel.run(lowered.then, show, outputs, before=again)
