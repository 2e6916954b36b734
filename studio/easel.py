"""The easel: pictures shown as they clear, and a start to draw on; below it, a strip of the visitor's pictures."""

import base64
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from PIL import Image

from studio.theme import ASSETS
from studio.words import Words

JPEG_QUALITY = 90
INKS = ("#1f1b18", "#ffffff", "#b9502f", "#e8b54a", "#4f7f4a", "#4a84b8", "#23305c", "#8a6a4c")


def easel(elem_id: str, words: Words, frame: Callable[[Any], dict[str, Any]]) -> Any:
    """Build an easel; its value is what `frame_pictures` and `frame_start` return; live, it asks `frame` for more."""
    say = words.both
    tools = "".join(_button("tool", name, say(f"easel.{name}")) for name in ("mask", "colour", "erase"))
    acts = "".join(_button("act", name, say(f"easel.{name}")) for name in ("undo", "clear", "invert", "result"))
    inks = "".join(
        f'<button type="button" data-ink="{ink}" style="--ink:{ink}" title="{ink}"></button>' for ink in INKS
    )
    template = f"""
<div class="easel" data-count="0" data-held="no" data-mode="look" data-start="no">
  <p class="easel-note easel-empty">{say("easel.empty")}</p>
  <div class="easel-look"></div>
  <p class="easel-note easel-held">{say("easel.held")}</p>
  <p class="easel-pace" role="status" hidden>{say("easel.pace")} <b></b></p>
  <div class="easel-board">
    <span class="roll-name" id="{elem_id}-board">{say("easel.board")}</span>
    <canvas tabindex="0" role="application" aria-labelledby="{elem_id}-board"></canvas>
    <div class="easel-tip" hidden></div>
  </div>
  <div class="easel-tools">
    <span class="easel-brush">{tools}
      <span class="easel-inks">{inks}<input type="color" value="{INKS[2]}" title="{INKS[2]}"></span>
      <label>{say("easel.size")}<input type="range" data-tool-size min="2" max="60" step="1" value="16"></label>
      {acts}</span>
    {_button("act", "back", say("easel.back"))}{_button("act", "leave", say("easel.leave"))}
  </div>
</div>"""
    return _component(elem_id, template, "strokes.js", "easel.js", "live.js", functions=[frame])


def draw_strip(elem_id: str, words: Words, sheet: Callable[[Any], str]) -> Any:
    """Build a strip; its value is what `Strip.frame` returns, and it triggers `pick` with a picture's `id`.

    `sheet` returns the address of all its pictures on one sheet.
    """
    template = f"""
<div class="strip-frame" hidden>
  <span class="hint" id="{elem_id}-name">{words.both("easel.strip")}</span>
  <div class="strip" role="group" aria-labelledby="{elem_id}-name"></div>
  <button type="button" data-sheet>{words.both("easel.contact")}</button>
</div>"""
    return _component(elem_id, template, "strip.js", functions=[sheet])


def _button(kind: str, name: str, words: str) -> str:
    return f'<button type="button" data-{kind}="{name}">{words}</button>'


def _component(elem_id: str, template: str, *scripts: str, functions: Sequence[Any] = ()) -> Any:
    return gr.HTML(
        value="",
        html_template=template,
        css_template="",
        js_on_load="\n".join((ASSETS / "easel" / name).read_text(encoding="utf-8") for name in scripts),
        server_functions=list(functions) or None,
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def frame_pictures(pictures: Sequence[Image.Image], ids: Sequence[str] = (), *, held: bool = False) -> str:
    """Return pictures to look at; those that can be painted from have `ids`. Where any were held back, that is said."""
    frames = [write_jpeg(picture) for picture in pictures]
    return json.dumps({"kind": "look", "frames": frames, "ids": list(ids), "held": held})


def frame_start(picture: Image.Image, name: str) -> str:
    """Return a picture to draw on and paint from."""
    return json.dumps({"kind": "start", "frames": [write_jpeg(picture)], "ids": [name], "size": picture.size})


def write_jpeg(picture: Image.Image, quality: int = JPEG_QUALITY) -> str:
    """Return a picture as a JPEG's data address, small enough to send ten times a second."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, format="JPEG", quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
