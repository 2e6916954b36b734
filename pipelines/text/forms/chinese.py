"""Chinese forms: how many characters a clause, which are level and which oblique, and what rhymes.

Each rule is a small immutable object that takes a character at a place and returns itself as it stands afterwards, or
None where it refuses. 近体诗 rhyme by 平水韵, 词 and 曲 by 词林正韵. A character of several readings counts as
any of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol, Self

from pipelines.errors import PageOutOfForm, PoemComplete
from pipelines.text.forms.readings import LEVEL, by_opening, family_sizes, read_characters, tones_of
from pipelines.text.forms.verse import Changing, Judge

INNER, FINAL = "，、；", "。？！；"
SMALLEST_FAMILY = 40
CLAUSE = re.compile(r"([平仄中]+)([a-z]?)(叠?)([，、。])")


@dataclass(frozen=True)
class Clause:
    """The clause's length, its rhyme's letter and tone ("" for either), its mark, and whether it repeats an ending."""

    length: int
    rhyme: str
    tone: str
    mark: str
    echo: bool = False


class Place(NamedTuple):
    """Where a character falls: in which clause, and how many characters stand before it there."""

    clause: Clause
    number: int
    character: int

    @property
    def last(self) -> bool:
        """Whether the character is its clause's last."""
        return self.character == self.clause.length - 1


class Rule(Protocol):
    """One thing a form asks of each character."""

    def take(self, sign: str, place: Place) -> Self | None:
        """Return the rule after this character, or None where it refuses."""
        ...

    def hears_tones_only(self, place: Place) -> bool:
        """Tell whether characters of the same tones are the same to the rule here."""
        ...


@dataclass(frozen=True)
class Tones(Changing):
    """The tone pattern: each clause must follow one of the patterns that are still possible.

    `patterns` holds for each variant of the form its clauses, each with its alternatives.
    """

    patterns: tuple[tuple[tuple[str, ...], ...], ...]
    alive: frozenset[tuple[int, int]] = frozenset()
    clause: int = -1

    def take(self, sign: str, place: Place) -> Self | None:
        """Keep the patterns that the character fits."""
        tones = tones_of(sign)
        alive, patterns, (_, number, character) = self.alive, self.patterns, place
        if number != self.clause:
            variants = {i for i, _ in alive} or range(len(patterns))
            alive = frozenset((i, j) for i in variants for j in range(len(patterns[i][number])))
        fits = [spot for spot in alive if patterns[spot[0]][number][spot[1]][character] in tones]
        if len(fits) == len(self.alive) and number == self.clause:
            return self
        return self.at(alive=frozenset(fits), clause=number) if fits else None

    def hears_tones_only(self, place: Place) -> bool:
        """Tell that they are the same everywhere."""
        return True


@dataclass(frozen=True)
class Rhyme(Changing):
    """Clauses of one letter rhyme, each on another character; `system` names the rhyme book's field in a Reading."""

    system: str
    families: tuple[tuple[str, frozenset[str]], ...] = ()
    used: str = ""

    def take(self, sign: str, place: Place) -> Self | None:
        """Let the first clause of a letter choose a rhyme that has company; hold the others to it."""
        letter, tone = place.clause.rhyme, place.clause.tone
        if not letter or not place.last or place.clause.echo:
            return self
        readings = read_characters().get(sign, ())
        if not tone and len({r.tone for r in readings}) > 1:
            return None  # whether the first line rhymes must be plain to hear
        if not tone and all(r.tone != LEVEL for r in readings):
            return self
        families = dict(self.families)
        sounds = frozenset(getattr(r, self.system) for r in readings if r.tone == (tone or LEVEL))
        if letter in families:
            sounds &= families[letter]
        else:
            sizes = family_sizes(self.system)
            sounds = frozenset(s for s in sounds if sizes[s, tone or LEVEL] >= SMALLEST_FAMILY)
        if not any(sounds) or sign in self.used:
            return None
        families[letter] = sounds - {""}
        return self.at(families=tuple(families.items()), used=self.used + sign)

    def hears_tones_only(self, place: Place) -> bool:
        """Tell that they are the same where no rhyme falls."""
        return not (place.last and place.clause.rhyme) or place.clause.echo


@dataclass(frozen=True)
class Echo(Changing):
    """A clause that repeats the last characters of the one before it."""

    before: str = ""
    now: str = ""

    def take(self, sign: str, place: Place) -> Self | None:
        """Remember the clause, or hold it to what it repeats."""
        wanted = self.before[-place.clause.length :][place.character : place.character + 1]
        if place.clause.echo and wanted and sign != wanted:
            return None
        now = self.now + sign
        return self.at(before=now, now="") if place.last else self.at(now=now)

    def hears_tones_only(self, place: Place) -> bool:
        """Tell that they are the same where nothing is repeated."""
        return not place.clause.echo


@dataclass(frozen=True)
class ChineseVerse(Changing):
    """A Chinese poem in the making: clause and character now due; `closing` says that a line end is due first."""

    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    number: int = 0
    character: int = 0
    closing: bool = False

    @property
    def line(self) -> int:
        """The clause being written."""
        return self.number

    @property
    def done(self) -> bool:
        """Whether the last mark is written."""
        return self.number == len(self.clauses)

    def advance(self, text: str) -> Self | None:
        """Take characters, marks and line ends where they belong."""
        verse: Self | None = self
        for sign in text:
            verse = verse and verse._advance(sign)
        return verse

    def judge(self) -> Judge:
        """Return what tells whether a text may come next: mostly one character of each tone answers for all."""
        if not self._due or not all(rule.hears_tones_only(self._due) for rule in self.rules):
            return lambda text: self.advance(text) is not None
        answers: dict[frozenset[str], bool] = {}

        def answer(text: str) -> bool:
            if len(text) > 1:
                return self.advance(text) is not None
            tones = tones_of(text)
            if tones not in answers:
                answers[tones] = self._advance(text) is not None
            return answers[tones]

        return answer

    @property
    def _due(self) -> Place | None:
        """Where the next character falls, None where a mark or a line end is due."""
        if self.done or self.closing or self.character == self.clauses[self.number].length:
            return None
        return Place(self.clauses[self.number], self.number, self.character)

    def _advance(self, sign: str) -> Self | None:
        if self.done:
            return None
        if self.closing:
            return self.at(closing=False) if sign == "\n" else None
        if place := self._due:
            return self._take(sign, place)
        final = self.clauses[self.number].mark in FINAL
        if sign not in (FINAL if final else INNER):
            return None
        number = self.number + 1
        return self.at(number=number, character=0, closing=final and number < len(self.clauses))

    def _take(self, sign: str, place: Place) -> Self | None:
        if sign not in read_characters():
            return None
        rules: list[Rule] = []
        for rule in self.rules:
            after = rule.take(sign, place)
            if after is None:
                return None
            rules.append(after)
        return self.at(rules=tuple(rules), character=self.character + 1)

    def signs(self, opening: bytes) -> Iterable[str]:
        """Return known characters where one is due, else marks."""
        if self._due:
            return by_opening().get(opening, "")
        return [mark for mark in INNER + FINAL if mark.encode().startswith(opening)]


def song(pattern: str) -> ChineseVerse:
    """Return an empty 词 or 曲 of this pattern, in the notation of tunes.txt."""
    found = CLAUSE.findall(pattern)
    clauses = tuple(Clause(len(t), rhyme, t[-1], mark, bool(echo)) for t, rhyme, echo, mark in found)
    tones = Tones((tuple((t,) for t, *_ in found),))
    echo = (Echo(),) if any(clause.echo for clause in clauses) else ()
    return ChineseVerse(clauses, (tones, Rhyme("group"), *echo))


# The lines of regulated verse (王力, 诗词格律), each with its usual allowances.
FIVE = {
    "A": ("中仄中平仄",),
    "B": ("平平中仄平", "仄平平仄平"),
    "C": ("中平平仄仄", "平平仄平仄"),
    "D": ("中仄仄平平",),
}
SEVEN = {
    "A": ("中平中仄中平仄",),
    "B": ("中仄平平中仄平", "中仄仄平平仄平"),
    "C": ("中仄中平平仄仄", "中仄平平仄平仄"),
    "D": ("中平中仄仄平平",),
}
OPENINGS = ("AB", "CD", "DB", "BD")
SEQUELS = {"AB": "CDABCD", "DB": "CDABCD", "CD": "ABCDAB", "BD": "ABCDAB"}


def regulated(length: int, lines: int) -> ChineseVerse:
    """Return an empty 绝句 or 律诗: four tone patterns, the even lines rhyme on a level tone, the first may."""
    kinds = FIVE if length == 5 else SEVEN
    patterns = tuple(tuple(kinds[k] for k in (o + SEQUELS[o])[:lines]) for o in OPENINGS)
    first = Clause(length, "a", "", "，")
    couplets: list[Clause] = []
    for _ in range(lines // 2):
        couplets += [Clause(length, "", "", "，"), Clause(length, "a", LEVEL, "。")]
    return ChineseVerse((first, *couplets[1:]), (Tones(patterns), Rhyme("rhyme")))


def follow_chinese(verse: ChineseVerse, page: str) -> ChineseVerse:
    """Return the poem after the artist's own beginning; raise PageOutOfForm or PoemComplete.

    Theirs is the licence: a character that breaks tone or rhyme is taken as it is.
    """
    parts = re.split(r"([，。？！；、：,.?!;:\n]+)", page.strip(" \t\u3000"))
    for text, mark in [*pairwise([*parts, ""])][::2]:
        text = re.sub(r"\s", "", text)
        if not text:
            continue
        if verse.done:
            raise PoemComplete
        number, length = verse.number, verse.clauses[verse.number].length
        if len(text) > length or (mark and len(text) < length):
            raise PageOutOfForm(line=number + 1)
        verse = _take_freely(verse.at(closing=False), text)
        if mark:
            final = verse.clauses[number].mark in FINAL
            verse = verse.at(number=number + 1, character=0, closing=final and "\n" not in mark)
    if verse.done:
        raise PoemComplete
    return verse


def _take_freely(verse: ChineseVerse, text: str) -> ChineseVerse:
    for sign in text:
        place = Place(verse.clauses[verse.number], verse.number, verse.character)
        rules = tuple(rule.take(sign, place) or rule for rule in verse.rules)
        verse = verse.at(rules=rules, character=verse.character + 1)
    return verse


def read_tunes(lines: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Return `{id: (title, pattern)}` of tunes.txt."""
    rows = (line.split(" ") for line in lines if line and not line.startswith("#"))
    return {name: (title, pattern) for name, title, pattern in rows}
