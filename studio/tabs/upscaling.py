"""Enlarging the picture on the easel: two buttons, a file to save, and a line on what enlarged it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from pipelines.errors import NothingOnEasel
from pipelines.image.enlargement import RESAMPLER, SCALES, enlarge
from pipelines.image.png import write_enlarged
from studio.keepsakes import keep
from studio.panel import Panel
from studio.starts import SHEET, read_marks
from studio.tabs.starts import READ_EASEL, find_strip

UPSCALER = "upscaler"  # the model that enlarges, where the owner has chosen one


def draw_upscaling(panel: Panel, marks: Any) -> None:
    """Draw the buttons where the tab stands now and wire them; `marks` is where the browser says what is shown."""
    panel.aides += (UPSCALER,)
    with gr.Row(elem_classes=["actions", "minor", "extending"]):
        gr.HTML(panel.words.both("painting.upscale"), elem_classes=["hint"])
        buttons = {scale: panel.button(f"upscale_{scale}", size="sm") for scale in SCALES}
        label = {"label": "painting.upscaled"}
        file = panel.words.make(gr.DownloadButton, label, size="sm", visible=False, elem_id="painting-upscaled")
        told = gr.HTML("", elem_classes=["hint"], elem_id="painting-upscaled-by")
    for scale, button in buttons.items():
        button.click(
            panel.shown(_enlarger(panel, scale)), marks, [file, told], js=READ_EASEL, show_progress="hidden",
            concurrency_id="upscaling", concurrency_limit=1, api_visibility="private",
        )  # fmt: skip


def _enlarger(panel: Panel, scale: int) -> Any:
    def work(easel: Any, request: gr.Request) -> Iterator[list[Any]]:
        name = read_marks(easel).picture
        if name in ("", SHEET):
            raise NothingOnEasel
        strip = find_strip(panel.cell(request))
        small, source = strip.open(name), Path(strip.find(name).path)
        model = panel.desk.shelf.peek(UPSCALER)
        by = model.name if model else RESAMPLER
        made: Iterator[tuple[int, int, Image.Image | None]]
        made = model.enlarge(small, scale) if model else iter([(1, 1, enlarge(small, scale))])
        for done, total, large in made:
            if large is None:
                yield [gr.update(visible=False), f"{source.stem} ×{scale} · {by} · {done} / {total}"]
            else:
                file = keep(f"{source.stem}-x{scale}-{by}.png", write_enlarged(source, large, scale, by))
                line = f"{source.stem} ×{scale} · {large.width} × {large.height} px · {by}"
                yield [gr.update(value=file, visible=True), line]

    return work
