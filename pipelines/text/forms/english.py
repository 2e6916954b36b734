"""English forms: syllables and stresses a line, rhymes, refrains.

What the model adds are words of the dictionary, so that their sound is known; the artist's own may be any.
A template has a sign for each syllable: S strong, w weak, x either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Self

from pipelines.text.forms.prosody import Endings, Rhyme, Spot, follow, lead, leads_home, sound_of
from pipelines.text.forms.verse import Changing, Judge
from pipelines.text.forms.words import verse_words

MARKS = ",;:!?.—"
INNER_MARKS = ",;:!?—"
LAST_MARKS = ".!?"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIGNS = frozenset(LETTERS + LETTERS.upper() + "' \n" + MARKS)
NAMES = ("I", "I'm", "I'll", "I've", "I'd", "O", "God", "God's", "Lord", "Lord's")  # capital within a line too


@dataclass(frozen=True)
class Line:
    """One line of a form: its templates, its rhyme's letter, the line (from 0) it repeats, a stanza's end after it."""

    templates: tuple[str, ...]
    rhyme: str = ""
    refrain: int = -1
    last_of_stanza: bool = False


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
        return [*by_opening().get(opening, ()), *(sign for sign in others if sign.encode().startswith(opening))]

    def advance(self, text: str) -> Self | None:
        """Take letters, a blank, a mark or a line end where they belong."""
        if self.done:
            return None
        refrain = self.lines[self.line].refrain
        letters = text.isalpha()
        if len(text) > 1 and (not letters or refrain >= 0 or self.stanza_break):
            first = self.advance(text[0])
            return first and first.advance(text[1:])
        if self.stanza_break:
            return self.at(stanza_break=False) if text == "\n" else None
        if refrain >= 0:
            return self._repeat(text, self.ended[refrain])
        if not SIGNS.issuperset(text):
            return None
        if letters or text == "'":
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
        return frozenset((template + "w" * self.rhyme.feminine(line.rhyme), 0) for template in line.templates)

    def judge(self) -> Judge:
        """Return what tells whether a text may come next; of letters it tells so without taking them."""
        if self.done or self.stanza_break or self._refrain >= 0:
            return lambda text: self.advance(text) is not None
        letter, spots = self.lines[self.line].rhyme, self.spots or self.start_spots()
        feminine = self.rhyme.feminine(letter)

        def answer(text: str) -> bool:
            if text != "'" and not (text.isascii() and text.isalpha()):
                return self.advance(text) is not None
            if not self._may_look(text):
                return False
            word = self.word + text.lower()
            on, home = lead(word, spots, feminine)
            return on or (home and leads_home(word, spots, letter, self.rhyme))

        return answer

    def _spell(self, letters: str) -> Self | None:
        if not self.judge()(letters):
            return None
        spots, word = self.spots or self.start_spots(), self.word + letters.lower()
        return self.at(spots=spots, word=word, before=letters[-1], text=self.text + letters)

    def _may_look(self, letters: str) -> bool:
        """Tell whether letters may be small or capital as they are, and stand where they do."""
        if letters[1:] and not letters[1:].islower():
            return False
        if self.word:
            if self.before == self.word == "i" and letters == "'":
                return False  # “I” stands tall
            return self.text == "'" or not letters[0].isupper()
        if self.before == "\n":
            return not letters[0].islower()
        return self.before == " " and (not letters[0].isupper() or self._may_be_capital(letters))

    def _may_be_capital(self, letters: str) -> bool:
        """Tell whether a word within a line may begin so: after an exclamation or a question, or a name."""
        return self.text[-2:-1] in ("!", "?") or any(name.startswith(letters) for name in NAMES)

    def _end_word(self, sign: str) -> Self | None:
        if self.word not in verse_words() or (self.word == "i" and self.before == "i"):
            return None
        spots = follow(self.word, self.spots, self.lines[self.line].rhyme, self.rhyme)
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


@cache
def by_opening() -> Mapping[bytes, tuple[str, ...]]:
    """Return the letters and marks of English verse by how their UTF-8 begins."""
    found: dict[bytes, tuple[str, ...]] = {}
    for sign in SIGNS:
        for end in range(1, 1 + len(sign.encode())):
            opening = sign.encode()[:end]
            found[opening] = (*found.get(opening, ()), sign)
    return found
