"""What English words do to a line: syllables, stresses, rhymes; and which words may still come.

A template has a sign for each syllable: S strong, w weak, x either.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from pipelines.text.forms.words import company, continuations, hear, rhyme_families, verse_words

ARTICLES = frozenset({"the", "a", "an"})
# Words that lean on the next one: a line doesn't end on them.
LEANING = ARTICLES | frozenset(
    "and or but nor if as than of to with from at into upon my thy his its our your their every who whose which that "
    "is was are were be am has had have hath doth would could should shall may might must can will when while where "
    "so very no too ere in on by because though unto i we he she they i'm i'll i'd i've".split()
)
ENOUGH = 12

Spot = tuple[str, int]
Endings = frozenset[str]
Shape = tuple[bool, tuple[str, ...]]


@dataclass(frozen=True)
class Metre:
    """Syllables and stress: where a word brings each way of reading the line.

    A word of one syllable is weak or strong as needed, an article always weak. In a longer word the main stress is on a
    strong place (in a line's first foot it may be turned round), and an unstressed syllable is on a strong place only
    where a word of three or more carries it.
    """

    @staticmethod
    def step(spots: frozenset[Spot], stresses: str, article: bool = False) -> set[Spot]:
        """Return the spots after a word, in the readings that bear it."""
        after = set()
        for template, start in spots:
            end = start + len(stresses)
            places = template[start:end]
            if end <= len(template) and Metre.bears(places, stresses, article, start):
                after.add((template, end))
        return after

    @staticmethod
    def bears(places: str, stresses: str, article: bool, start: int) -> bool:
        """Tell whether these places of a template bear a word's stresses."""
        if len(stresses) == 1:
            return places != "S" or not article
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
        return next((endings for name, endings in self.chosen if name == letter), frozenset())

    def feminine(self, letter: str) -> bool:
        """Tell whether a line of this letter must end on a rhyme of two syllables."""
        return on_two(self.wanted(letter))

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


@lru_cache(maxsize=1_000)
def on_two(endings: Endings) -> bool:
    """Tell whether a rhyme is on two syllables or more, the strong one not the last."""
    return bool(endings) and all(len(re.findall(r"\b[AEIOU]", ending)) > 1 for ending in endings)


@lru_cache(maxsize=30_000)
def sound_of(word: str) -> Endings:
    """Return all endings by which a word may rhyme."""
    return frozenset(ending for sound in hear(word) for ending in sound.endings)


def measure(word: str) -> Shape:
    """Return all that the metre asks of a word: its stresses, one a way of saying it, and whether it is an article."""
    return word in ARTICLES, tuple(dict.fromkeys(sound.stresses for sound in hear(word)))


@cache
def _shapes() -> Mapping[str, Shape]:
    return {word: measure(word) for word in verse_words()}


@lru_cache(maxsize=30_000)
def _shapes_of(beginning: str) -> tuple[Shape, ...]:
    """Return the shapes of the words of verse that begin so, some hundred in all."""
    shapes = _shapes()
    return tuple(dict.fromkeys(shapes[word] for word in continuations(beginning)))


@lru_cache(maxsize=30_000)
def _scan(shape: Shape, spots: frozenset[Spot], feminine: bool) -> tuple[frozenset[Spot], frozenset[Spot]]:
    """Return the spots after a word where the line is open, and those where it is full.

    Where the line's rhyme is feminine, its last two syllables are one word's.
    """
    article, ways = shape
    after = set[Spot]().union(*(Metre.step(spots, stresses, article) for stresses in ways))
    full = frozenset((template, place) for template, place in after if place == len(template))
    return frozenset(s for s in after - full if not (feminine and s[1] == len(s[0]) - 1)), full


def follow(word: str, spots: frozenset[Spot], letter: str, rhyme: Rhyme) -> frozenset[Spot]:
    """Return the spots after a finished word; where the line is full it must rhyme."""
    still_open, full = _scan(measure(word), spots, rhyme.feminine(letter))
    return still_open | full if full and rhyme.meets(letter, word) else still_open


@lru_cache(maxsize=60_000)
def lead(beginning: str, spots: frozenset[Spot], feminine: bool) -> tuple[bool, bool]:
    """Tell whether some word begins so and leaves the line open, and whether some does and fills it, if it rhymes."""
    ways = [_scan(shape, spots, feminine) for shape in _shapes_of(beginning)]
    return any(still_open for still_open, _ in ways), any(full for _, full in ways)


@lru_cache(maxsize=30_000)
def leads_home(beginning: str, spots: frozenset[Spot], letter: str, rhyme: Rhyme) -> bool:
    """Tell whether some word begins so, fills the line and rhymes."""
    if wanted := rhyme.wanted(letter):
        words: Iterable[str] = (w for e in wanted for w in rhyme_families().get(e, ()) if w.startswith(beginning))
    else:
        words = continuations(beginning)
    return any(_scan(_shapes()[word], spots, False)[1] and rhyme.meets(letter, word) for word in words)
