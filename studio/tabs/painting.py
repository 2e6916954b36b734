"""The painting panel: words become a picture that clears before the artist's eyes."""

from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.image.card import read_image_card
from pipelines.image.explore import LEANS
from pipelines.image.foreign import FILES, Fit, fit, read_recipe
from pipelines.image.guard import is_held_back
from pipelines.image.params import ImageParams
from pipelines.image.png import read_png_take, write_png
from pipelines.params import Range, narrow
from studio.easel import draw_strip, easel, frame_pictures
from studio.examples import draw_examples
from studio.foreign import filler
from studio.keepsakes import keep
from studio.panel import Desk, Panel, draw_legend
from studio.performance import View
from studio.swatches import draw_swatches
from studio.tabs.addons import draw_lines, draw_loras, wire_lines
from studio.tabs.enrichment import draw_enrichment
from studio.tabs.grid import draw_grid, wire_grid
from studio.tabs.lexicon import draw_known_words, draw_reading, wire_reading
from studio.tabs.live import draw_live, frames_for, wire_live
from studio.tabs.smaller import draw_smaller, wire_smaller
from studio.tabs.starts import draw_starts, find_strip, sheet_for, wire_starts
from studio.tabs.upscaling import draw_upscaling

ART = "painting"


def build_painting(desk: Desk, folder: Path) -> Panel:
    """Draw the tab for the model in `folder` and wire it."""
    panel = Panel(desk, ART, ImageParams, narrow(ImageParams.knobs(), read_image_card(folder)))
    panel.take_readers[".png"] = read_png_take
    panel.foreign_files = FILES
    with gr.Row(elem_classes=["studio"]):
        with gr.Column(elem_classes=["stage"]):
            panel.draw("prompt", lines=2, max_lines=6)
            reading = draw_reading()
            with gr.Row(elem_classes=["prompting"]):
                draw_enrichment(panel, folder)
                draw_examples(panel)
            with gr.Row(elem_classes=["actions"]):
                paint, stop = panel.button("paint", variant="primary"), panel.button("stop")
                smaller = draw_smaller(panel)
                live = draw_live(panel)
            panel.draw_status()
            picture = easel("painting-easel", desk.words, frames_for(panel))
            panel.draw("strength")
            lines = draw_lines(panel)
            with gr.Row(elem_classes=["actions"]):
                downloads = [_download(panel, index) for index in range(_most_pictures(panel))]
            starts = draw_starts(panel)
            draw_upscaling(panel, starts.marks)
            strip = draw_strip("painting-strip", desk.words, sheet_for(panel))
            grid = draw_grid(panel)
        with gr.Column(elem_classes=["controls"]):
            _draw_controls(panel, folder)
    panel.connect()
    outputs = [picture, strip, *downloads]
    show = _shower(panel, len(downloads))
    wire_reading(panel, reading)
    wire_starts(panel, starts, paint, show, outputs)
    wire_smaller(panel, smaller, show, outputs)
    wire_live(panel, live, stop, show, outputs)
    wire_lines(panel, lines, starts, paint)
    wire_grid(panel, grid, starts.marks, show, outputs)

    def read(path: Path) -> Fit:
        return fit(read_recipe(path), panel.knobs)

    panel.replay(show, outputs, fill=filler(panel, read, len(outputs)))
    panel.stop_with(stop)
    return panel


def _draw_controls(panel: Panel, folder: Path) -> None:
    draw_legend(panel.words)
    panel.draw("style")
    draw_swatches(panel, "style")
    panel.draw("palette")
    draw_swatches(panel, "palette")
    panel.draw("palette_strength")
    draw_loras(panel)
    panel.draw("guidance_scale", "num_inference_steps", "aspect_ratio", "num_images")
    with panel.words.make(gr.Accordion, {"label": "painting.open"}, open=False, elem_id="painting-open"):
        panel.draw(*LEANS, "seed_walk")
    with panel.fold():
        panel.draw("negative_prompt", lines=2)
        panel.draw("prompt_b", lines=2)
        panel.draw("prompt_mix", "sampler", "size", "tiling", "live_steps")
    panel.draw_seed()
    draw_known_words(panel.words, folder)
    panel.draw_keepsake()


def _download(panel: Panel, index: int) -> Any:
    words = {"label": f"painting.download.{index + 1}"}
    return panel.words.make(gr.DownloadButton, words, visible=False, elem_id=f"painting-download-{index + 1}")


def _most_pictures(panel: Panel) -> int:
    domain = panel.knobs["num_images"].domain
    assert isinstance(domain, Range)
    return int(domain.maximum)


def _shower(panel: Panel, slots: int) -> Any:
    def show(view: View[Any], request: gr.Request) -> list[Any]:
        if not view.done:
            shown = frame_pictures(view.step.previews) if view.step.previews else gr.skip()
            return [shown, gr.skip(), *[gr.skip()] * slots]
        pictures = view.step.finish()
        if not pictures:  # stopped before a server sent any
            return [gr.skip()] * (2 + slots)
        strip = find_strip(panel.cell(request))
        pipeline = panel.desk.shelf.get(ART)
        hashes = pipeline.tell_hashes(ImageParams(**view.take.params))
        names, files = [], []
        if held := sum(map(is_held_back, pictures)):
            gr.Warning(panel.words.say("painting.held_back", panel.language(request), count=held))
        if held == len(pictures):
            return [frame_pictures(pictures, [""] * held, held=True), *[gr.skip()] * (1 + slots)]
        for index, picture in enumerate(pictures):
            if is_held_back(picture):
                continue
            seed = view.take.seed + index
            png = write_png(picture, view.take, index, pipeline.sampler, hashes)
            files.append(keep(f"triptych-{seed}.png", png))
            names.append(strip.add(files[-1], picture, seed))
        strip.find(names[0])
        shown = [gr.update(value=file, visible=True) for file in files]
        rest = [gr.update(visible=False)] * (slots - len(shown))
        passed = [picture for picture in pictures if not is_held_back(picture)]
        return [frame_pictures(passed, names, held=held > 0), strip.frame(), *shown, *rest]

    return show
