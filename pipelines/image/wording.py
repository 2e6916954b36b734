"""The language of prompts: `(words:1.2)` weighs them, `{a|b}` lets the seed choose, `BREAK` begins a new part.

`(words)` is 1.1, `[words]` 1/1.1; both nest; a backslash keeps a mark as it is. Full-width marks count as well:
（水：1.2）｛红｜蓝｝. Whatever makes no sense in this language is plain text.
"""

import random
import re
from dataclasses import dataclass, field

MORE = 1.1
HEAVIEST = 4.0
OPENING = {"(": "()", "（": "()", "[": "[]", "［": "[]"}
CLOSING = {")": "()", "）": "()", "]": "[]", "］": "[]"}
MARKS = frozenset("()[]{}|\\（）［］｛｝｜")
WEIGHT = re.compile(r"[:：][ \u3000]*(\d{1,2}(?:\.\d{0,4})?|\.\d{1,4})[ \u3000]*$")
LONGEST_WEIGHT = 16
BREAK = re.compile(r"\s*(?<!\w)BREAK(?!\w)\s*")


@dataclass(frozen=True)
class Weighted:
    """Plain text, and the weight of each of its characters."""

    text: str
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        assert len(self.text) == len(self.weights)

    def __getitem__(self, place: slice) -> "Weighted":
        return Weighted(self.text[place], self.weights[place])


@dataclass
class _Brace:
    """An open brace: the marks as typed, and the text of each alternative so far."""

    opening: str
    order: int
    options: list[str] = field(default_factory=lambda: [""])
    bars: list[str] = field(default_factory=list)

    def as_typed(self) -> str:
        bars = [*self.bars, ""]
        return self.opening + "".join(option + bar for option, bar in zip(self.options, bars, strict=True))


def choose(text: str, seed: int) -> str:
    """Return the text with one of each `{a|b|c}`, chosen by the seed.

    The choice in one pair of braces hangs on how many braces opened before it and not on the words, so that it stays
    while an artist writes on.
    """
    open_braces = [_Brace("", 0)]
    order = 0
    place = 0
    while place < len(text):
        mark = text[place]
        here = open_braces[-1]
        if mark == "\\":
            here.options[-1] += text[place : place + 2]
            place += 2
            continue
        if mark in "{｛":
            order += 1
            open_braces.append(_Brace(mark, order))
        elif mark in "|｜" and len(open_braces) > 1:
            here.options.append("")
            here.bars.append(mark)
        elif mark in "}｝" and len(open_braces) > 1:
            open_braces.pop()
            chosen = _draw(here, seed) if here.bars else here.as_typed() + mark
            open_braces[-1].options[-1] += chosen
        else:
            here.options[-1] += mark
        place += 1
    return "".join(brace.as_typed() for brace in open_braces)


def _draw(brace: _Brace, seed: int) -> str:
    chance = random.Random(f"{seed}/{brace.order}").random()
    return brace.options[int(chance * len(brace.options))]


def read_weights(text: str) -> Weighted:
    """Return the text without the marks that weigh, and what each character weighs, at most 4."""
    escaped = _find_escaped(text)
    groups = _find_groups(text, escaped)
    factors = {group.start: group.factor for group in groups}
    ends = {group.end for group in groups}
    dropped = {place - 1 for place in escaped}.union(factors, *(range(g.tail, g.end + 1) for g in groups))
    letters: list[str] = []
    weights: list[float] = []
    inside = [1.0]
    for place, letter in enumerate(text):
        if place in factors:
            inside.append(inside[-1] * factors[place])
        elif place in ends:
            inside.pop()
        if place not in dropped:
            letters.append(letter)
            weights.append(min(inside[-1], HEAVIEST))
    return Weighted("".join(letters), tuple(weights))


@dataclass(frozen=True)
class _Group:
    """A pair of brackets at `start` and `end`; the words end at `tail`, where `:1.2` may follow."""

    start: int
    tail: int
    end: int
    factor: float


def _find_escaped(text: str) -> set[int]:
    """Return the places of the marks that a backslash keeps as they are."""
    escaped: set[int] = set()
    for place, mark in enumerate(text):
        if mark in MARKS and place and text[place - 1] == "\\" and place - 1 not in escaped:
            escaped.add(place)
    return escaped


def _find_groups(text: str, escaped: set[int]) -> list[_Group]:
    """Return the pairs of brackets with words inside; a bracket without its other half is none."""
    groups: list[_Group] = []
    waiting: list[int] = []
    for place, mark in enumerate(text):
        if place in escaped:
            continue
        if mark in OPENING:
            waiting.append(place)
        elif mark in CLOSING:
            mate = next((i for i in reversed(range(len(waiting))) if OPENING[text[waiting[i]]] == CLOSING[mark]), None)
            if mate is None:
                continue
            start = waiting[mate]
            del waiting[mate:]
            group = _weigh(text, start, place)
            if text[start + 1 : group.tail].strip():
                groups.append(group)
    return groups


def _weigh(text: str, start: int, end: int) -> _Group:
    if OPENING[text[start]] == "[]":
        return _Group(start, end, end, 1 / MORE)
    nearest = max(start + 1, end - LONGEST_WEIGHT)
    said = WEIGHT.search(text[nearest:end])
    return _Group(start, nearest + said.start(), end, float(said[1])) if said else _Group(start, end, end, MORE)


def split_parts(weighted: Weighted) -> list[Weighted]:
    """Return the parts between the words `BREAK`; at least one."""
    parts, start = [], 0
    for found in BREAK.finditer(weighted.text):
        parts.append(weighted[start : found.start()])
        start = found.end()
    kept = [part for part in (*parts, weighted[start:]) if part.text]
    return kept or [Weighted("", ())]


def read_parts(text: str) -> list[Weighted]:
    """Return a text's parts, weighed, for a painter."""
    return split_parts(read_weights(text))


def join_parts(parts: list[Weighted]) -> Weighted:
    """Return the parts as one, for a model to which a break means nothing."""
    text, weights = parts[0].text, parts[0].weights
    for part in parts[1:]:
        text, weights = f"{text} {part.text}", (*weights, 1.0, *part.weights)
    return Weighted(text, weights)


def strip_marks(text: str) -> str:
    """Return the words alone, for a model that can't weigh them."""
    return join_parts(read_parts(text)).text


def lower(text: str) -> str:
    """Return the text in lower case, letter by letter: as long as it was."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
