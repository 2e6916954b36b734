"""A finished piece is gone on from, or composed again in part: some bars, some parts, or parts it doesn't have yet."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from pipelines.errors import NothingToAdd, NothingToRevise
from pipelines.melody.edits import apply_edits, find_edits
from pipelines.melody.gap import NO_PARTS, PARTING, PARTS, conform, cut_sketch, lengthen, write_draft
from pipelines.melody.pipeline import MelodyStep
from pipelines.melody.score import BAR_TICKS, DRUMS, STYLES, Sketch, Tone
from studio.panel import Panel, Show
from studio.performance import View
from studio.words import Key

MOST_BARS = 64  # of a draft
KEPT = ("style", "key", "mode", "time_signature", "tempo")  # a revised piece stays what it is


def draw_revising(panel: Panel) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Draw the fold where the tab stands now; return it, the parts to choose and two buttons, and the drums' two."""
    words = panel.words
    with words.make(gr.Accordion, {"label": "music.revising"}, open=False, elem_id="music-revising") as fold:
        with gr.Row(elem_classes=["ask"]):
            panel.draw("gap_start", "gap_end", "likeness", min_width=160)
        said: dict[str, Key] = {"label": "music.parts", "choices": name_parts}
        parts = words.make(gr.CheckboxGroup, said, elem_id="music-parts")
        with gr.Row(elem_classes=["actions", "minor"]):
            again = panel.button("again", size="sm")
            add = panel.button("add", size="sm")
        with gr.Row(elem_classes=["actions", "minor"]):
            drums = panel.button("drums", size="sm"), panel.button("undrummed", size="sm")
        gr.HTML(words.both("music.revising.help"), elem_classes=["hint"])
    return fold, (parts, again, add), drums


def name_parts() -> list[tuple[str | None, str]]:
    """Return the parts there are, each with the key of its name."""
    return [(f"music.part.{part}", part) for part in PARTS]


def wire_revising(  # noqa: PLR0913  the fold's three, and two buttons that stand elsewhere
    panel: Panel, drawn: Sequence[Any], go_on: Any, write: Any, present: Show, outputs: list[Any]
) -> None:
    """Let the buttons compose with the finished piece as their draft; `write` begins with an empty one."""
    parts, again, add = drawn

    def find(request: gr.Request) -> tuple[MelodyStep, Sketch, Sketch]:
        view: View[MelodyStep] | None = panel.cell(request).kept.get("finished")
        if view is None or not isinstance(view.step, MelodyStep):  # another composer's is not in our words
            raise NothingToRevise
        whole = apply_edits(view.step.sketch, view.step.params.edits)
        whole = cut_sketch(whole, view.step.finish().bars)
        return view.step, whole, conform(whole)

    def count(bars: Any) -> int:
        return int(panel.knobs["bars"].domain.check("bars", bars))

    def revise(request: gr.Request, chosen: Any, *ends: Any) -> dict[str, Any]:
        step, whole, sketch = find(request)
        own = [PARTS[part] for part in sorted(STYLES[step.params.style].parts)]
        wanted = [part for part in own if part in (chosen or own)]
        if not wanted:
            raise NothingToRevise
        kept = {name: getattr(step.params, name) for name in KEPT}
        first, last = sorted(int(panel.knobs["gap_start"].domain.check("gap_start", end)) for end in ends)
        bar = BAR_TICKS[step.params.time_signature]

        def stays(tone: Tone) -> bool:
            return PARTS[tone.voice] not in wanted or not first <= tone.start_ticks // bar + 1 <= last

        edits = carry(sketch, filter(stays, whole.tones))
        return kept | {"draft": write_draft(sketch), "parts": " ".join(wanted), "edits": edits}

    def complete(request: gr.Request, style: Any) -> dict[str, Any]:
        step, whole, sketch = find(request)
        style = panel.knobs["style"].domain.check("style", style)
        there = {tone.voice for tone in sketch.tones} & STYLES[style].parts
        missing = [PARTS[part] for part in sorted(STYLES[style].parts - there)]
        if not there or not missing:
            raise NothingToAdd
        given = replace(
            sketch,
            header=replace(sketch.header, style=style),
            tones=tuple(tone for tone in sketch.tones if tone.voice in there),
            harmonies=(),
        )
        kept = {name: getattr(step.params, name) for name in KEPT if name != "style"}
        kept["edits"] = carry(given, whole.tones)
        return kept | {"draft": write_draft(given), "parts": " ".join(missing), "gap_start": 1, "gap_end": 64}

    def extend(request: gr.Request, bars: Any) -> dict[str, Any]:
        step, whole, sketch = find(request)
        written = lengthen(sketch, 0)
        if not written.bars:
            raise NothingToRevise
        total = min(MOST_BARS, written.bars + count(bars))
        kept = {name: getattr(step.params, name) for name in KEPT}
        kept["edits"] = carry(written, whole.tones)
        draft = write_draft(lengthen(written, total))
        return kept | {"draft": draft, "gap_start": min(MOST_BARS, written.bars + 1), "gap_end": MOST_BARS}

    def clear(request: gr.Request, bars: Any) -> dict[str, Any]:
        empty = [""] * count(bars)
        return {"draft": PARTING.join(empty), "parts": NO_PARTS}

    panel.run(go_on.click, present, outputs, before=extend, extra=[panel.controls["bars"]])
    panel.run(write.click, present, outputs, before=clear, extra=[panel.controls["bars"]])
    gap = [panel.controls["gap_start"], panel.controls["gap_end"]]
    panel.run(again.click, present, outputs, before=revise, extra=[parts, *gap])
    panel.run(add.click, present, outputs, before=complete, extra=[panel.controls["style"]])


def carry(draft: Sketch, tones: Iterable[Tone]) -> str:
    """Return as edits what a draft can't say of a piece's tones: how loud they were made, and drums laid under it."""
    kept = set(draft.tones)
    for tone in tones:
        plain = replace(tone, velocity=0)
        if tone.voice == DRUMS and tone.voice not in STYLES[draft.header.style].voices:
            kept.add(tone)
        elif plain in kept:
            kept.remove(plain)
            kept.add(tone)
    return find_edits(draft, kept)
