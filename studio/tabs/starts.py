"""Painting from a picture: the buttons below the easel, and what they begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.errors import UnreadableTake
from pipelines.image.ground import fit
from pipelines.image.outpaint import DIRECTIONS
from pipelines.image.params import ImageParams, find_shape, measure
from pipelines.image.png import read_png_take
from pipelines.pictures import write_png
from studio.contact import lay_contact_sheet
from studio.easel import frame_pictures, frame_start, write_jpeg
from studio.keepsakes import keep
from studio.live import Live, Visitor
from studio.panel import QUICK, Panel, Show
from studio.starts import SHEET, VARIATIONS, lay_sheet, paint_on, read_marks, read_upload, vary, widen
from studio.strip import Strip

# The last value a run takes is what stands and is drawn on the easel, read in the browser as the run begins.
READ_EASEL = "(...values) => [...values.slice(0, -1), window.triptych.easel.read()]"
HOLD_EASEL = f"async (...values) => {{ await window.triptych.easel.hold(); return ({READ_EASEL})(...values); }}"
TAKE_SHOWN = "() => { window.triptych.easel.take(); return []; }"


@dataclass(frozen=True)
class Starts:
    """The buttons, and the hidden box in which the browser says what is on the easel."""

    marks: Any
    take: Any
    upload: Any
    sheet: Any
    variations: dict[str, Any]
    extending: dict[str, Any]


def draw_starts(panel: Panel) -> Starts:
    """Draw the buttons where the tab stands now."""
    with gr.Row(elem_classes=["actions", "minor"]):
        take = panel.button("take", size="sm")
        upload = panel.words.make(gr.UploadButton, {"label": "painting.upload"}, size="sm", elem_id="painting-upload")
        sheet = panel.button("sheet", size="sm")
        variations = {how: panel.button(how, size="sm") for how in VARIATIONS}
    with gr.Row(elem_classes=["actions", "minor", "extending"]):
        hint = gr.HTML(panel.words.both("painting.extend"), elem_classes=["hint"])
        extending = {way: panel.button(f"extend_{way}", size="sm") for way in DIRECTIONS}
    panel.need("start", take, upload, sheet, *variations.values())
    panel.need("mask", hint, *extending.values())
    marks = gr.Textbox(visible="hidden", elem_id="painting-marks")
    return Starts(marks, take, upload, sheet, variations, extending)


def find_strip(cell: Live[Any]) -> Strip:
    """Return a visitor's own pictures."""
    strip: Strip = cell.kept.setdefault("strip", Strip())
    return strip


def find_caller(panel: Panel, told: Any) -> Visitor | None:
    """Return the visitor whose page calls, and says so as `session`; None where no page is known so."""
    session = told.get("session") if isinstance(told, dict) else None
    if not isinstance(session, str) or not panel.desk.visitors.knows(session):
        return None
    return panel.desk.visitors.find(session)


def sheet_for(panel: Panel) -> Callable[[Any], str]:
    """Return what the strip calls for a contact sheet of a visitor's pictures; empty where there is none."""

    def sheet(told: Any) -> str:
        visitor = find_caller(panel, told)
        if visitor is None:
            return ""
        pictures = find_strip(visitor.cell(panel.art, ImageParams, lambda: panel.knobs)).pictures()
        return write_jpeg(lay_contact_sheet(pictures)) if pictures else ""

    return sheet


def wire_starts(panel: Panel, starts: Starts, paint: Any, show: Show, outputs: Sequence[Any]) -> None:
    """Let Paint begin from what is on the easel, and every other button do its part."""

    def begin(what: Any, request: gr.Request, told: object) -> dict[str, Any]:
        params = panel.cell(request).read()
        marks, strip = read_marks(told), find_strip(panel.cell(request))
        values: dict[str, Any] = what(marks, strip, measure(params), control=params.control)
        return values

    def run(button: Any, what: Any, *, fresh_seed: bool = False, js: str = HOLD_EASEL) -> None:
        panel.run(
            button.click, show, outputs, before=partial(begin, what), extra=[starts.marks],
            fresh_seed=fresh_seed, js=js,
        )  # fmt: skip

    run(paint, paint_on, js=READ_EASEL)
    for how, button in starts.variations.items():
        run(button, partial(vary, how=how), fresh_seed=True)
    for way, button in starts.extending.items():
        run(button, partial(widen, direction=way))
    starts.take.click(None, None, None, js=TAKE_SHOWN, api_visibility="private")
    _wire_choosing(panel, starts, outputs)


def _wire_choosing(panel: Panel, starts: Starts, outputs: Sequence[Any]) -> None:
    picture, strip, *downloads = outputs

    def send(path: Any, request: gr.Request) -> list[Any]:
        found = read_upload(path)
        kept = find_strip(panel.cell(request))
        name = kept.add(keep("start.png", write_png(found)), found)
        shape = find_shape(found.size)
        size = measure(replace(panel.cell(request).read(), aspect_ratio=shape))
        return [frame_start(fit(found, size), name), kept.frame(), shape]

    def lay(request: gr.Request) -> str:
        return frame_start(lay_sheet(measure(panel.cell(request).read())), SHEET)

    def pick(event: gr.EventData, request: gr.Request) -> list[Any]:
        data = event._data
        name = data.get("id") if isinstance(data, dict) else None
        kept = find_strip(panel.cell(request))
        shown = frame_pictures([kept.open(name)], [str(name)])
        path = kept.find(name).path
        rest = [gr.update(visible=False)] * (len(downloads) - 1)
        return [shown, gr.update(value=path, visible=True), *rest, gr.update(value=_keep_recipe(path))]

    starts.upload.upload(
        panel.shown(send),
        starts.upload,
        [picture, strip, panel.controls["aspect_ratio"]],
        show_progress="hidden",
        api_visibility="private",
    )
    starts.sheet.click(panel.shown(lay), None, picture, **QUICK)
    strip.pick(panel.shown(pick), None, [picture, *downloads, panel.recipe], **QUICK)


def _keep_recipe(path: str) -> str | None:
    """Return a file with the recipe that a picture carries; None where it was uploaded without one."""
    try:
        take = read_png_take(Path(path))
    except UnreadableTake:
        return None
    return keep(f"triptych-painting-{take.seed}.json", take.to_json())
