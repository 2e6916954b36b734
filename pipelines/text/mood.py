"""The mood of a text, as a table of our own reads it: how bright or dark, how calm or stirred."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MOST = 20_000  # characters that are read
FILE = Path(__file__).with_name("mood.json")
ENDINGS = ("s", "ed", "d", "ing", "ly", "er", "est")
NOT = frozenset("not no never without nor neither isn't wasn't don't didn't won't".split())
REACH = 2  # words that a "not" reaches over
CHINESE_NOT = "不没無无未莫非"
WEIGHT = 3.0  # words of no mood that are thought to be there besides: one "sad" alone is no tragedy


@dataclass(frozen=True)
class Mood:
    """`valence` from -1 (dark) to 1 (bright), `arousal` from -1 (calm) to 1 (stirred); how many words said so."""

    valence: float
    arousal: float
    words: int


@cache
def read_table() -> dict[str, tuple[str, ...]]:
    """Return the kinds of each word, in both languages."""
    table: dict[str, tuple[str, ...]] = {}
    for kinds in json.loads(FILE.read_text(encoding="utf-8")).values():
        for kind, words in kinds.items():
            table |= {word: (*table.get(word, ()), kind) for word in words.split()}
    return table


def read_mood(text: str) -> Mood:
    """Read a text's mood from its words; a word that is denied says nothing."""
    table = read_table()
    words = list(_list_words(text[:MOST].lower(), table))
    counts = Counter(kind for word in words for kind in table[word])
    valence, arousal = (
        (counts[high] - counts[low]) / (counts[high] + counts[low] + WEIGHT)
        for low, high in (("dark", "bright"), ("calm", "stirred"))
    )
    return Mood(valence, arousal, len(words))


def _list_words(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield a text's words that are known, without those that are denied: the longest in Chinese."""
    denied = 0
    for run in re.findall(r"[a-z']+|[\u4e00-\u9fff]+", text):
        if run[0] > "z":
            yield from _split_chinese(run, known)
        elif run in NOT:
            denied = REACH
        else:
            if not denied and (word := _find_stem(run, known)):
                yield word
            denied = max(0, denied - 1)


def _find_stem(word: str, known: Collection[str]) -> str:
    stems = (word, *(word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending)))
    return next((stem for stem in stems if stem in known), "")


def _split_chinese(run: str, known: Collection[str]) -> Iterator[str]:
    place = 0
    while place < len(run):
        length = next((size for size in (4, 3, 2, 1) if run[place : place + size] in known), 0)
        if length and not (place and run[place - 1] in CHINESE_NOT):
            yield run[place : place + length]
        place += length or 1
