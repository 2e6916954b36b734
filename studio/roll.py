"""The piano roll: notes drawn as they are composed, and played back with a moving playhead."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from pipelines.melody.audio import length_seconds
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, TONICS, Score
from studio.theme import ASSETS
from studio.words import Words

CONCERT_BARS = 16  # on the roll while a piece is played live


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
        js_on_load="".join((ASSETS / name).read_text(encoding="utf-8") for name in ("stream.js", "roll.js")),
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def frame_score(score: Score, sound: str | None = None) -> dict[str, Any]:
    """Return what the roll shows: the notes so far, and the path of the sound once there is one."""
    return {"score": json.dumps(_tell(score)), "sound": _serve(sound) if sound else None}


def frame_concert(score: Score, done: int, sounds: Mapping[int, str]) -> dict[str, Any]:
    """Return what the roll shows of a piece played live: its last bars, and the sound of its newest ones by bar.

    `done` bars are composed; when a bar sounds is counted in seconds from the beginning of the piece.
    """
    first, bar = max(0, done - CONCERT_BARS), BAR_TICKS[score.metre]
    stream = [{"bar": at, "at": score.seconds_at(at * bar), "sound": _serve(path)} for at, path in sounds.items()]
    body = _tell(replace(score, bars=max(CONCERT_BARS, done)), first)
    return {"score": json.dumps(body), "sound": None, "stream": stream}


def _tell(score: Score, first: int = 0) -> dict[str, Any]:
    """Describe a score from its bar `first` on; `times` are ticks with their seconds, between which the tempo stays."""
    bar = BAR_TICKS[score.metre]
    since = first * bar
    turns = (since, *(at * bar for at, _ in score.tempo_changes if at > first), score.length_ticks)
    notes = (n for n in score.notes if n.start_ticks >= since)
    return {
        "first": first,
        "bars": score.bars - first,
        "bar": bar,
        "beat": BEAT_TICKS[score.metre],
        "seconds": length_seconds(score),
        "times": [[ticks - since, score.seconds_at(ticks)] for ticks in turns],
        "tonic": TONICS.index(score.key),
        "notes": ";".join(f"{n.start_ticks - since},{n.length_ticks},{n.pitch},{n.voice}" for n in notes),
    }


def _serve(path: str) -> dict[str, Any]:
    served: dict[str, Any] = FileData(path=path, mime_type=f"audio/{path.rsplit('.', 1)[1]}").model_dump()
    return served
