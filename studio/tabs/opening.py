"""A tune of the artist's own to begin with: a file is heard, shown on the roll, and kept for the next works."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.errors import UnreadableMidi
from pipelines.melody.hearing import Heard, hear
from pipelines.melody.midi import write_midi
from pipelines.melody.opening import show_opening, write_opening
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.published.brought import Brought
from pipelines.melody.transcript import hear_musicxml
from pipelines.params import Knob, build
from studio.keepsakes import find_upload
from studio.panel import QUICK, Panel
from studio.roll import frame_score

MIDI, MUSICXML = (".mid", ".midi"), (".musicxml", ".mxl", ".xml")
HEARD = ("style", "key", "mode", "time_signature", "tempo")  # knobs that take over what is heard


@dataclass(frozen=True)
class Controls:
    """Where a tune is brought, written, taken out again, and told of."""

    upload: Any
    write: Any
    out: Any
    told: Any


def draw_opening(panel: Panel) -> Controls:
    """Draw the row where the tab stands now."""
    with gr.Row(elem_classes=["actions", "minor", "opening"]):
        label = {"label": "music.opening.upload"}
        upload = panel.words.make(
            gr.UploadButton, label, size="sm", file_types=[*MIDI, *MUSICXML], elem_id="music-upload"
        )
        write = panel.button("write", size="sm")
        out = panel.button("opening_out", size="sm", visible=False)
        told = gr.HTML("", elem_classes=["hint"], elem_id="music-opening-told")
    panel.draw("opening_bars")
    return Controls(upload, write, out, told)


def wire_opening(panel: Panel, controls: Controls, sheet: Any) -> Callable[..., dict[str, Any]]:
    """Wire the row; return what puts the opening before a work."""
    taken = [panel.controls[name] for name in HEARD]

    def bring(path: Any, request: gr.Request) -> Iterator[list[Any]]:
        file = find_upload(path)
        if file is None:
            raise UnreadableMidi
        skipped = [gr.skip() for _ in HEARD]
        say = partial(panel.words.say, language=panel.language(request))
        if panel.desk.shelf.peek(panel.art) is None:  # each composer hears with its own ears
            yield [*skipped, say("music.opening.waits", name=file.name[:60]), gr.skip(), gr.skip()]
        composer = panel.desk.shelf.get(panel.art)
        if isinstance(composer, MelodyPipeline):
            brought, told = hear_ours(file, panel.knobs, say)
        else:
            brought, told = hear_theirs(composer, file, say)
        panel.cell(request).kept["opening"] = brought.opening
        values = [brought.values.get(name, gr.skip()) for name in HEARD]
        yield [*values, told, gr.update(visible=True), frame_score(brought.score)]

    def take_out(request: gr.Request) -> list[Any]:
        panel.cell(request).kept.pop("opening", None)
        return ["", gr.update(visible=False)]

    def before(request: gr.Request) -> dict[str, Any]:
        return {"opening": panel.cell(request).kept.get("opening", "")}

    controls.upload.upload(
        panel.shown(bring), controls.upload, [*taken, controls.told, controls.out, sheet],
        show_progress="hidden", api_visibility="private",
    )  # fmt: skip
    controls.out.click(panel.shown(take_out), None, [controls.told, controls.out], **QUICK)
    return before


def read_file(file: Path) -> Heard:
    """Hear a MIDI or MusicXML file as our composer does."""
    read = hear if file.suffix.lower() in MIDI else hear_musicxml
    return read(file.read_bytes())


def show_heard(heard: Heard, knobs: Mapping[str, Knob] | None = None) -> Brought:
    """Return what was heard in our composer's words."""
    values = {
        "style": heard.style, "key": heard.key, "mode": heard.mode, "time_signature": heard.metre,
        "tempo": heard.tempo,
    }  # fmt: skip
    opening = write_opening(heard)
    score = show_opening(build(MelodyParams, values | {"opening": opening}, knobs))
    return Brought(opening, score, values, len(heard.voices))


def hear_ours(file: Path, knobs: Mapping[str, Knob], say: Callable[..., str]) -> tuple[Brought, str]:
    """Return a file as our composer hears it, and the line that says so."""
    heard = read_file(file)
    told = say(
        "music.opening.told", name=file.name[:60], bars=heard.bars, metre=heard.metre,
        tonic=say(f"music.key.{heard.key}"), mode=say(f"music.mode.{heard.mode}"),
    )  # fmt: skip
    return show_heard(heard, knobs), told


def hear_theirs(composer: Any, file: Path, say: Callable[..., str]) -> tuple[Brought, str]:
    """Return a file as a published composer hears it, and the line that says so; MusicXML is played to it."""
    is_midi = file.suffix.lower() in MIDI
    brought = composer.bring(file.read_bytes() if is_midi else write_midi(show_heard(read_file(file)).score))
    told = say(
        "music.opening.read", name=file.name[:60], notes=len(brought.score.notes), instruments=brought.instruments,
        seconds=brought.seconds,
    )  # fmt: skip
    return brought, told
