"""Notes changed by hand on the roll: the piece, its sound and its files follow, and so does its take."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from pipelines.errors import NothingToRevise, UnreadableEdits
from pipelines.melody.edits import MAX_EDITS, find_edits
from pipelines.melody.expression import loudness
from pipelines.melody.pipeline import MelodyStep
from pipelines.melody.score import ACCOMPANIMENT, DRUMS, Tone, shift_from_tonic
from studio.panel import Panel, Show
from studio.performance import View
from studio.roll import is_editable, tell_of

NOTES = re.compile(r"\d{1,6},\d{1,5},\d{1,3},[0-5],\d{1,3}", re.ASCII)
MOST_NOTES = 20_000
ALL_VOICES = range(DRUMS + 1)


def wire_editing(panel: Panel, sheet: Any, present: Show, outputs: Sequence[Any], sound: Callable[..., Any]) -> None:
    """Let the roll change the finished piece, and mute voices; `sound(view, silent)` returns the roll of a mix."""

    def edit(event: gr.EventData, request: gr.Request) -> list[Any]:
        view = find_editable(panel, request)
        params = view.step.params
        shift = shift_from_tonic(params.key) + params.transpose
        changed = change(view, read_notes(tell_of(event, "notes"), shift, params.time_signature))
        shown = panel.present(changed, present, request)
        whole = sound(changed, silent(request)) if silent(request) else shown[0]
        return [whole | {"edition": read_edition(event)}, *shown[1:]]

    def mix(event: gr.EventData, request: gr.Request) -> Any:
        chosen = {voice for voice in ALL_VOICES if str(voice) in str(tell_of(event, "silent")).split(",")}
        panel.cell(request).kept["silent"] = frozenset(chosen)
        return sound(find_editable(panel, request), silent(request)) | {"edition": read_edition(event)}

    def silent(request: gr.Request) -> frozenset[int]:
        voices: frozenset[int] = panel.cell(request).kept.get("silent", frozenset())
        return voices

    looks: dict[str, Any] = {
        "trigger_mode": "always_last", "show_progress": "hidden", "concurrency_id": "arranging",
        "concurrency_limit": 1, "api_visibility": "private",
    }  # fmt: skip
    sheet.edit(panel.shown(edit), None, [*outputs, panel.status, panel.seed, panel.recipe], **looks)
    sheet.mix(panel.shown(mix), None, sheet, **looks)


def find_editable(panel: Panel, request: gr.Request) -> View[MelodyStep]:
    """Return the visitor's finished piece; raise NothingToRevise where there is none that can be changed by hand."""
    view: View[MelodyStep] | None = panel.cell(request).kept.get("finished")
    if view is None or not is_editable(view.step.finish()):
        raise NothingToRevise
    return view


def change(view: View[MelodyStep], tones: Collection[Tone]) -> View[MelodyStep]:
    """Return a finished piece with these tones in place of its own; raise UnreadableEdits."""
    edits = find_edits(view.step.sketch, tones)
    if len(edits) > MAX_EDITS:
        raise UnreadableEdits
    step = replace(view.step, params=replace(view.step.params, edits=edits))
    return replace(view, step=step, take=replace(view.take, params={**view.take.params, "edits": edits}))


def read_notes(text: object, shift: int, metre: str) -> list[Tone]:
    """Return the tones that the roll shows, `start,length,pitch,voice,velocity` each, `shift` semitones lower.

    Raises UnreadableEdits.
    """
    lines = str(text).split(";") if text else []
    if len(lines) > MOST_NOTES or not all(map(NOTES.fullmatch, lines)):
        raise UnreadableEdits
    tones = []
    for line in lines:
        start, length, pitch, voice, velocity = map(int, line.split(","))
        if voice != ACCOMPANIMENT:
            own = 0 if velocity == loudness(voice, start, metre) else velocity
            tones.append(Tone(start, voice, pitch if voice == DRUMS else pitch - shift, length, own))
    return tones


def read_edition(event: gr.EventData) -> int:
    """Return how many changes the page had made when it sent this one."""
    told = tell_of(event, "edition")
    return told if isinstance(told, int) else 0
