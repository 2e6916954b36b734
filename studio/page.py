"""The page: title, language, light and dark, and the list of tabs."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from studio.panel import QUICK, Desk, Panel
from studio.tabs.literature import build_literature
from studio.tabs.music import build_music
from studio.tabs.painting import build_painting
from studio.theme import ASSETS
from studio.words import Words

TABS: dict[str, Callable[[Desk, Path], Panel]] = {
    "literature": build_literature,
    "painting": build_painting,
    "music": build_music,
}

SWITCH_LANGUAGE = "() => window.triptych.speak(window.triptych.language === 'zh' ? 'en' : 'zh')"
SWITCH_LIGHT = "() => { window.triptych.light(); return []; }"
ARRIVE = "() => window.triptych.arrive()"


@dataclass(frozen=True)
class Masthead:
    """What stands above the tabs: the language spoken (hidden), and the two switches."""

    language: Any
    switch: Any
    light: Any


def build_page(desk: Desk, folders: Mapping[str, Path]) -> gr.Blocks:
    """Build the whole page; `folders` say where each art's model is, or will be."""
    spare_descriptions()
    words = desk.words
    with gr.Blocks(title="Triptych", fill_width=True, delete_cache=(600, 24 * 3600), analytics_enabled=False) as page:
        masthead = _draw_masthead(words)
        panels, lines = [], []
        with gr.Tabs(elem_classes=["arts"]):
            for art, build in TABS.items():
                with words.make(gr.Tab, {"label": f"tab.{art}"}, id=art, elem_id=f"tab-{art}", render_children=True):
                    panels.append(build(desk, folders[art]))
                    lines.append(gr.HTML("", elem_classes=["model-line"], elem_id=f"{art}-model"))
        gr.HTML(_draw_foot(words), elem_classes=["foot"])
        clock = gr.Timer(1.0)
        _wire(page, desk, panels, [*lines, clock], masthead)
    return page


def _draw_foot(words: Words) -> str:
    links = {"rules": "foot.rules", **{f"card-{art}": f"foot.card.{art}" for art in TABS}}
    shown = (f'<a href="{name}" target="_blank" rel="noopener">{words.both(key)}</a>' for name, key in links.items())
    return " · ".join([*shown, words.both("foot.files")])


def spare_descriptions() -> None:
    """Keep gradio from describing a component to clients of an API, which we have none of, at each update of it.

    A schema of pydantic's is made for that, which costs more than the rest of the update.
    """
    for kind in (Component, gr.HTML, gr.DownloadButton, gr.UploadButton):
        kind.skip_api = property(lambda _: True)


def _draw_masthead(words: Words) -> Masthead:
    mark = (ASSETS / "favicon.svg").read_text(encoding="utf-8")
    with gr.Row(elem_classes=["masthead"]):
        gr.HTML(f"<h1>{mark}<span>Triptych</span></h1><p>{words.both('tagline')}</p>", elem_classes=["brand"], scale=1)
        light = gr.Button("◐", size="sm", elem_id="light")
        switch = words.make(gr.Button, {"value": "language.other"}, size="sm", elem_id="switch-language")
        language = gr.Textbox("en", visible="hidden", elem_id="language")
    return Masthead(language, switch, light)


def _wire(page: gr.Blocks, desk: Desk, panels: list[Panel], told: list[Any], masthead: Masthead) -> None:
    words = desk.words
    controls = [control for panel in panels for control in panel.fitted]
    statuses = [panel.status for panel in panels]
    tongues = [panel.controls["language"] for panel in panels if "language" in panel.controls]

    def spoken(request: gr.Request) -> str:
        return desk.visitors.find(request.session_hash).language

    def models(request: gr.Request) -> list[Any]:
        shown = [f"<p>{html.escape(panel.describe_model(spoken(request)))}</p>" for panel in panels]
        return [*shown, gr.Timer(active=not desk.shelf.is_settled())]

    def watch(request: gr.Request) -> list[Any]:
        settled = desk.shelf.is_settled()
        fitted = [update for panel in panels for update in panel.refit(spoken(request))] if settled else None
        return [*models(request), *(fitted or [gr.skip()] * len(controls))]

    def speak(wish: Any, request: gr.Request) -> None:
        desk.visitors.find(request.session_hash).language = "zh" if wish == "zh" else "en"

    def arrive(wish: Any, request: gr.Request) -> list[Any]:
        speak(wish, request)
        updates = watch(request)
        for place, control in enumerate(controls, start=len(told)):
            if control in tongues:
                updates[place] = gr.update(value=spoken(request))
        return updates

    def translate(wish: Any, request: gr.Request) -> list[Any]:
        speak(wish, request)
        return [*models(request), *(panel.retell(request) for panel in panels), *words.retell(spoken(request))]

    def leave(request: gr.Request) -> None:
        desk.visitors.forget(request.session_hash)
        desk.house.forget(str(request.session_hash))
        page.state_holder.session_data.pop(request.session_hash, None)  # a megabyte that gradio would keep for an hour
        page.state_holder.time_last_used.pop(request.session_hash, None)

    page.load(arrive, masthead.language, [*told, *controls], js=ARRIVE, **QUICK)
    told[-1].tick(watch, None, [*told, *controls], **QUICK)
    masthead.switch.click(translate, masthead.language, [*told, *statuses, *words.told], js=SWITCH_LANGUAGE, **QUICK)
    masthead.light.click(None, None, None, js=SWITCH_LIGHT, api_visibility="private")
    page.unload(leave)
