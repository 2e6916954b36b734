"""The words a small painter knows, and what it takes others for: the nearest one, or nothing.

It rules only where the model's folder has a `synonyms.json`, so a model reads a prompt the same for as long as it is
the same model, and its takes replay.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pipelines.image.wording import Weighted
from pipelines.weights import read_json

RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]+")
SHORTEST_TYPO = 4  # letters; below, every word is near some other
NEAR = 0.88  # `boatt` is a boat; `goat` is none
SOUND = frozenset(("three",))  # no slip of the pen, near though it is to a tree
SECOND = "second"  # the folder, within a painter's, of another that paints what it has no words for
ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("y", ""))


@dataclass(frozen=True)
class Reading:
    """An unknown word between two places of a text, and what it is taken for; empty where it is ignored."""

    start: int
    end: int
    word: str
    taken: str


class Lexicon:
    """What is known: `tokens` as the tokenizer has them, `wordings` as the captions had them, `synonyms` for them."""

    def __init__(self, tokens: Iterable[str], wordings: Iterable[str], synonyms: Mapping[str, str]) -> None:
        self.tokens = frozenset(tokens)
        self.synonyms = dict(synonyms)
        wordings = set(wordings)
        self.things = sorted({word for wording in wordings for word in wording.split() if word.isascii()})
        self.chinese = {wording for wording in wordings if not wording.isascii()}
        self.longest = max(map(len, (*self.chinese, *self.synonyms, "")))

    @classmethod
    def read(cls, folder: Path, tokens: Iterable[str]) -> Self | None:
        """Read a model's folder; None where it doesn't say what else its words are called."""
        synonyms: dict[str, Any] = read_json(folder / "synonyms.json")
        tables: dict[str, Any] = read_json(folder / "words.json")
        hands = {word for said in list_wordings({"": tables.get("hand", {})}) for word in RUN.findall(said)}
        return cls(hands.union(tokens), list_wordings(tables), synonyms) if synonyms else None

    def find_unknown(self, text: str) -> Iterator[Reading]:
        """Yield the words of a lower-case text that the painter doesn't know."""
        for run in RUN.finditer(text):
            word = run[0]
            if "\u3400" <= word[0] <= "\u9fff":
                yield from self._read_chinese(word, run.start())
            elif word not in self.tokens:
                yield Reading(run.start(), run.end(), word, self.find_nearest(word))

    def find_nearest(self, word: str) -> str:
        """Return the known word that an unknown English one is taken for, or nothing."""
        forms = [word, *(word.removesuffix(end) + more for end, more in ENDINGS if word.endswith(end))]
        for form in forms:
            if form in self.synonyms:
                return self.synonyms[form]
            if form in self.tokens:
                return form
        if len(word) < SHORTEST_TYPO or word in SOUND:
            return ""
        alike = [thing for thing in self.things if thing[0] == word[0]]
        return next(iter(difflib.get_close_matches(word, alike, 1, NEAR)), "")

    def _read_chinese(self, run: str, start: int) -> Iterator[Reading]:
        place = missed = 0
        while place < len(run):
            here = (run[place : place + length] for length in range(self.longest, 0, -1))
            word = next((word for word in here if word in self.chinese or word in self.synonyms), run[place])
            known = word in self.chinese or (word in self.tokens and word not in self.synonyms)
            if known or word in self.synonyms:
                if missed < place:
                    yield Reading(start + missed, start + place, run[missed:place], "")
                missed = place + len(word)
            if not known and word in self.synonyms:
                yield Reading(start + place, start + missed, word, self.synonyms[word])
            place += len(word)
        if missed < len(run):
            yield Reading(start + missed, start + len(run), run[missed:], "")

    def fold(self, weighted: Weighted) -> Weighted:
        """Return a lower-case text in known words alone; what takes a word's place has its weight."""
        text = ""
        weights: tuple[float, ...] = ()
        place = 0
        for found in self.find_unknown(weighted.text):
            text += weighted.text[place : found.start] + found.taken
            weights += weighted.weights[place : found.start] + (weighted.weights[found.start],) * len(found.taken)
            place = found.end
        return Weighted(text + weighted.text[place:], weights + weighted.weights[place:])


def read_words(folder: Path) -> dict[str, dict[str, Any]]:
    """Return a painter's table of words, by kind and name, with what only its second painter knows after its own."""
    tables: dict[str, Any] = read_json(folder / "words.json")
    return tables | {kind: tables[kind] | more for kind, more in read_more(folder).items()}


def read_more(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the things and places that only a painter's second painter knows, by kind and name; none without one."""
    tables: dict[str, Any] = read_json(folder / "words.json")
    more: dict[str, Any] = read_json(folder / SECOND / "words.json")
    return {
        kind: {name: entry for name, entry in more[kind].items() if name not in tables[kind]}
        for kind in ("subject", "place")
        if more
    }


def list_wordings(tables: Mapping[str, Any]) -> list[str]:
    """Return every wording of a model's `words.json`, in both languages."""
    entries = [entry for table in tables.values() for entry in table.values()]
    return [said for entry in entries for language in ("en", "zh") for said in entry.get(language, ())]
