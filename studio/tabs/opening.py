"""A tune of the artist's own to begin with: a file is heard, shown on the roll, and kept for the next works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipelines.errors import UnreadableMidi
from pipelines.melody.hearing import Heard, hear
from pipelines.melody.opening import show_opening, write_opening
from pipelines.melody.params import MelodyParams
from pipelines.melody.published.events import PER_SECOND, read_text, write_score
from pipelines.melody.published.pipeline import PublishedPipeline
from pipelines.melody.transcript import hear_musicxml
from pipelines.params import build
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

    def bring(path: Any, request: gr.Request) -> list[Any]:
        file = find_upload(path)
        if file is None:
            raise UnreadableMidi
        composer = panel.desk.shelf.peek(panel.art)
        if isinstance(composer, PublishedPipeline):
            opening = composer.read_midi(file.read_bytes())
            panel.cell(request).kept["opening"] = opening
            events = read_text(opening)
            end = max(event.time + event.length for event in events)
            told = panel.words.say(
                "music.opening.read", panel.language(request), name=file.name[:60], notes=len(events),
                instruments=len({event.instrument for event in events}), seconds=round(end / PER_SECOND),
            )  # fmt: skip
            return [*(gr.skip() for _ in HEARD), told, gr.update(visible=True), frame_score(write_score(events, end))]
        read = hear if file.suffix.lower() in MIDI else hear_musicxml
        heard = read(file.read_bytes())
        opening = write_opening(heard)
        panel.cell(request).kept["opening"] = opening
        values = {
            "style": heard.style, "key": heard.key, "mode": heard.mode, "time_signature": heard.metre,
            "tempo": heard.tempo,
        }  # fmt: skip
        shown = show_opening(build(MelodyParams, values | {"opening": opening}, panel.knobs))
        return [
            *(values[name] for name in HEARD),
            tell(panel, heard, file.name, request),
            gr.update(visible=True),
            frame_score(shown),
        ]

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


def tell(panel: Panel, heard: Heard, name: str, request: gr.Request) -> str:
    """Return the line that says what was heard."""
    say, language = panel.words.say, panel.language(request)
    return say(
        "music.opening.told", language, name=name[:60], bars=heard.bars, metre=heard.metre,
        tonic=say(f"music.key.{heard.key}", language), mode=say(f"music.mode.{heard.mode}", language),
    )  # fmt: skip
