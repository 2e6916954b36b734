"""The literature panel: a page the artist writes on, and a model that goes on from there."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.params import Choice, Text, build, narrow
from pipelines.take import Take
from pipelines.text.manuscript import read_manuscript
from pipelines.text.params import TextParams
from pipelines.weights import read_card
from studio.advice import PAGE, answer, answer_look, read_look, read_question
from studio.chorus import Chorus, spread_values
from studio.examples import draw_examples
from studio.export import FORMATS, export
from studio.live import Live
from studio.margin import frame_voices, frame_written, margin
from studio.panel import QUICK, Desk, Panel, draw_legend
from studio.performance import View

ART = "literature"
WORDS = "words"  # the model that offers other words, where the owner has chosen one
VOICES = 3
SPREADS = ("seed", "temperature", "top_p", "repetition_penalty")
MOODS = {
    "restrained": {"temperature": 0.5, "top_p": 0.85, "min_p": 0.1},
    "balanced": {"temperature": 0.75, "top_p": 0.95, "min_p": 0.05},
    "wild": {"temperature": 1.15, "top_p": 1.0, "min_p": 0.02},
}


def build_literature(desk: Desk, folder: Path) -> Panel:
    """Draw the tab for the model in `folder` and wire it."""
    panel = Panel(desk, ART, TextParams, narrow(TextParams.knobs(), read_card(folder)))
    with gr.Row(elem_classes=["studio"]):
        with gr.Column(elem_classes=["stage"]):
            panel.draw("prompt", lines=2, max_lines=6)
            draw_examples(panel)
            buttons = _draw_buttons(panel)
            panel.draw_status()
            page = desk.words.make(
                gr.Textbox, {"label": "literature.page", "placeholder": "literature.page.placeholder"},
                lines=18, max_lines=40, elem_classes=["paper"], elem_id="literature-page", autoscroll=True,
            )  # fmt: skip
            beside = margin("literature-margin", desk.words)
            looked = gr.Textbox(visible="hidden")
        with gr.Column(elem_classes=["controls"]):
            draw_legend(desk.words)
            panel.draw("form", "verse_form", "language")
            panel.draw("title", lines=1)
            panel.draw("temperature", "max_tokens")
            _draw_moods(panel)
            with panel.fold():
                panel.draw("memory", "note", "stop_words", "banned_words")
                panel.draw("top_p", "top_k", "min_p", "repetition_penalty")
                spread = desk.words.make(
                    gr.Dropdown, {"label": "literature.spread", "info": "literature.spread.help", "choices": _spreads},
                    value=SPREADS[0], elem_id="literature-spread",
                )  # fmt: skip
            panel.draw_seed()
            panel.draw_keepsake()
    panel.aides = (WORDS,)
    panel.connect()
    _wire_writing(panel, page, beside, buttons)
    _wire_chorus(panel, page, beside, buttons["chorus"], spread)
    _wire_asking(panel, beside)
    _wire_looking(panel, beside, looked)
    _wire_outline(panel)
    panel.stop_with(buttons["stop"])
    panel.stop_with(buttons["undo"])
    for name in ("undo", "redo"):
        js = f"() => {{ window.triptych.page.{name}(); return []; }}"
        buttons[name].click(None, None, None, js=js, api_visibility="private")
    _wire_saving(panel, page, buttons["download"], buttons["format"], buttons["parcel"])
    return panel


def _read_end(panel: Panel, page: str) -> str:
    """Return as much of a page's end as may be read on from."""
    domain = panel.knobs["prompt"].domain
    assert isinstance(domain, Text)
    return page[-domain.max_length :]


def _spreads() -> list[tuple[str, str]]:
    return [("literature.spread.seed" if name == "seed" else f"literature.{name}", name) for name in SPREADS]


def _draw_buttons(panel: Panel) -> dict[str, Any]:
    with gr.Row(elem_classes=["actions"]):
        made = {"write": panel.button("write", variant="primary")}
        made |= {name: panel.button(name) for name in ("continue", "retry", "chorus", "stop")}
    with gr.Row(elem_classes=["actions", "minor"]):
        made |= {name: panel.button(name, size="sm") for name in ("undo", "redo")}
        made["format"] = panel.words.make(
            gr.Dropdown, {"choices": lambda: [(f"literature.format.{name}", name) for name in FORMATS]},
            value=FORMATS[0], show_label=False, container=False, elem_id="literature-format", min_width=130,
        )  # fmt: skip
        made["download"] = panel.button("download", size="sm")
        made["parcel"] = gr.Textbox(visible="hidden")
    return made


def _draw_moods(panel: Panel) -> None:
    with gr.Row(elem_classes=["chips"]):
        for name, values in MOODS.items():
            panel.example_chips.append((panel.button(name, size="sm"), values))


def _wire_writing(panel: Panel, page: Any, beside: Any, buttons: dict[str, Any]) -> None:
    def show(view: View[Any], request: gr.Request) -> list[Any]:
        kept = panel.cell(request).kept
        start = kept["told"]
        kept["told"] += len(view.fresh)
        told = frame_written(
            run=kept["work"], opening=kept["opening"], text=view.step.text, start=start,
            tokens=view.fresh, fallen=view.step.fallen, done=view.done,
        )  # fmt: skip
        return [told]

    def open_work(request: gr.Request, opening: str | None) -> None:
        kept = panel.cell(request).kept
        kept.update(opening=opening, told=0, work=time.time_ns() // 1_000_000)

    def open_page(request: gr.Request, prompt: object) -> dict[str, Any]:
        open_work(request, str(prompt))
        return {}

    def continue_page(request: gr.Request, text: object) -> dict[str, Any]:
        open_work(request, None)
        return {"prompt": _read_end(panel, PAGE.check("page", text))}

    def open_take(request: gr.Request, take: Take) -> None:
        open_work(request, str(take.params["prompt"]))

    panel.run(buttons["write"].click, show, [beside], before=open_page, extra=[panel.controls["prompt"]])
    panel.run(buttons["continue"].click, show, [beside], before=continue_page, extra=[page])
    back = buttons["retry"].click(None, None, page, js="() => window.triptych.page.retry()", api_visibility="private")
    panel.run(back.then, show, [beside], before=continue_page, extra=[page], fresh_seed=True)
    panel.replay(show, [beside], before=open_take)


def _wire_chorus(panel: Panel, page: Any, beside: Any, button: Any, spread: Any) -> None:
    def sing(pipeline: Any, cell: Live[Any]) -> Chorus:
        name = cell.kept["spread"]
        return Chorus(pipeline, VOICES, None if name == "seed" else panel.knobs[name])

    def show(view: View[Any], request: gr.Request) -> list[Any]:
        kept = panel.cell(request).kept
        name = kept["spread"]
        values = () if name == "seed" else spread_values(panel.knobs[name], VOICES)
        labels = [panel.words.say(f"literature.{name}", panel.language(request)) + f" {value:g}" for value in values]
        texts = ["" if voice is None else voice.text for voice in view.step.voices]
        return [frame_voices(texts=texts, labels=labels or [""] * VOICES, done=view.done)]

    def open_chorus(request: gr.Request, text: object, name: object) -> dict[str, Any]:
        panel.cell(request).kept["spread"] = Choice(SPREADS).check("spread", name)
        return {"prompt": _read_end(panel, PAGE.check("page", text))}

    panel.run(button.click, show, [beside], before=open_chorus, extra=[page, spread], through=sing)


def _wire_asking(panel: Panel, beside: Any) -> None:
    names = list(panel.controls)

    def answer_page(event: gr.EventData, request: gr.Request, *values: Any) -> Iterator[str]:
        question = read_question(event._data)
        cell = panel.cell(request)
        cell.ask("advice")
        run = cell.take_turn("advice")
        pipeline = panel.desk.shelf.get(ART)
        chosen = dict(zip(names, values, strict=True)) | {"prompt": _read_end(panel, question.model_page)}
        params = build(TextParams, chosen, panel.knobs)
        panel.desk.house.manners.check_params(params)
        for told in answer(pipeline, params, question, panel.desk.shelf.peek(WORDS)):
            yield told
            if run is None or not cell.goes_on(run):
                yield question.give_up()
                return

    beside.ask(
        panel.shown(answer_page), [panel.controls[name] for name in names], beside,
        show_progress="hidden", concurrency_id=ART, concurrency_limit=panel.desk.works_at_once,
        api_visibility="private",
    )  # fmt: skip


def _wire_looking(panel: Panel, beside: Any, looked: Any) -> None:
    """Answer looks beside the queue of works: what runs is not stopped, and its messages are not overwritten."""
    names = list(panel.controls)

    def look(event: gr.EventData, *values: Any) -> str:
        wish = read_look(event._data)
        chosen = dict(zip(names, values, strict=True)) | {"prompt": wish.page}
        return answer_look(panel.desk.shelf.get(ART), build(TextParams, chosen, panel.knobs), wish)

    told = beside.look(
        panel.shown(look), [panel.controls[name] for name in names], looked,
        show_progress="hidden", concurrency_id=ART, concurrency_limit=panel.desk.works_at_once,
        trigger_mode="multiple", api_visibility="private",
    )  # fmt: skip
    told.then(None, looked, None, js="(told) => { window.triptych.page.see(told); return []; }",
              api_visibility="private")  # fmt: skip


def _wire_outline(panel: Panel) -> None:
    """Let the margin know form and language, by which it asks for headings."""
    known = [panel.controls[name] for name in ("form", "language")]
    js = "(form, language) => { window.triptych.genre = { form, language }; window.triptych.page?.draw(); return []; }"
    for control in known:
        control.change(None, known, None, js=js, api_visibility="private")


def _wire_saving(panel: Panel, page: Any, button: Any, kind: Any, parcel: Any) -> None:
    controls = [panel.controls[name] for name in ("title", "form", "language")]

    def save(text: object, kind: object, title: object, form: object, language: object, request: gr.Request) -> str:
        chosen = {"title": title, "form": form, "language": language}
        params = build(TextParams, chosen, panel.knobs)
        manuscript = read_manuscript(PAGE.check("page", text), params.title, params.form, params.language)
        name, content = export(manuscript, Choice(FORMATS).check("format", kind))
        return json.dumps({"name": name, "content": base64.b64encode(content).decode()})

    made = button.click(panel.shown(save), [page, kind, *controls], parcel, **QUICK)
    made.then(None, parcel, None, js="(parcel) => { window.triptych.unpack(parcel); return []; }",
              api_visibility="private")  # fmt: skip
