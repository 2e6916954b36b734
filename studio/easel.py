"""The easel: pictures shown as they clear, each frame put in place of the last without a blank between."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import gradio as gr
from PIL import Image

SEPARATOR = "\x1e"
JPEG_QUALITY = 90
SCRIPT = """
const easel = element.querySelector('.easel');
const put = () => {
  const frames = (props.value || '').split('\\x1e').filter((frame) => frame.startsWith('data:image/jpeg;base64,'));
  while (easel.children.length > frames.length) easel.lastChild.remove();
  while (easel.children.length < frames.length) easel.append(document.createElement('img'));
  frames.forEach((frame, index) => {
    easel.children[index].alt = String(index + 1);
    easel.children[index].src = frame;
  });
  easel.dataset.count = frames.length;
};
watch('value', put);
put();
"""


def easel(elem_id: str) -> Any:
    """Build an easel; its value is what `frame_pictures` returns."""
    return gr.HTML(
        value="",
        html_template='<div class="easel" data-count="0"></div>',
        js_on_load=SCRIPT,
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def frame_pictures(pictures: Sequence[Image.Image]) -> str:
    """Return the pictures as JPEG data addresses, parted by U+001E."""
    return SEPARATOR.join(_frame(picture) for picture in pictures)


def _frame(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.convert("RGB").save(file, format="JPEG", quality=JPEG_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
