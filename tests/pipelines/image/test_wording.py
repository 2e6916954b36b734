"""The language of prompts: weights, alternatives, escapes; any text at all is read, and plain text stays as it is."""

import random
import re

import pytest

from pipelines.image.wording import HEAVIEST, MARKS, choose, lower, read_parts, read_weights, strip_marks


def spans(text):
    """Return the runs of equal weight."""
    found = []
    weighted = read_weights(text)
    for letter, weight in zip(weighted.text, weighted.weights, strict=True):
        if found and found[-1][1] == weight:
            found[-1][0] += letter
        else:
            found.append([letter, weight])
    return [(words, round(weight, 3)) for words, weight in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a (red:1.2) house", [("a ", 1), ("red", 1.2), (" house", 1)]),
        ("a (red) house", [("a ", 1), ("red", 1.1), (" house", 1)]),
        ("a [red] house", [("a ", 1), ("red", 0.909), (" house", 1)]),
        ("((red))", [("red", 1.21)]),
        ("(((red)):0.5)", [("red", 0.605)]),
        ("(a (red:2) b:1.5)", [("a ", 1.5), ("red", 3), (" b", 1.5)]),
        ("(a:9)(b:0)", [("a", HEAVIEST), ("b", 0)]),
        (r"a \(red\) \[x\] \\ (\(b:1.5)", [(r"a (red) [x] \ ", 1), ("(b", 1.5)]),
        ("（红：1.3）房子", [("红", 1.3), ("房子", 1)]),
        ("(红：1.3）［蓝］", [("红", 1.3), ("蓝", 0.909)]),
        ("(1:1.2)", [("1", 1.2)]),
        ("(a: .5 )", [("a", 0.5)]),
        ("(ratio 16:9)", [("ratio 16", HEAVIEST)]),
        ("(red:blue)", [("red:blue", 1.1)]),
        ("(red:-1)", [("red:-1", 1.1)]),
        ("(red:nan) (x:1e9)", [("red:nan", 1.1), (" ", 1), ("x:1e9", 1.1)]),
        ("() (:1.2) :) :( b] (c", [("() (:1.2) :) :( b] (c", 1)]),
        ("(a [b) c]", [("a [b", 1.1), (" c]", 1)]),
    ],
)
def test_weights(text, expected):
    assert spans(text) == expected


@pytest.mark.parametrize(
    "text", ["a house, by the sea", "月光下山间的小屋，水墨。", "50% \\ done: 3:4", "BREAKFAST", "", " a "]
)
def test_plain_text_is_unchanged(text):
    assert choose(text, 3) == text
    assert read_weights(text).text == text
    assert set(read_weights(text).weights) <= {1.0}
    assert strip_marks(text) == text


def test_alternatives_are_chosen_by_the_seed_and_stay_while_the_words_change():
    assert {choose("a {red|blue|green} house", seed) for seed in range(40)} == {
        "a red house",
        "a blue house",
        "a green house",
    }
    for seed in range(20):
        first = choose("a {red|blue} house", seed)
        assert first == choose("a {red|blue} house", seed)
        assert ("red" in first) == ("red" in choose("once more, by the sea, a {red|blue} boat", seed))
    counts = [choose("{a|b}", seed) for seed in range(400)].count("a")
    assert 150 < counts < 250


def test_alternatives_nest_and_may_be_empty_and_in_full_width():
    found = {choose("{a|{b|c} d|}", seed) for seed in range(60)}
    assert found == {"a", "b d", "c d", ""}
    assert {choose("｛红｜蓝｝色", seed) for seed in range(20)} == {"红色", "蓝色"}
    assert {choose("{(red:1.3)|blue}", seed) for seed in range(20)} == {"(red:1.3)", "blue"}


@pytest.mark.parametrize("text", ["{a}", "a|b", "{a|b", "a|b}", "}{", r"\{a\|b\}", "{{a|b"])
def test_a_brace_that_offers_nothing_is_text(text):
    assert choose(text, 1) == text


def test_an_escaped_bar_belongs_to_its_words():
    assert {choose(r"{a\|b|c}", seed) for seed in range(20)} == {r"a\|b", "c"}
    assert strip_marks(r"a\|b \{x\}") == "a|b {x}"


def test_break_begins_a_new_part():
    assert [part.text for part in read_parts("a house BREAK the (sea:1.2)\nBREAK")] == ["a house", "the sea"]
    assert read_parts("a BREAK (sea:1.2)")[1].weights == (1.2,) * 3
    assert strip_marks("BREAK a BREAK b") == "a b"
    assert [part.text for part in read_parts("BREAK")] == [""]


def test_any_text_at_all_is_read():
    dice = random.Random(0)
    letters = [*MARKS, *"ab :：1.29\n月", "BREAK", "(a:1.3)", "{x|y}", "\ud800", "\0"]
    for _ in range(3000):
        text = "".join(dice.choices(letters, k=dice.randrange(40)))
        chosen = choose(text, dice.randrange(9))
        weighted = read_weights(chosen)
        assert len(weighted.text) == len(weighted.weights)
        assert all(0 <= weight <= HEAVIEST for weight in weighted.weights)
        assert len(weighted.text) <= len(chosen) <= len(text)
        assert not set(weighted.text) - set(text)
        if not MARKS & set(text):
            assert weighted.text == chosen == text
        kept = "".join(weighted.text.split())
        assert [c for c in kept if c in "ab月"] == [c for c in re.sub(r"\s", "", chosen) if c in "ab月"]


@pytest.mark.parametrize("text", ["(" * 2000, ")" * 2000, "([" * 1000, "{|" * 1000, "{a|b}" * 400, "\\" * 2000,
                                  "(" * 900 + "x" + ":1.1)" * 200, "(" * 1000 + "a" + "]" * 999])  # fmt: skip
def test_the_longest_prompts_cost_little(text):
    read_weights(choose(text, 1))


def test_the_case_falls_letter_by_letter():
    assert lower("A İß BOAT") == "a İß boat"
