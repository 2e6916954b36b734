"""English forms: syllables and stresses a line, rhymes, refrains.

What the model adds are words of the dictionary, so that their sound is known; the artist's own may be any.
A template has a sign for each syllable: S strong, w weak, x either.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from pipelines.text.forms.verse import Changing
from pipelines.text.forms.words import company, continuations, hear, rhyme_families, verse_words

MARKS = ",;:!?.—"
INNER_MARKS = ",;:!?—"
LAST_MARKS = ".!?"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIGNS = frozenset(LETTERS + LETTERS.upper() + "' \n" + MARKS)
ARTICLES = frozenset({"the", "a", "an"})
# Words that lean on the next one: a line doesn't end on them.
LEANING = ARTICLES | frozenset(
    "and or but nor if as than of to with from at into upon my thy his its our your their every who whose which that "
    "is was are were be am has had have hath doth would could should shall may might must can will when while where "
    "so very no too ere in on by because though unto i we he she they i'm i'll i'd i've".split()
)
NAMES = ("I", "I'm", "I'll", "I've", "I'd", "O", "God", "God's", "Lord", "Lord's")  # capital within a line too
ENOUGH = 12

Spot = tuple[str, int]
Endings = frozenset[str]


@dataclass(frozen=True)
class Line:
    """One line of a form: its templates, its rhyme's letter, the line (from 0) it repeats, a stanza's end after it."""

    templates: tuple[str, ...]
    rhyme: str = ""
    refrain: int = -1
    last_of_stanza: bool = False


@dataclass(frozen=True)
class Metre:
    """Syllables and stress: where a word brings each way of reading the line.

    A word of one syllable is weak or strong as needed, an article always weak. In a longer word the main stress is on a
    strong place (in a line's first foot it may be turned round), and an unstressed syllable is on a strong place only
    where a word of three or more carries it.
    """

    @staticmethod
    def step(spots: frozenset[Spot], word: str, stresses: str) -> set[Spot]:
        """Return the spots after the word, in the readings that bear it."""
        after = set()
        for template, start in spots:
            end = start + len(stresses)
            places = template[start:end]
            if end <= len(template) and Metre.bears(places, stresses, word, start):
                after.add((template, end))
        return after

    @staticmethod
    def bears(places: str, stresses: str, word: str, start: int) -> bool:
        """Tell whether these places of a template bear a word's stresses."""
        if len(stresses) == 1:
            return places != "S" or word not in ARTICLES
        if start == 0 and stresses[:2] == "10" and places[:2] == "wS":
            places = "Sw" + places[2:]
        return all(
            place == "x" or (place == "S" if stress == "1" else stress == "2" or place == "w" or len(stresses) > 2)
            for place, stress in zip(places, stresses, strict=True)
        )


@dataclass(frozen=True)
class Rhyme:
    """The rhymes chosen so far, by letter, and the words that ended lines."""

    chosen: tuple[tuple[str, Endings], ...] = ()
    used: frozenset[str] = frozenset()

    def wanted(self, letter: str) -> Endings:
        """Return what a line of this letter must rhyme with; nothing where it is the first."""
        return dict(self.chosen).get(letter, frozenset())

    def meets(self, letter: str, word: str) -> Endings:
        """Return the endings by which a word may end a line of this letter."""
        if word in self.used or word in LEANING:
            return frozenset()
        endings = sound_of(word)
        if not letter:
            return endings
        if wanted := self.wanted(letter):
            others = {tail for other in self.used for s in hear(other) for tail in s.tails}
            heard = frozenset(e for s in hear(word) if not s.tails & others for e in s.endings)
            return heard & wanted
        taken = frozenset(e for _, chosen in self.chosen for e in chosen)
        return frozenset(e for e in endings - taken if company(e) >= ENOUGH)

    def close(self, letter: str, word: str, endings: Endings) -> "Rhyme":
        """Return the rhymes after a line that ends on this word."""
        chosen = dict(self.chosen)
        if letter and endings:
            chosen[letter] = endings
        return Rhyme(tuple(chosen.items()), self.used | {word})


@dataclass(frozen=True)
class EnglishVerse(Changing):
    """An English poem in the making.

    `spots` are the places in the line's templates where the finished words may have led, `word` is the word being
    written, `before` the last sign, `text` the line so far; `ended` holds the lines that refrains may repeat.
    """

    lines: tuple[Line, ...]
    rhyme: Rhyme = field(default_factory=Rhyme)
    line: int = 0
    spots: frozenset[Spot] = frozenset()
    word: str = ""
    last_word: str = ""
    before: str = "\n"
    text: str = ""
    stanza_break: bool = False
    ended: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the last line has its last mark."""
        return self.line == len(self.lines)

    def signs(self, opening: bytes) -> Iterable[str]:
        """Return the letters and marks of English verse; an artist's refrain may have others."""
        others = set(self.ended[self._refrain]) - SIGNS if self._refrain >= 0 else set()
        return (sign for sign in SIGNS | others if sign.encode().startswith(opening))

    def advance(self, text: str) -> Self | None:
        """Take letters, a blank, a mark or a line end where they belong."""
        if len(text) > 1 and (not text.isalpha() or self._refrain >= 0 or self.stanza_break):
            first = self.advance(text[0])
            return first and first.advance(text[1:])
        if self.done:
            return None
        if self.stanza_break:
            return self.at(stanza_break=False) if text == "\n" else None
        if self._refrain >= 0:
            return self._repeat(text, self.ended[self._refrain])
        if not set(text) <= SIGNS:
            return None
        if text.isalpha() or text == "'":
            return self._spell(text)
        if self.word:
            return self._end_word(text)
        if self.before in "\n ":
            return None
        if text == "\n":
            return self._end_line()
        if text == " ":
            return self.at(before=text, text=self.text + text, spots=self.open_spots) if self.open_spots else None
        return None if self.before in MARKS else self.at(before=text, text=self.text + text)._mark(text)

    @property
    def _refrain(self) -> int:
        """The line that this one repeats; -1 for none."""
        return -1 if self.done else self.lines[self.line].refrain

    @property
    def open_spots(self) -> frozenset[Spot]:
        """The spots that have room for another word."""
        return frozenset((template, place) for template, place in self.spots if place < len(template))

    def start_spots(self) -> frozenset[Spot]:
        """Return where the line begins: a rhyme on two syllables makes its line one longer."""
        line = self.lines[self.line]
        wanted = self.rhyme.wanted(line.rhyme)
        return frozenset((template + "w" * on_two(wanted), 0) for template in line.templates)

    def _spell(self, letters: str) -> Self | None:
        if not self.word:
            if self.before not in "\n ":
                return None
            if self.before == "\n" and letters[0].islower():
                return None
            if self.before == " " and letters[0].isupper() and not self._may_be_capital(letters):
                return None
        elif letters[0].isupper() and self.text != "'":
            return None
        if letters[1:] and not letters[1:].islower():
            return None
        spots = self.spots or self.start_spots()
        word = self.word + letters.lower()
        if word == "i'" and self.before == "i":
            return None  # “I” stands tall
        if not _leads_on(word, spots, self.lines[self.line].rhyme, self.rhyme):
            return None
        return self.at(spots=spots, word=word, before=letters[-1], text=self.text + letters)

    def _may_be_capital(self, letters: str) -> bool:
        """Tell whether a word within a line may begin so: after an exclamation or a question, or a name."""
        return self.text[-2:-1] in ("!", "?") or any(name.startswith(letters) for name in NAMES)

    def _end_word(self, sign: str) -> Self | None:
        if self.word not in verse_words() or (self.word == "i" and self.before == "i"):
            return None
        spots = _after(self.word, self.spots, self.lines[self.line].rhyme, self.rhyme)
        after = self.at(spots=spots, word="", last_word=self.word, before=sign, text=self.text + sign)
        if sign == "\n":
            return after._end_line()
        if sign == " ":
            return after.at(spots=after.open_spots) if after.open_spots else None
        return after._mark(sign) if spots else None

    def _mark(self, sign: str) -> Self | None:
        """Take a mark after a word: a full stop only where the line may end, at the poem's end nothing else.

        A line's last syllable never stands alone behind a mark: that is where a forced rhyme would hide.
        """
        full = self.spots - self.open_spots
        inner = frozenset((t, p) for t, p in self.open_spots if sign in INNER_MARKS and p < len(t) - 1)
        if self.line == len(self.lines) - 1:
            if full and sign in LAST_MARKS:
                return self.at(line=self.line + 1)
            return self.at(spots=inner) if inner else None
        return self.at(spots=full | inner) if full | inner else None

    def _end_line(self) -> Self | None:
        if not self.spots - self.open_spots or self.line == len(self.lines) - 1:
            return None
        letter = self.lines[self.line].rhyme
        wanted = self.rhyme.wanted(letter)
        return self.next_line(self.rhyme.meets(letter, self.last_word) or wanted or sound_of(self.last_word))

    def next_line(self, endings: Endings) -> Self:
        """Return the poem at the start of its next line; this one rhymes by `endings`."""
        line = self.lines[self.line]
        return self.at(
            line=self.line + 1,
            rhyme=self.rhyme.close(line.rhyme, self.last_word, endings),
            spots=frozenset(),
            word="",
            before="\n",
            text="",
            stanza_break=line.last_of_stanza and self.line + 1 < len(self.lines),
            ended=(*self.ended, self.text.rstrip("\n ").rstrip(MARKS)),
        )

    def _repeat(self, sign: str, refrain: str) -> Self | None:
        """Spell an earlier line out again; its end mark is free."""
        if len(self.text) < len(refrain):
            return self.at(text=self.text + sign, before=sign) if sign == refrain[len(self.text)] else None
        last = self.line == len(self.lines) - 1
        if self.before in MARKS:
            return self.next_line(frozenset()) if sign == "\n" else None
        if sign == "\n" and not last:
            return self.next_line(frozenset())
        if sign not in (LAST_MARKS if last else MARKS):
            return None
        return self.at(line=self.line + 1) if last else self.at(text=self.text + sign, before=sign)


def on_two(endings: Endings) -> bool:
    """Tell whether a rhyme is on two syllables or more, the strong one not the last."""
    return bool(endings) and all(len(re.findall(r"\b[AEIOU]", ending)) > 1 for ending in endings)


def sound_of(word: str) -> Endings:
    """Return all endings by which a word may rhyme."""
    return frozenset(ending for sound in hear(word) for ending in sound.endings)


@lru_cache(maxsize=30_000)
def _after(word: str, spots: frozenset[Spot], letter: str, rhyme: Rhyme) -> frozenset[Spot]:
    """Return the spots after a finished word; where the line is full it must rhyme."""
    after: set[Spot] = set()
    for sound in hear(word):
        after |= Metre.step(spots, word, sound.stresses)
    if any(place == len(template) for template, place in after) and not rhyme.meets(letter, word):
        after = {(template, place) for template, place in after if place < len(template)}
    if on_two(rhyme.wanted(letter)):
        after = {(template, place) for template, place in after if place != len(template) - 1}
    return frozenset(after)


@lru_cache(maxsize=60_000)
def _leads_on(beginning: str, spots: frozenset[Spot], letter: str, rhyme: Rhyme) -> bool:
    """Tell whether some word begins so and fits where the line stands."""
    room = max(len(template) - place for template, place in spots)
    if room == 1 and (wanted := rhyme.wanted(letter)):
        words: Iterable[str] = (w for e in wanted for w in rhyme_families()[e] if w.startswith(beginning))
    else:
        words = continuations(beginning)
    return any(_after(word, spots, letter, rhyme) for word in words)
