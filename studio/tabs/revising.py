"""A finished piece is gone on from, or composed again in part: some bars, some parts, or parts it doesn't have yet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from pipelines.errors import NothingToAdd, NothingToRevise
from pipelines.melody.edits import apply_edits, find_edits
from pipelines.melody.gap import NO_PARTS, PARTING, PARTS, conform, cut_sketch, lengthen, write_draft
from pipelines.melody.pipeline import MelodyStep
from pipelines.melody.published.pipeline import PublishedStep
from pipelines.melody.score import BAR_TICKS, DRUMS, STYLES, Sketch, Tone
from studio.panel import Panel, Show
from studio.performance import View
from studio.tabs import accompanying
from studio.tabs.accompanying import Foreign
from studio.words import Key

MOST_BARS = 64  # of a draft
KEPT = ("style", "key", "mode", "time_signature", "tempo")  # a revised piece stays what it is


@dataclass(frozen=True)
class Controls:
    """The parts to choose and the buttons: `accompany` is for composers that name their instruments, `add` for ours."""

    parts: Any
    again: Any
    add: Any
    accompany: Any


def draw_revising(panel: Panel) -> tuple[Controls, tuple[Any, Any]]:
    """Draw the fold where the tab stands now, each control for the composers that can do it; the drums' two apart."""
    words = panel.words
    with words.make(gr.Accordion, {"label": "music.revising"}, open=False, elem_id="music-revising") as fold:
        with gr.Row(elem_classes=["ask"]):
            panel.draw("gap_start", "gap_end", "likeness", min_width=160)
        said: dict[str, Key] = {"label": "music.parts", "choices": name_parts}
        parts = words.make(gr.CheckboxGroup, said, elem_id="music-parts")
        with gr.Row(elem_classes=["actions", "minor"]):
            again = panel.button("again", size="sm")
            add = panel.button("add", size="sm")
            accompany = panel.button("accompany", size="sm")
        with gr.Row(elem_classes=["actions", "minor"]):
            drums = panel.button("drums", size="sm"), panel.button("undrummed", size="sm")
        ours = gr.HTML(words.both("music.revising.help"), elem_classes=["hint"])
        theirs = gr.HTML(words.both("music.accompany.help"), elem_classes=["hint"])
    panel.need("draft", fold)
    panel.need("style", parts, add, ours, *drums)
    panel.need("ensemble", accompany, theirs)
    return Controls(parts, again, add, accompany), drums


def name_parts() -> list[tuple[str | None, str]]:
    """Return the parts there are, each with the key of its name."""
    return [(f"music.part.{part}", part) for part in PARTS]


class Drafting:
    """Draws up what a button composes with: knob values, the finished piece as a draft among them."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def _look(self, request: gr.Request) -> Any:
        view: View[Any] | None = self._panel.cell(request).kept.get("finished")
        return view and view.step

    def _find(self, request: gr.Request) -> tuple[MelodyStep, Sketch, Sketch]:
        """Return the piece as it was composed, as it stands, and as the composer could have written it."""
        step = self._look(request)
        if not isinstance(step, MelodyStep):  # another composer's is not in our words
            raise NothingToRevise
        whole = cut_sketch(apply_edits(step.sketch, step.params.edits), step.finish().bars)
        return step, whole, conform(whole)

    def _check(self, name: str, value: Any) -> Any:
        return self._panel.knobs[name].domain.check(name, value)

    def revise(self, request: gr.Request, chosen: Any, first: Any, last: Any) -> dict[str, Any]:
        """Compose some bars, of some parts, again."""
        if isinstance(foreign := self._look(request), PublishedStep):
            return accompanying.fill(foreign, self._check("gap_start", first), self._check("gap_end", last))
        step, whole, sketch = self._find(request)
        own = [PARTS[part] for part in sorted(STYLES[step.params.style].parts)]
        wanted = [part for part in own if part in (chosen or own)]
        if not wanted:
            raise NothingToRevise
        kept = {name: getattr(step.params, name) for name in KEPT}
        first, last = sorted((self._check("gap_start", first), self._check("gap_end", last)))
        bar = BAR_TICKS[step.params.time_signature]

        def stays(tone: Tone) -> bool:
            return PARTS[tone.voice] not in wanted or not first <= tone.start_ticks // bar + 1 <= last

        kept["edits"] = carry(sketch, filter(stays, whole.tones))
        return kept | {"draft": write_draft(sketch), "parts": " ".join(wanted)}

    def complete(self, request: gr.Request, style: Any) -> dict[str, Any]:
        """Add the parts that a style has and the piece lacks."""
        step, whole, sketch = self._find(request)
        style = self._check("style", style)
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

    def accompany(self, request: gr.Request, tempo: Any, metre: Any) -> dict[str, Any]:
        """Compose around the tune that was brought, or around the piece."""
        opening = self._panel.cell(request).kept.get("opening", "")
        return accompanying.accompany(self._look(request), opening, {"tempo": tempo, "time_signature": metre})

    def extend(self, request: gr.Request, bars: Any) -> dict[str, Any]:
        """Go on from the end of the piece."""
        if isinstance(foreign := self._look(request), Foreign):
            return accompanying.go_on(foreign, self._check("bars", bars))
        step, whole, sketch = self._find(request)
        written = lengthen(sketch, 0)
        if not written.bars:
            raise NothingToRevise
        total = min(MOST_BARS, written.bars + self._check("bars", bars))
        kept = {name: getattr(step.params, name) for name in KEPT}
        kept["edits"] = carry(written, whole.tones)
        draft = write_draft(lengthen(written, total))
        return kept | {"draft": draft, "gap_start": min(MOST_BARS, written.bars + 1), "gap_end": MOST_BARS}

    def clear(self, request: gr.Request, bars: Any) -> dict[str, Any]:
        """Begin with empty bars, to be written by hand."""
        empty = [""] * self._check("bars", bars)
        return {"draft": PARTING.join(empty), "parts": NO_PARTS}


def wire_revising(  # noqa: PLR0913  the fold's, and two buttons that stand elsewhere
    panel: Panel, drawn: Controls, go_on: Any, write: Any, present: Show, outputs: list[Any]
) -> None:
    """Let the buttons compose with the finished piece as their draft; `write` begins with an empty one."""
    drafting, controls = Drafting(panel), panel.controls
    bars = [controls["bars"]]
    panel.run(go_on.click, present, outputs, before=drafting.extend, extra=bars)
    panel.run(write.click, present, outputs, before=drafting.clear, extra=bars)
    between = [drawn.parts, controls["gap_start"], controls["gap_end"]]
    panel.run(drawn.again.click, present, outputs, before=drafting.revise, extra=between)
    panel.run(drawn.add.click, present, outputs, before=drafting.complete, extra=[controls["style"]])
    counted = [controls["tempo"], controls["time_signature"]]
    panel.run(drawn.accompany.click, present, outputs, before=drafting.accompany, extra=counted)


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
