"""A piece comes home: in its last bar the bass is led to the tonic, the more the nearer the end, and stays there."""

import pytest
import torch

from pipelines.melody.cadence import lead_home
from pipelines.melody.grammar import Grammar
from pipelines.melody.score import BASS, STYLES, Header
from pipelines.melody.vocabulary import FOR, LENGTHS, RANGES, VOICES, WORDS


@pytest.fixture
def grammar():
    """A chorale in the middle of its last bar."""
    grammar = Grammar(Header(style="chorale", mode="major", metre="4/4"), 8)
    grammar.bar, grammar.position = 7, grammar.bar_ticks // 2
    assert max(STYLES["chorale"].voices) == BASS
    return grammar


def lean(grammar):
    return lead_home(torch.zeros(len(WORDS)), grammar)


def bass(leaning, pitch):
    return float(leaning[VOICES[BASS] + pitch - RANGES[BASS][0]])


def hold(grammar):
    return float(lean(grammar)[FOR + LENGTHS.index(grammar.bar_ticks - grammar.position)])


def test_the_bass_is_led_to_the_tonic_the_more_the_nearer_the_end_is(grammar):
    worth = []
    for position in (0, grammar.bar_ticks // 2):
        grammar.position = position
        leaning = lean(grammar)
        assert bass(leaning, 48) > 0 == bass(leaning, 43) == bass(leaning, 49)
        worth.append(bass(leaning, 48))
    assert worth[1] == pytest.approx(1.5 * worth[0])


def test_of_the_bass_only_the_tonic_is_held_to_the_end(grammar):
    grammar.begun = BASS, 48
    assert hold(grammar) > 0
    grammar.begun = BASS, 43
    assert hold(grammar) < 0
    grammar.begun = 0, 67  # the melody may end on any tone of the chord
    assert hold(grammar) > 0


def test_before_the_last_bar_nothing_is_added(grammar):
    grammar.bar -= 1
    assert not lean(grammar).any()
