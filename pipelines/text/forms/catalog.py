"""The forms a poem may keep, by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.errors import FormOfOtherLanguage, PageInOtherScript
from pipelines.text.forms.chinese import ChineseVerse, follow_chinese, read_tunes, regulated, song
from pipelines.text.forms.english import EnglishVerse, Line
from pipelines.text.forms.names import ARIAS, ENGLISH, REGULATED
from pipelines.text.forms.page import follow_english
from pipelines.text.forms.readings import by_opening, family_sizes
from pipelines.text.forms.verse import Verse
from pipelines.text.forms.words import rhyme_families

PENTAMETER = ("wSwSwSwSwS",)
TETRAMETER = ("wSwSwSwS",)
TRIMETER = ("wSwSwS",)
LONG_LIMERICK = ("wSwwSwwS", "wwSwwSwwS")
SHORT_LIMERICK = ("wSwwS", "wwSwwS")
SCHEMES = {"couplet": "couplets", "quatrain": "alternate", "sonnet": "alternate", "ballad": "ballad"}
VILLANELLE = ("aba", "ab0", "ab2", "ab0", "ab2", "ab02")  # a digit is the line, from 0, that comes back


def _rhymed(scheme: str, *metres: tuple[str, ...]) -> tuple[Line, ...]:
    """Return lines that rhyme by the scheme's letters, in these metres by turns; “-” rhymes with nothing."""
    return tuple(Line(metres[i % len(metres)], letter.strip("-")) for i, letter in enumerate(scheme))


def _villanelle() -> tuple[Line, ...]:
    lines: list[Line] = []
    for stanza in VILLANELLE:
        for place, sign in enumerate(stanza, start=1):
            letter, refrain = ("a", int(sign)) if sign.isdigit() else (sign, -1)
            lines.append(Line(PENTAMETER, letter, refrain, last_of_stanza=place == len(stanza)))
    return tuple(lines)


def _limerick() -> tuple[Line, ...]:
    return tuple(Line(SHORT_LIMERICK if letter == "b" else LONG_LIMERICK, letter) for letter in "aabba")


LINES: Mapping[str, Callable[[], tuple[Line, ...]]] = {
    "couplet": lambda: _rhymed("aa", PENTAMETER),
    "quatrain": lambda: _rhymed("abab", PENTAMETER),
    "ballad": lambda: _rhymed("-a-a", TETRAMETER, TRIMETER),
    "limerick": _limerick,
    "haiku": lambda: _rhymed("---", ("xxxxx",), ("xxxxxxx",), ("xxxxx",)),
    "sonnet": lambda: _rhymed("ababcdcdefefgg", PENTAMETER),
    "villanelle": _villanelle,
}


@dataclass(frozen=True)
class Kind:
    """What a verse form asks of the prompt: its language, the writer's form and metre, a title of its own, its name."""

    language: str
    form: str = "verse"
    metre: str | None = None
    title: str = ""
    name: str = ""


@cache
def _tunes() -> Mapping[str, tuple[str, str]]:
    return read_tunes(Path(__file__).with_name("tunes.txt").read_text(encoding="utf-8").splitlines())


def kind_of(verse_form: str) -> Kind:
    """Return what is known of a verse form (not of "free")."""
    if verse_form in ENGLISH:
        return Kind("en", metre=SCHEMES.get(verse_form), name={"ballad": "ballad stanza"}.get(verse_form, verse_form))
    if verse_form in REGULATED:
        return Kind("zh", metre=verse_form, name=REGULATED[verse_form][0])
    title, _ = _tunes()[verse_form]
    return Kind("zh", "qu" if verse_form in ARIAS else "ci", title=title, name=title)


def start_verse(verse_form: str) -> Verse:
    """Return the empty poem of a form."""
    if verse_form in ENGLISH:
        return EnglishVerse(LINES[verse_form]())
    if verse_form in REGULATED:
        _, length, lines = REGULATED[verse_form]
        return regulated(length, lines)
    return song(_tunes()[verse_form][1])


def open_books() -> None:
    """Read the dictionary and the rhyme books: half a second that no poem should wait for."""
    rhyme_families()
    by_opening()
    for system in ("rhyme", "group"):
        family_sizes(system)
    for form, sign in (("couplet", "A"), ("wujue", "山")):
        start_verse(form).advance(sign)


def open_verse(verse_form: str, language: str, page: str) -> Verse:
    """Return the poem as far as the page has it.

    Raises FormOfOtherLanguage, PageInOtherScript, PageOutOfForm, PoemComplete or NoRhyme.
    """
    kind = kind_of(verse_form)
    if kind.language != language:
        raise FormOfOtherLanguage
    foreign = r"[\u3400-\u9fff]" if language == "en" else r"[A-Za-z]"
    if re.search(foreign, page):
        raise PageInOtherScript
    verse = start_verse(verse_form)
    if not page.strip():
        return verse
    if isinstance(verse, EnglishVerse):
        return follow_english(verse, page)
    assert isinstance(verse, ChineseVerse), "a form is of one language or the other"
    return follow_chinese(verse, page)
