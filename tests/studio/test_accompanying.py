"""What the buttons ask of a composer with words of its own."""

import pytest

from pipelines.errors import NothingToAccompany
from pipelines.melody.params import MelodyParams
from pipelines.melody.published.events import Event, write_text
from pipelines.melody.published.midi_model.pipeline import MidiModelStep
from pipelines.melody.published.midi_model.vocabulary import Struck, Tune
from pipelines.melody.published.pipeline import ACCOMPANY, Plan, PublishedStep
from pipelines.params import build
from studio.tabs.accompanying import accompany, fill, go_on

TUNE = [Event(at * 50, 40, 128 * 73 + 72) for at in range(32)]  # eight bars of 4/4 at 120
PARAMS = MelodyParams(tempo=120, bars=8)
PIECE = PublishedStep(tuple(TUNE), 32, 8, 8, 1600, PARAMS)


@pytest.mark.parametrize(("first", "last", "span"), [(3, 4, (400, 800)), (4, 3, (400, 800)), (7, 64, (1200, 1600))])
def test_bars_are_filled_between_the_others(first, last, span):
    plan = Plan(build(MelodyParams, fill(PIECE, first, last)))
    assert (plan.start, plan.end) == span
    assert plan.first == [e for e in TUNE if e.time < span[0]]
    assert plan.ahead == [e for e in TUNE if e.time >= span[1]]


def test_the_tune_that_was_brought_is_accompanied_before_the_piece():
    brought = write_text(TUNE[:20], 9000)
    values = accompany(PIECE, brought, {"tempo": 60, "time_signature": "3/4"})
    assert values == {"draft": brought, "parts": ACCOMPANY, "bars": 4}
    plan = Plan(build(MelodyParams, accompany(PIECE, "", {})))
    assert (plan.ahead, plan.end) == (TUNE, 1600)


@pytest.mark.parametrize("step", [None, PublishedStep((), 1, 0, 8, 1600, PARAMS)])
def test_without_a_tune_there_is_a_sentence(step):
    with pytest.raises(NothingToAccompany):
        accompany(step, "", {})


def test_a_piece_of_either_kind_is_gone_on_from():
    plan = Plan(build(MelodyParams, go_on(PIECE, 4)))
    assert (plan.first, plan.start, plan.end) == (TUNE, 1590, 2400)
    tune = Tune({0: 73}, (Struck(0, 0, 72, 90, 8), Struck(70, 0, 74, 90, 8)))
    step = MidiModelStep(tune, 2, 8, 8, MelodyParams(bars=8, time_signature="3/4"))
    values = go_on(step, 60)
    assert (values["opening"], values["opening_bars"], values["bars"]) == ("0,73 0,0,72,90,8 70,0,74,90,8", 8, 64)
    assert values["time_signature"] == "3/4"
