"""The piano roll: notes drawn as they are composed, and played back with a moving playhead."""

import json
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from pipelines.melody.audio import length_seconds
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, TONICS, Score
from studio.theme import ASSETS
from studio.words import Words


def roll(elem_id: str, words: Words) -> Any:
    """Build a piano roll; its value is what `frame_score` returns."""
    template = f"""
<div class="roll" data-playing="no" data-notes="0">
  <div class="roll-scroll" tabindex="0" role="group" aria-labelledby="{elem_id}-name">
    <span class="roll-name" id="{elem_id}-name">{words.both("music.roll")}</span>
    <canvas></canvas>
  </div>
  <div class="roll-deck">
    <button type="button" disabled><span class="roll-play">{words.both("music.play")}</span
      ><span class="roll-pause">{words.both("music.pause")}</span></button>
    <span class="roll-name" id="{elem_id}-seek">{words.both("music.seek")}</span>
    <input type="range" min="0" max="1" step="0.01" value="0" disabled aria-labelledby="{elem_id}-seek">
    <output>0:00 / 0:00</output>
  </div>
  <audio preload="auto"></audio>
</div>"""
    return gr.HTML(
        value=None,
        html_template=template,
        css_template="",
        js_on_load=(ASSETS / "roll.js").read_text(encoding="utf-8"),
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def frame_score(score: Score, sound: str | None = None) -> dict[str, Any]:
    """Return what the roll shows: the notes so far, and the path of the sound once there is one."""
    body = {
        "bars": score.bars,
        "bar": BAR_TICKS[score.metre],
        "beat": BEAT_TICKS[score.metre],
        "seconds": length_seconds(score),
        "tonic": TONICS.index(score.key),
        "notes": ";".join(f"{n.start_ticks},{n.length_ticks},{n.pitch},{n.voice}" for n in score.notes),
    }
    file = FileData(path=sound, mime_type="audio/wav").model_dump() if sound else None
    return {"score": json.dumps(body), "sound": file}
