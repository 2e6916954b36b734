"""Every value is checked against its one declaration."""

from dataclasses import dataclass, replace

import pytest

from pipelines.errors import (
    NotAChoice,
    NotANumber,
    NotOffered,
    NotText,
    OutOfRange,
    ParameterError,
    TooLong,
    UnknownKnob,
)
from pipelines.params import Offered, Params, build, choice, knob, narrow, offered, text
from pipelines.take import Move, Replay, Take


@dataclass(frozen=True, kw_only=True)
class Some(Params):
    temperature: float = knob(1.0, 0.1, 2.0, 0.05, live=True)
    bars: int = knob(8, 1, 16, 1)
    form: str = choice("verse", ["verse", "play"])
    prompt: str = text(max_length=10)


def test_what_is_not_named_takes_its_default():
    assert build(Some, {"bars": 4.0}) == Some(bars=4)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"temperature": 2.01}, OutOfRange),
        ({"temperature": float("nan")}, NotANumber),
        ({"temperature": float("inf")}, NotANumber),
        ({"temperature": "1"}, NotANumber),
        ({"temperature": True}, NotANumber),
        ({"temperature": None}, NotANumber),
        ({"bars": 3.5}, NotANumber),
        ({"bars": [3]}, NotANumber),
        ({"form": "ode"}, NotAChoice),
        ({"form": ["verse"]}, NotAChoice),
        ({"form": None}, NotAChoice),
        ({"prompt": "x" * 11}, TooLong),
        ({"prompt": 7}, NotText),
        ({"prompt": "\ud800"}, NotText),
        ({"ghost": 1}, UnknownKnob),
    ],
)
def test_bad_values_are_refused(values, error):
    with pytest.raises(error) as caught:
        build(Some, values)
    assert isinstance(caught.value, ParameterError)
    assert "{" not in str(caught.value)


def test_what_the_owner_has_not_given_is_told_by_its_name():
    @dataclass(frozen=True, kw_only=True)
    class Owned(Params):
        lora: str = offered(["none"], live=True)
        weight: float = knob(1.0, 0.0, 2.0, 0.1, inert=True)

    assert all(one.inert for one in Owned.knobs().values())
    with pytest.raises(NotOffered, match="storm"):
        build(Owned, {"lora": "storm"})
    with pytest.raises(NotAChoice):
        build(Owned, {"lora": 7})
    narrowed = narrow(Owned.knobs(), {"lora": {"choices": ["storm"], "inert": False}, "weight": {"inert": False}})
    assert narrowed == Owned.knobs()
    given = {"lora": replace(narrowed["lora"], domain=Offered(("none", "storm"), ("storm",)), inert=False)}
    assert build(Owned, {"lora": "storm"}, narrowed | given).lora == "storm"
    take = Take(art="x", model="x", seed=1, params={}, moves=(Move(2, "lora", "storm"),))
    with pytest.raises(NotOffered, match="storm"):
        Replay(take, Owned)
    assert Replay(take, Owned, narrowed | given)().lora == "none"


def test_control_characters_and_html_stay_text():
    assert build(Some, {"prompt": "<b>\x00\x1b"}).prompt == "<b>\x00\x1b"


def test_a_card_narrows_and_never_invents():
    knobs = narrow(Some.knobs(), {"bars": {"maximum": 12, "default": 6}, "form": {"choices": ["verse"]}})
    assert build(Some, {}, knobs).bars == 6
    with pytest.raises(OutOfRange):
        build(Some, {"bars": 13}, knobs)
    with pytest.raises(NotAChoice):
        build(Some, {"form": "play"}, knobs)


def test_a_card_says_what_does_not_act_on_a_running_work_and_which_help_is_true():
    was = Some.knobs()
    name = next(name for name, knob in was.items() if knob.live)
    knob = narrow(was, {name: {"live": False, "help": "alone"}})[name]
    assert (knob.live, knob.help) == (False, "alone")
    fixed = next(name for name, knob in was.items() if not knob.live)
    assert not narrow(was, {fixed: {"live": True}})[fixed].live


@pytest.mark.parametrize(
    "card",
    [
        {"bars": {"maximum": 99, "minimum": -4, "default": 77}},
        {"bars": {"maximum": "many", "default": float("nan")}},
        {"form": {"choices": ["ode"], "default": "ode"}},
        {"ghost": {"minimum": 3}},
        {"bars": {"minimum": 12, "maximum": 3}},
    ],
)
def test_a_card_that_says_more_than_the_declaration_is_not_believed(card):
    assert narrow(Some.knobs(), card) == Some.knobs()


def test_a_default_outside_the_narrowed_range_moves_into_it():
    assert narrow(Some.knobs(), {"bars": {"maximum": 4}})["bars"].default == 1
