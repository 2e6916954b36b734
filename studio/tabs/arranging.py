"""How a finished piece sounds is changed after the fact: nothing is composed again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from pipelines.melody.params import SOUNDING
from studio.panel import Panel, Show
from studio.performance import View
from studio.tabs.versions import find_versions


def remember(panel: Panel, view: View[Any], request: gr.Request) -> None:
    """Keep a finished work to be arranged; while one is made there is none."""
    kept = panel.cell(request).kept
    if view.done:
        kept["finished"] = view
        find_versions(panel.cell(request)).put(view)
    else:
        kept.pop("finished", None)


def wire_arranging(panel: Panel, show: Show, outputs: Sequence[Any]) -> None:
    """Let the knobs that only say how a piece sounds act on the finished one, and on the files of it."""
    controls = [panel.controls[name] for name in SOUNDING]
    shown = [*outputs, panel.status, panel.seed, panel.recipe]

    def arrange(request: gr.Request, *values: Any) -> list[Any]:
        view: View[Any] | None = panel.cell(request).kept.get("finished")
        told = zip(SOUNDING, values, strict=True)
        wanted = {name: panel.knobs[name].domain.check(name, value) for name, value in told}
        if view is not None:
            wanted = {name: value for name, value in wanted.items() if name in view.step.sounding}
        if view is None or all(getattr(view.step.params, name) == value for name, value in wanted.items()):
            return [gr.skip() for _ in shown]
        step = replace(view.step, params=replace(view.step.params, **wanted))
        take = replace(view.take, params={**view.take.params, **wanted})
        return panel.present(replace(view, step=step, take=take), show, request)

    for control in controls:
        control.change(
            panel.shown(arrange), controls, shown, trigger_mode="always_last", show_progress="hidden",
            concurrency_id="arranging", concurrency_limit=1, api_visibility="private",
        )  # fmt: skip
