"""The piano roll: notes drawn as they are composed, played back, and changed by hand."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from pipelines.melody.audio import length_seconds
from pipelines.melody.gap import PARTS
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, STYLES, TONICS, Score
from studio.theme import ASSETS
from studio.words import Words

CONCERT_BARS = 16  # on the roll while a piece is played live
MOST_BARS = 128  # of a piece that is changed by hand: each change renders its sound again
SCRIPTS = ("stream.js", "piece.js", "view.js", "edit.js", "deck.js")
SNAPS = {"1/1": 96, "1/2": 48, "1/4": 24, "1/8": 12, "1/16": 6, "1/8 T": 8}  # the last is the triplet's
SAID = ("moved", "resized", "removed", "added", "louder", "softer", "undone", "redone")
ACTS = ("undo", "redo", "remove", "duplicate", "louder", "softer")
BLACK = (1, 3, 6, 8, 10)
KEYBOARD = range(60, 84)


def roll(elem_id: str, words: Words) -> Any:
    """Build a piano roll; its value is what `frame_score` returns.

    It triggers `edit`, with all its `notes` and the number of this change, its `edition`, and `mix`, with the voices
    that are to be `silent`.
    """
    say = words.both
    template = f"""
<div class="roll" data-playing="no" data-notes="0" data-editable="no" data-tool="select">
  <div class="roll-tools">
    <span>{_button("tool", "select", say("roll.select"))}{_button("tool", "draw", say("roll.draw"))}</span>
    <span>{"".join(_button("do", act, say(f"roll.{act}")) for act in ACTS)}</span>
    <label>{say("roll.snap")} <select data-snap>{_list_snaps()}</select></label>
    <span>{_zoom("narrower", "−", words)}{_zoom("wider", "+", words)}</span>
  </div>
  <div class="roll-scroll" tabindex="0" role="application" aria-labelledby="{elem_id}-name">
    <span class="roll-name" id="{elem_id}-name">{say("music.roll")}</span>
    <canvas></canvas>
  </div>
  <div class="roll-voices">{"".join(_draw_voice(voice, words) for voice in range(len(PARTS)))}</div>
  <div class="roll-deck">
    <button type="button" disabled><span class="roll-play">{say("music.play")}</span
      ><span class="roll-pause">{say("music.pause")}</span></button>
    <span class="roll-name" id="{elem_id}-seek">{say("music.seek")}</span>
    <input type="range" min="0" max="1" step="0.01" value="0" disabled aria-labelledby="{elem_id}-seek">
    <output>0:00 / 0:00</output>
  </div>
  <div class="roll-write">
    <div class="roll-keys" tabindex="0" role="group" aria-labelledby="{elem_id}-keys">
      <span class="roll-name" id="{elem_id}-keys">{say("roll.keys")}</span>{"".join(map(_draw_key, KEYBOARD))}
    </div>
    <span>{_button("do", "back", say("roll.back"))}{_button("do", "rest", say("roll.rest"))}</span>
    <p class="hint">{say("roll.help")}</p>
  </div>
  <p class="roll-said roll-name" role="status" aria-live="polite"></p>
  {"".join(f'<span hidden data-said="{word}">{say(f"roll.said.{word}")}</span>' for word in SAID)}
  <audio preload="auto"></audio>
</div>"""
    return gr.HTML(
        value=None,
        html_template=template,
        css_template="",
        js_on_load="\n".join((ASSETS / "roll" / name).read_text(encoding="utf-8") for name in SCRIPTS),
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def _button(kind: str, name: str, shown: str) -> str:
    return f'<button type="button" data-{kind}="{name}">{shown}</button>'


def _zoom(name: str, sign: str, words: Words) -> str:
    return _button("do", name, f'{sign}<span class="roll-name">{words.both(f"roll.{name}")}</span>')


def _list_snaps() -> str:
    chosen = {"1/8": " selected"}
    return "".join(f'<option value="{ticks}"{chosen.get(name, "")}>{name}</option>' for name, ticks in SNAPS.items())


def _draw_voice(voice: int, words: Words) -> str:
    name = words.both(f"music.part.{PARTS[voice]}")
    mute, solo = words.both("roll.mute"), words.both("roll.solo")
    return f"""
<span class="roll-voice" data-voice="{voice}" style="--own: var(--voice-{voice})" hidden>
  <button type="button" data-pen="{voice}"><i></i>{name}</button>
  <button type="button" data-mute="{voice}">{mute}</button><button type="button" data-solo="{voice}">{solo}</button>
</span>"""


def _draw_key(pitch: int) -> str:
    kind = "black" if pitch % 12 in BLACK else "white"
    name = f"C{pitch // 12 - 1}" if pitch % 12 == 0 else ""
    return f'<button type="button" tabindex="-1" class="{kind}" data-pitch="{pitch}">{name}</button>'


def frame_score(score: Score, sound: str | None = None) -> dict[str, Any]:
    """Return what the roll shows: the notes so far, and the path of the sound once there is one."""
    body = _tell(score) | {"editable": sound is not None and is_editable(score)}
    return {"score": json.dumps(body), "sound": _serve(sound) if sound else None}


def tell_of(event: gr.EventData, name: str) -> Any:
    """Return what a component's event says under a name; None where it says nothing of it, which a stranger's may."""
    return event._data.get(name) if isinstance(event._data, dict) else None


def is_editable(score: Score) -> bool:
    """Tell whether a finished piece can be changed by hand: one of our composer's, of at most MOST_BARS."""
    return score.style in STYLES and score.bars <= MOST_BARS


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
    bars, bar, beat = score.pulse or (score.bars, BAR_TICKS[score.metre], BEAT_TICKS[score.metre])
    since = first * bar
    turns = (since, *(at * bar for at, _ in score.tempo_changes if at > first), score.length_ticks)
    notes = (n for n in score.notes if n.start_ticks >= since)
    return {
        "first": first,
        "bars": bars - first,
        "bar": bar,
        "beat": beat,
        "snaps": score.pulse is None,
        "seconds": length_seconds(score),
        "times": [[ticks - since, score.seconds_at(ticks)] for ticks in turns],
        "tonic": TONICS.index(score.key),
        "voices": [voice for voice, _ in score.programs],
        "notes": ";".join(f"{n.start_ticks - since},{n.length_ticks},{n.pitch},{n.voice},{n.velocity}" for n in notes),
    }


def _serve(path: str) -> dict[str, Any]:
    served: dict[str, Any] = FileData(path=path, mime_type=f"audio/{path.rsplit('.', 1)[1]}").model_dump()
    return served
