"""One knob's control on the page: drawn from its declaration, and fitted anew when a loaded model narrows that."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from pipelines.params import Choice, Knob, Offered, Range, Text
from pipelines.pictures import Picture
from studio.words import Words

HIDING = "inert"  # the class by which the style sheet hides what does nothing
LONG_LIST = 12  # beyond that many choices, typing finds one


def draw_control(words: Words, art: str, current: Callable[[], Knob], looks: Mapping[str, Any]) -> Any:
    """Draw an art's knob where the page stands now; `current` says what it may be whenever its choices are named."""
    knob = current()
    name = f"{art}.{knob.name}"
    said: dict[str, Any] = {"label": name}
    if words.has(f"{name}.help"):
        said["info"] = lambda: _name_help(words, art, current())
    look: dict[str, Any] = {"value": knob.default, "elem_id": f"{art}-{knob.name}", **looks}
    look["elem_classes"] = _name_classes(knob)
    assert not isinstance(knob.domain, Picture), "a tab has its own way to choose a picture"
    match knob.domain:
        case Range(minimum, maximum, step):
            return words.make(gr.Slider, said, minimum=minimum, maximum=maximum, step=step, **look)
        case Choice(choices):
            said["choices"] = lambda: _name_choices(words, art, current())
            return words.make(gr.Dropdown, said, filterable=len(choices) > LONG_LIST, **look)
        case Text(max_length):
            if words.has(f"{name}.placeholder"):
                said["placeholder"] = f"{name}.placeholder"
            return words.make(gr.Textbox, said, max_length=max_length, **({"lines": 2} | look))


def refit_control(words: Words, art: str, drawn: Knob, knob: Knob, language: str) -> Any:
    """Return the update that makes a control, drawn for one declaration, fit another."""
    if knob == drawn:
        return gr.skip()
    looks: dict[str, Any] = {"elem_classes": _name_classes(knob)}
    if (knob.domain, knob.default) != (drawn.domain, drawn.default):
        looks["value"] = knob.default
    if knob.help != drawn.help:
        looks["info"] = words.show(lambda: _name_help(words, art, knob), language)
    match knob.domain:
        case Range(minimum, maximum, step):
            looks |= {"minimum": minimum, "maximum": maximum, "step": step}
        case Choice(choices):
            looks["choices"] = words.show(lambda: _name_choices(words, art, knob), language)
            looks["filterable"] = len(choices) > LONG_LIST
    return gr.update(**looks)


def _name_help(words: Words, art: str, knob: Knob) -> str:
    """Return the key of what explains a knob: the sentence that is true of the model in use, where it names one."""
    usual = f"{art}.{knob.name}.help"
    own = f"{usual}.{knob.help}"
    return own if words.has(own) else usual


def _name_classes(knob: Knob) -> list[str]:
    """Return the classes by which the style sheet marks a live knob and hides an inert one.

    Not gradio's `visible`: an update from hidden to shown is lost while the control's tab is not open.
    """
    return [name for name, holds in {"live": knob.live, HIDING: knob.inert}.items() if holds]


def _name_choices(words: Words, art: str, knob: Knob) -> list[tuple[str | None, str]]:
    """Return each choice with the key of its name; `bass_instrument` has those of `instrument`."""
    assert isinstance(knob.domain, Choice)
    names = knob.domain.names if isinstance(knob.domain, Offered) else ()
    named = knob.name if words.has(f"{art}.{knob.name}.{knob.domain.choices[0]}") else knob.name.rpartition("_")[2]
    return [(None if one in names else f"{art}.{named}.{one}", one) for one in knob.domain.choices]
