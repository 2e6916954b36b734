"""The grid on the painting panel: choose two things to vary, see them side by side, go on from any of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipelines.errors import PictureGone
from pipelines.image.grid import AXES, LONGEST, NOTHING, SEED, WORDS, Axis, Cell, Grid, GridStep, read_axis
from pipelines.image.params import ImageParams, measure
from pipelines.params import Choice, Text
from studio.easel import write_jpeg
from studio.live import Live
from studio.panel import QUICK, Panel, Show
from studio.performance import Commission, View, finish
from studio.starts import paint_on, read_marks
from studio.tabs.starts import READ_EASEL, find_strip
from studio.theme import ASSETS
from studio.words import Key

MOST_CELL_PX = 320
TOLD = Text(LONGEST)


@dataclass(frozen=True)
class Controls:
    """What the grid is made with, and where it is shown."""

    axes: tuple[Any, Any]
    values: tuple[Any, Any]
    paint: Any
    sheet: Any


def draw_grid(panel: Panel) -> Controls:
    """Draw the fold with the grid's controls where the tab stands now."""
    words = panel.words
    with words.make(gr.Accordion, {"label": "painting.grid"}, open=False, elem_id="painting-grid-fold"):
        gr.HTML(words.both("painting.grid.help"), elem_classes=["hint"])
        axes, values = [], []
        for side in ("across", "down"):
            with gr.Row(elem_classes=["axis"]):
                said: dict[str, Key] = {"label": f"painting.grid.{side}", "choices": _list_axes}
                axes.append(words.make(gr.Dropdown, said, value=NOTHING, elem_id=f"painting-{side}", scale=2))
                told = {"label": "painting.grid.values", "placeholder": "painting.grid.values.placeholder"}
                values.append(words.make(gr.Textbox, told, elem_id=f"painting-{side}-values", scale=3))
        paint = panel.button("paint_grid")
        sheet = _draw_sheet("painting-grid", words.both("painting.grid.save"))
    return Controls((axes[0], axes[1]), (values[0], values[1]), paint, sheet)


def _list_axes() -> list[tuple[str, str]]:
    return [(_name(axis), axis) for axis in AXES]


def _name(axis: str) -> str:
    if axis in (NOTHING, WORDS):
        return f"painting.grid.{axis}"
    return axis if axis == SEED else f"painting.{axis}"


def _draw_sheet(elem_id: str, save: str) -> Any:
    template = f"""
<div class="grid" hidden>
  <div class="grid-scroll"><table></table></div>
  <button type="button" data-save>{save}</button>
</div>"""
    return gr.HTML(
        value="",
        html_template=template,
        css_template="",
        js_on_load=(ASSETS / "easel" / "grid.js").read_text(encoding="utf-8"),
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def wire_grid(panel: Panel, controls: Controls, marks: Any, show: Show, outputs: Sequence[Any]) -> None:
    """Let the button paint a grid, and a click on one of its pictures take that picture and its settings over.

    Every picture begins, as with Paint, from what is on the easel: the browser says so in `marks`.
    """

    def begin(request: gr.Request, *told: object) -> dict[str, Any]:
        (across, down), texts = (Choice(AXES).check("grid", axis) for axis in told[:2]), told[2:4]
        called = _read_choices(panel, panel.language(request))
        axes = [
            read_axis(axis, TOLD.check("grid", text), panel.knobs, called.get(axis, {}))
            for axis, text in zip((across, down), texts, strict=True)
        ]
        cell = panel.cell(request)
        cell.kept.update(axes=axes, grid=(), told=None)
        params = cell.read()
        return paint_on(read_marks(told[4]), find_strip(cell), measure(params), params.control)

    def spread(pipeline: Any, cell: Live[Any]) -> Grid:
        return Grid(pipeline, *cell.kept["axes"])

    def show_grid(view: View[GridStep], request: gr.Request) -> list[Any]:
        kept = panel.cell(request).kept
        begun, known = kept["told"] is None, 0 if view.done else kept["told"] or 0
        kept["grid"] = view.step.whole
        kept["told"] = len(kept["grid"])
        across, down = (_tell_axis(panel, axis, panel.language(request)) for axis in kept["axes"])
        fresh = [[known + index, _show_cell(cell)] for index, cell in enumerate(view.step.cells[known:])]
        return [json.dumps({"across": across, "down": down, "cells": fresh, "begun": begun})]

    def pick(event: gr.EventData, request: gr.Request) -> list[Any]:
        data, grid = event._data, panel.cell(request).kept.get("grid", ())
        place = data.get("index") if isinstance(data, dict) else None
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(grid):
            raise PictureGone
        cell: Cell = grid[place]
        commission = Commission(panel.art, panel.desk.shelf.states[panel.art].name, cell.seed)
        view = finish(commission, cell.step, cell.params)
        moved = [gr.update(value=getattr(cell.params, name)) for name in panel.controls]
        return [*moved, gr.update(value=False), *panel.present(view, show, request)]

    panel.run(
        controls.paint.click, show_grid, [controls.sheet], before=begin,
        extra=[*controls.axes, *controls.values, marks], through=spread, js=READ_EASEL,
    )  # fmt: skip
    shown = [*outputs, panel.status, panel.seed, panel.recipe]
    controls.sheet.pick(  # queued: what is not in the queue shows no warning
        panel.shown(pick), None, [*panel.controls.values(), panel.fresh_seed, *shown], **QUICK | {"queue": True}
    )


def _show_cell(cell: Cell) -> str:
    picture = (cell.step.pictures or cell.step.previews)[0].copy()
    picture.thumbnail((MOST_CELL_PX, MOST_CELL_PX))
    return write_jpeg(picture)


def _tell_axis(panel: Panel, axis: Axis, language: str) -> dict[str, Any]:
    """Return how the page names an axis and its values."""
    if axis.name == NOTHING:
        return {"name": "", "values": [""]}
    domain = ImageParams.knobs()[axis.name].domain if axis.name in ImageParams.knobs() else None
    values = [
        panel.words.say(f"painting.{axis.name}.{value}", language) if isinstance(domain, Choice)
        else value if isinstance(value, str) else f"{value:.10g}"
        for value in axis.values
    ]  # fmt: skip
    return {"name": panel.words.say(_name(axis.name), language), "values": values}


def _read_choices(panel: Panel, language: str) -> dict[str, dict[str, str]]:
    """Return for each knob of choices the key of a choice by what the page calls it."""
    return {
        name: {
            panel.words.say(f"painting.{name}.{choice}", language).casefold(): choice for choice in knob.domain.choices
        }
        for name, knob in panel.knobs.items()
        if isinstance(knob.domain, Choice) and name in AXES
    }
