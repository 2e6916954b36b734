"""A piece from a poem's mood: what is on the literature page sets the music's sliders, and says why."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from pipelines.text.mood import MOST, Mood, read_mood
from studio.panel import QUICK, Panel

READ_PAGE = f"() => [(document.querySelector('#literature-page textarea')?.value ?? '').slice(0, {MOST})]"
SET = ("mode", "key", "tempo", "density", "register")
CLEAR = 0.1  # from where on a mood is called so
KEYS = {("bright", "stirred"): "D", ("bright", "calm"): "F", ("dark", "stirred"): "C", ("dark", "calm"): "D"}
MIDDLE_TEMPO = 92


def suit(mood: Mood) -> dict[str, Any]:
    """Return what suits a mood, by knob: dark is minor and low, stirred is fast and dense."""
    bright, stirred = mood.valence >= 0, mood.arousal >= 0
    return {
        "mode": "major" if bright else "minor",
        "key": KEYS["bright" if bright else "dark", "stirred" if stirred else "calm"],
        "tempo": round(MIDDLE_TEMPO + 44 * mood.arousal + 12 * mood.valence),
        "density": round(0.7 * mood.arousal, 1) + 0.0,
        "register": round(0.5 * mood.valence, 1) + 0.0,
    }


@dataclass(frozen=True)
class Controls:
    """The button, where the page's text goes through, and the line that says what was read."""

    button: Any
    page: Any
    told: Any


def draw_mood(panel: Panel) -> Controls:
    """Draw the button and its line where the tab stands now."""
    with gr.Row(elem_classes=["actions", "minor"]) as row:
        controls = Controls(
            panel.button("mood", size="sm"),
            gr.Textbox("", visible="hidden"),
            gr.HTML("", elem_classes=["hint"], elem_id="music-mood-told"),
        )
    panel.need("mode", row)
    return controls


def wire_mood(panel: Panel, controls: Controls) -> None:
    """Let the button read the literature page and set the sliders."""

    def read(text: Any, request: gr.Request) -> list[Any]:
        mood = read_mood(text if isinstance(text, str) else "")
        said = tell(panel, mood, panel.language(request))
        if not mood.words:
            return [*[gr.skip()] * len(SET), said]
        wanted = suit(mood)
        return [*(gr.update(value=panel.knobs[name].domain.check(name, wanted[name])) for name in SET), said]

    moved = [panel.controls[name] for name in SET]
    controls.button.click(panel.shown(read), controls.page, [*moved, controls.told], js=READ_PAGE, **QUICK)


def tell(panel: Panel, mood: Mood, language: str) -> str:
    """Return what was read, and what follows from it."""

    def say(key: str, **details: object) -> str:
        return panel.words.say(key, language, **details)

    if not mood.words:
        return say("music.mood.none")
    names = []
    for value, low, high in ((mood.valence, "dark", "bright"), (mood.arousal, "calm", "stirred")):
        names.append(say(f"music.mood.{high if value > CLEAR else low if value < -CLEAR else 'between'}"))
    wanted = suit(mood)
    return say(
        "music.mood.told", light=names[0], motion=names[1], mode=say(f"music.mode.{wanted['mode']}"),
        tonic=say(f"music.key.{wanted['key']}"), tempo=wanted["tempo"],
    )  # fmt: skip
