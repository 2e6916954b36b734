"""Each rule by itself."""

import pytest

from pipelines.text.forms.catalog import open_verse, start_verse
from pipelines.text.forms.checker import _stresses
from pipelines.text.forms.chinese import Clause, Echo, Place, Rhyme, Tones
from pipelines.text.forms.names import ENGLISH, VERSE_FORMS
from pipelines.text.forms.prosody import ARTICLES, Metre
from pipelines.text.forms.prosody import Rhyme as EnglishRhyme
from pipelines.text.forms.readings import read_characters
from pipelines.text.forms.words import company, guess_syllables, hear, verse_words


def take(rule, text, clause, number=0):
    for character, sign in enumerate(text):
        rule = rule and rule.take(sign, Place(clause, number, character))
    return rule


def test_tones_follow_one_pattern_to_the_end():
    rule = Tones(((("平平仄",),), (("仄仄平",),)))
    clause = Clause(3, "", "", "，")
    assert take(rule, "江山月", clause)
    assert take(rule, "月落花", clause)
    assert take(rule, "江山风", clause) is None
    assert take(rule, "月山花", clause) is None


def test_a_character_of_two_readings_is_either():
    rule = Tones(((("平",),),)), Tones(((("仄",),),))
    assert {reading.tone for reading in read_characters()["中"]} == {"平", "仄"}
    assert all(r.take("中", Place(Clause(1, "", "", "，"), 0, 0)) for r in rule)


def test_rhymes_hold_and_never_repeat():
    clause = Clause(1, "a", "平", "。")
    rule = Rhyme("rhyme").take("流", Place(clause, 0, 0))
    assert rule.take("楼", Place(clause, 1, 0))
    assert rule.take("台", Place(clause, 1, 0)) is None
    assert rule.take("流", Place(clause, 1, 0)) is None
    assert rule.take("旧", Place(clause, 1, 0)) is None  # the same final, but oblique
    other = Clause(1, "b", "平", "。")
    assert rule.take("台", Place(other, 1, 0))


def test_verse_and_song_rhyme_by_different_books():
    clause = Clause(1, "a", "平", "。")
    assert Rhyme("rhyme").take("东", Place(clause, 0, 0)).take("冬", Place(clause, 1, 0)) is None
    assert Rhyme("group").take("东", Place(clause, 0, 0)).take("冬", Place(clause, 1, 0))


def test_an_echo_repeats_the_ending():
    rule = take(Echo(), "平生月", Clause(3, "", "", "。"))
    echo = Clause(2, "", "", "。", echo=True)
    assert take(rule, "生月", echo, 1)
    assert take(rule, "山月", echo, 1) is None


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        (["the", "moon", "is", "on", "the", "silent", "sea", "and", "shines"], True),
        (["dreaming", "throughout", "this", "hour", "so", "fair", "so", "still"], True),  # the first foot turned
        (["the", "moon", "upon", "silent"], False),
        (["a", "the"], False),  # an article on a strong place
    ],
)
def test_metre_bears_words_by_their_stress(words, fits):
    spots = frozenset({("wSwSwSwSwS", 0)})
    for word in words:
        ways = {sound.stresses for sound in hear(word)}
        spots = frozenset(spot for way in ways for spot in Metre.step(spots, way, word in ARTICLES))
    assert bool(spots) == fits


def test_an_english_rhyme_is_another_word_with_the_same_ending():
    rhyme = EnglishRhyme().close("a", "night", EnglishRhyme().meets("a", "night"))
    assert rhyme.meets("a", "light")
    assert not rhyme.meets("a", "night")
    assert not rhyme.meets("a", "knight")  # the same to the ear
    assert not rhyme.meets("a", "day")
    assert not rhyme.meets("b", "bright")  # a new letter is a new rhyme
    assert not EnglishRhyme().meets("a", "of")


def test_a_first_rhyme_has_company():
    assert company("AY T") > 20
    assert not EnglishRhyme().meets("a", "orange")


def test_words_of_verse_are_known_by_ear_and_odd_ones_guessed():
    assert all(hear(word) for word in verse_words())
    assert [guess_syllables(word) for word in ("wander'd", "untrimmed", "moonlit", "gloried")] == [2, 2, 2, 2]


@pytest.mark.parametrize("form", VERSE_FORMS[1:])
def test_every_form_opens(form):
    language = "en" if form in ENGLISH else "zh"
    verse = open_verse(form, language, "")
    assert not verse.done
    assert verse == start_verse(form)


@pytest.mark.parametrize("first", ["The silent moon is on the silent sea", "The silent (moon’s) Café is on the sea"])
def test_a_villanelles_refrains_can_only_come_back(first):
    second = "And all the night is very far from me"
    page = f"{first},\nAnd all the little boats are in the bay,\n{second}.\n\n" + "The moon\n" * 2
    verse = open_verse("villanelle", "en", page)
    assert verse.advance("And") is None
    assert verse.advance(first[:8]).advance("n")
    assert verse.advance(first[:8]).advance("t") is None
    assert verse.advance(first + ";\n\n").line == 6
    assert verse.advance(first + " ") is None
    assert all(sign in verse.signs(sign.encode()[:1]) for sign in first)


@pytest.mark.parametrize(
    ("form", "opening"),
    [
        ("couplet", ""), ("couplet", "The moon"), ("couplet", "The moon "), ("couplet", "The moon is on the silent"),
        ("couplet", "The moon is up above the silent sea,\nAnd all the stars are looking down on"),
        ("villanelle", ""), ("wujue", ""), ("wujue", "白"), ("wujue", "白日依山"), ("wujue", "白日依山尽"),
        ("wujue", "白日依山尽，黄河入海流。"), ("wujue", "白日依山尽，黄河入海流。\n欲穷千里"),
        ("rumengling", "一片花红一两。\n更不似人无恙。\n正是个人知，到此一家春赏。\n相"),
    ],
)  # fmt: skip
def test_a_judge_says_what_advance_would(form, opening):
    verse = open_verse(form, "en" if form in ENGLISH else "zh", opening)
    judge = verse.judge()
    signs = ["\n", " ", "'", ",", ".", "—", "，", "。", "\n\n", " the", " m", "é", *"abcdefghijklmnopqrstuvwxyzABIT"]
    for text in [*signs, *sorted(verse_words())[::50], *"山月知赏向流尽㐀", "山月", "向。"]:
        assert judge(text) == (verse.advance(text) is not None), text


def test_a_poem_of_no_end_is_no_poem():
    verse = open_verse("couplet", "en", "The moon is up above the silent sea,\nAnd all the stars are looking down on")
    assert verse.advance(" me.").done
    assert verse.advance(" me\n") is None
    assert verse.advance(" you.") is None


def test_the_checker_counts_every_word_of_verse_as_the_rules_do():
    for word in verse_words():
        assert {len(sound.stresses) for sound in hear(word)} <= {len(stresses) for stresses in _stresses(word)}, word
