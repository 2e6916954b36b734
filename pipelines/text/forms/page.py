"""Read the artist's own beginning of an English poem.

Theirs is the licence: finished lines are taken as they are; of an unfinished one only the syllables are counted.
"""

import re

from pipelines.errors import NoRhyme, PageOutOfForm, PoemComplete
from pipelines.text.forms.english import EnglishVerse
from pipelines.text.forms.prosody import LEANING, on_two, sound_of
from pipelines.text.forms.words import guess_syllables, hear, rhyme_families


def follow_english(verse: EnglishVerse, page: str) -> EnglishVerse:
    """Return the poem after the page; raise PageOutOfForm, PoemComplete or NoRhyme."""
    *finished, rest = page.split("\n")
    for text in filter(str.strip, finished):
        if verse.done:
            raise PoemComplete
        words = spoken(text)
        if not words:
            raise PageOutOfForm(line=verse.line + 1)
        wanted = verse.rhyme.wanted(verse.lines[verse.line].rhyme)
        endings = sound_of(words[-1])
        verse = verse.at(text=text.strip(), last_word=words[-1]).next_line(endings & wanted or wanted or endings)
        if verse.line == len(verse.lines):
            raise PoemComplete
    _require_rhymes(verse)
    if page.endswith("\n\n"):
        verse = verse.at(stanza_break=False)
    return _begin(verse.at(stanza_break=False), rest.strip()) if rest.strip() else verse


def _begin(verse: EnglishVerse, text: str) -> EnglishVerse:
    """Return the poem after the unfinished line `text`."""
    refrain = verse.lines[verse.line].refrain
    words = spoken(text)
    if not words or (refrain >= 0 and not verse.ended[refrain].startswith(text)):
        raise PageOutOfForm(line=verse.line + 1)
    spots = {(template, 0) for template, _ in verse.start_spots()}
    for word in words:
        spots = {(t, p + n) for t, p in spots for n in count_syllables(word) if p + n <= len(t)}
    if refrain < 0 and not spots:
        raise PageOutOfForm(line=verse.line + 1)
    if verse.line == len(verse.lines) - 1 and text[-1] in ".!?" and any(p == len(t) for t, p in spots):
        raise PoemComplete
    return verse.at(spots=frozenset(spots), last_word=words[-1], before=text[-1], text=text)


def _require_rhymes(verse: EnglishVerse) -> None:
    """Raise NoRhyme where a line on the page asks for more rhymes than the dictionary has."""
    done = verse.lines[: verse.line]
    ends = {line.rhyme: spoken(text)[-1] for line, text in zip(done, verse.ended, strict=True) if line.rhyme}
    for letter, word in ends.items():
        needed = sum(line.rhyme == letter and line.refrain < 0 for line in verse.lines[verse.line :])
        if needed and len(_available(verse, letter)) < needed:
            raise NoRhyme(word=word)


def _available(verse: EnglishVerse, letter: str) -> set[str]:
    """Return the sounds that can end a line of this letter wherever it has come to."""
    wanted = verse.rhyme.wanted(letter)
    stresses = "10" if on_two(wanted) else "1"
    words = {w for ending in wanted for w in rhyme_families().get(ending, ())} - LEANING - verse.rhyme.used
    heard = {tail for used in verse.rhyme.used for s in hear(used) for tail in s.tails}
    sounds = (s for w in words for s in hear(w) if s.stresses == stresses and s.endings & wanted)
    return {tail for s in sounds for tail in s.tails} - heard


def spoken(text: str) -> list[str]:
    """Return a line's words in lower case."""
    return re.findall(r"[a-z']*[a-z][a-z']*", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def count_syllables(word: str) -> set[int]:
    """Return how many syllables a word may have."""
    for known in (word, word.strip("'"), re.sub(r"'d$", "ed", word)):
        if sounds := hear(known):
            return {len(sound.stresses) for sound in sounds}
    return {guess_syllables(word)}
