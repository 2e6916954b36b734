"""The mood of a text, read from words."""

import time

import pytest

from pipelines.text.mood import MOST, Mood, read_mood, read_table

TEXTS = {
    "bright stirred": "The children run and laugh in golden spring,\nthey dance, and all the merry trumpets sing.",
    "bright calm": "Soft morning light, a sleeping rose,\nthe quiet garden dreams of hope and love.",
    "dark stirred": "The storm of war, the blood, the screaming dead,\nthe raging fire, and nothing but despair.",
    "dark calm": "The grave is silent in the fading snow;\nI weep alone, and slowly sleep forgotten.",
    "bright stirred zh": "春风得意马蹄疾，笑语欢歌鼓角飞",
    "bright calm zh": "花香月静，暖日闲眠，清风入梦",
    "dark stirred zh": "烽火战鼓惊魂泪，剑断血寒怒涛悲",
    "dark calm zh": "孤坟寂寂，残雪空山，独坐黄昏愁",
}


@pytest.mark.parametrize("name", list(TEXTS))
def test_moods_are_read_in_both_languages(name):
    mood = read_mood(TEXTS[name])
    assert (mood.valence > 0.1) is ("bright" in name)
    assert (mood.arousal > 0.1) is ("stirred" in name)
    assert max(abs(mood.valence), abs(mood.arousal)) < 1
    assert mood.words >= 4


def test_what_is_denied_says_nothing():
    assert read_mood("I am not sad, never so lonely; 我不悲，无愁。").words == 0
    assert read_mood("not on the hill where the dead are").words == 1


@pytest.mark.parametrize("text", ["", "   \n", "1 2 3 ???", "the of and", "\u0000\ud800", "的了是在"])
def test_a_text_without_a_mood_has_none(text):
    assert read_mood(text) == Mood(0.0, 0.0, 0)


def test_a_single_word_is_no_tragedy():
    assert -0.5 < read_mood("A sad man sold his house.").valence < 0
    assert read_mood("sadness, sorrows, weeping, graves").valence < read_mood("sadness, sorrows").valence


def test_a_very_long_text_is_read_to_a_bound():
    began = time.perf_counter()
    assert read_mood("悲" * 20_000_000).words == MOST
    assert time.perf_counter() - began < 5


def test_no_word_pulls_both_ways():
    for word, kinds in read_table().items():
        assert not {"bright", "dark"} <= set(kinds), word
        assert not {"calm", "stirred"} <= set(kinds), word
