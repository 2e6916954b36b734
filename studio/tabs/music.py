"""The music panel: a piece is composed note by note on a piano roll, and played."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.errors import UnreadableTake
from pipelines.melody.audio import render, render_bars, write_mp3, write_wav
from pipelines.melody.midi import MAX_BYTES, read_take, write_midi
from pipelines.melody.musicxml import write_musicxml
from pipelines.melody.params import OTHERS, MelodyParams
from pipelines.melody.score import STYLES
from pipelines.params import narrow
from pipelines.take import Take
from pipelines.weights import read_card
from studio.examples import draw_examples
from studio.keepsakes import keep
from studio.panel import TIMES, Desk, Panel, draw_legend
from studio.performance import View
from studio.roll import frame_score, roll
from studio.tabs.arranging import remember, wire_arranging
from studio.tabs.concert import Concert, open_concert, show_concert
from studio.tabs.drumming import wire_drumming
from studio.tabs.editing import wire_editing
from studio.tabs.mood import draw_mood, wire_mood
from studio.tabs.notation import draw_notation, wire_notation
from studio.tabs.opening import draw_opening, wire_opening
from studio.tabs.revising import draw_revising, wire_revising
from studio.tabs.versions import draw_versions, tell_version, wire_versions

ART = "music"
COUNTS = range(1, int(TIMES.maximum) + 1)


def build_music(desk: Desk, folder: Path) -> Panel:
    """Draw the tab and wire it."""
    panel = Panel(desk, ART, MelodyParams, narrow(MelodyParams.knobs(), read_card(folder)))
    panel.take_readers[".mid"] = read_midi_take
    with gr.Row(elem_classes=["studio"]):
        with gr.Column(elem_classes=["stage"]):
            times = draw_wishes(panel)
            draw_examples(panel)
            mood = draw_mood(panel)
            opening = draw_opening(panel)
            with gr.Row(elem_classes=["actions"]):
                compose = panel.button("compose", variant="primary")
                concert = panel.button("concert")
                stop = panel.button("stop")
            panel.draw_status()
            sheet = roll("music-roll", desk.words)
            with gr.Row(elem_classes=["actions", "minor"]):
                go_on = panel.button("go_on", size="sm")
                versions = draw_versions(panel)
            with gr.Row(elem_classes=["actions"]):
                downloads = [_download(panel, kind) for kind in ("midi", "musicxml", "mp3", "wav")]
            with gr.Row(elem_classes=["ask"]):
                panel.draw("transpose", "speed", "instrument", min_width=160)
            with panel.words.make(gr.Accordion, {"label": "music.band"}, open=False, elem_id="music-band") as band:
                with gr.Row(elem_classes=["ask"]):
                    panel.draw(*OTHERS.values(), min_width=160)
            folded, *notation = draw_notation(panel)
            revising, drums = draw_revising(panel)
        draw_controls(panel)
    panel.need("endless", concert)
    panel.need("style", opening.write, folded)
    panel.need("bass_instrument", band)
    panel.connect()
    outputs = [sheet, *downloads, *notation, versions[1]]
    engraved = wire_notation(panel, notation[0], notation[1])

    def present(view: View[Any], request: gr.Request) -> list[Any]:
        remember(panel, view, request)
        return [*show(view, desk.soundfont), *engraved(view, request), tell_version(panel, request)]

    def present_live(view: View[Any], request: gr.Request) -> list[Any]:
        if view.done:
            return present(view, request)
        return [show_concert(panel, view, request), *[gr.skip()] * (len(outputs) - 1)]

    begin = wire_opening(panel, opening, sheet)
    panel.run(compose.click, present, outputs, before=begin, times=times)
    panel.run(
        concert.click, present_live, outputs, before=lambda request: begin(request) | open_concert(panel, request),
        through=lambda pipeline, _: Concert(pipeline),
    )  # fmt: skip
    wire_mood(panel, mood)
    wire_revising(panel, revising, go_on, opening.write, present, outputs)
    wire_drumming(panel, drums, present, outputs)
    wire_versions(panel, versions, present, outputs)
    wire_editing(panel, sheet, present, outputs, partial(frame_mix, font=desk.soundfont))
    panel.replay(present, outputs)
    wire_arranging(panel, present, outputs)
    panel.stop_with(stop)
    return panel


def draw_wishes(panel: Panel) -> Any:
    """Draw what is asked of a piece as a whole; return how many pieces are."""
    with gr.Row(elem_classes=["ask"]):
        panel.draw("style", "ensemble", "key", "mode", "time_signature", min_width=120)
    with gr.Row(elem_classes=["ask"]):
        panel.draw("form", min_width=120)
        panel.draw("chords", lines=1, min_width=240)
        return panel.words.make(
            gr.Dropdown, {"label": "music.times", "info": "music.times.help"}, choices=list(COUNTS), value=1,
            elem_id="music-times", min_width=120, filterable=False,
        )  # fmt: skip


def draw_controls(panel: Panel) -> None:
    """Draw the column of sliders."""
    with gr.Column(elem_classes=["controls"]):
        draw_legend(panel.words)
        panel.draw("density", "register", "tempo")
        with panel.fold():
            panel.draw("bars", "pace", "temperature", "echo", "top_p", "top_k")
        panel.draw_seed()
        panel.draw_keepsake()


def show(view: View[Any], font: Path | None) -> list[Any]:
    """Return the roll and the files: the notes so far, or the finished piece with its sound."""
    if not view.done:
        return [frame_score(view.step.score), *[gr.skip()] * 4]
    score, name = view.step.finish(), f"triptych-{view.take.seed}"
    midi = keep(f"{name}.mid", write_midi(score, view.take))
    written = keep(f"{name}.musicxml", write_musicxml(score)) if score.style in STYLES else None
    if view.step.params.endless:  # it may be an hour long: a WAV would be too large to hold
        sound = keep(f"{name}.mp3", write_mp3(render_bars(score, font)))
        files = [midi, written, sound, None]
    else:
        samples = render(score, font)
        sound = keep(f"{name}.wav", write_wav(samples))
        files = [midi, written, keep(f"{name}.mp3", write_mp3([samples])), sound]
    return [frame_score(score, sound), *(gr.update(value=file, visible=file is not None) for file in files)]


def frame_mix(view: View[Any], silent: frozenset[int], font: Path | None) -> dict[str, Any]:
    """Return the roll of a finished piece with the sound of those of its voices that aren't silent."""
    score = view.step.finish()
    heard = replace(score, notes=tuple(note for note in score.notes if note.voice not in silent))
    return frame_score(score, keep("mix.wav", write_wav(render(heard, font))))


def read_midi_take(path: Path) -> Take:
    """Read the take inside a MIDI file of ours."""
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableTake
    return read_take(path.read_bytes())


def _download(panel: Panel, kind: str) -> Any:
    words = {"label": f"{ART}.download.{kind}"}
    return panel.words.make(gr.DownloadButton, words, visible=False, elem_id=f"{ART}-download-{kind}")
