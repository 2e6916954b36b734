"""Phrases that end a work, and phrases that are never written."""

from collections.abc import Callable
from functools import lru_cache

LONGEST = 200
Banned = Callable[[int], bool] | None


@lru_cache(maxsize=64)
def split_phrases(lines: str) -> tuple[str, ...]:
    """Return the phrases of a list, one a line, without case or the blanks around them."""
    return tuple(phrase[:LONGEST] for line in lines.splitlines() if (phrase := line.strip().casefold()))


def find_end(text: str, piece: str, phrases: tuple[str, ...]) -> int | None:
    """Return how many characters of `piece`, written after `text`, the first phrase it completes takes, or None.

    A phrase that begins with a Latin letter begins a word: "art" is not found in "heart", but in "artful". A line end
    counts as a blank.
    """
    if not phrases or not piece:
        return None
    before = _lower(text[-LONGEST - 1 :])
    low = before + _lower(piece)
    ends = [end for phrase in phrases for end in _ends(low, phrase) if end > len(before)]
    return min(ends) - len(before) if ends else None


def _lower(text: str) -> str:
    return text.casefold().replace("\n", " ")


def _ends(low: str, phrase: str) -> list[int]:
    starts, start = [], low.find(phrase)
    while start >= 0:
        if not (_begins_word(phrase) and start and low[start - 1].isalpha()):
            starts.append(start)
        start = low.find(phrase, start + 1)
    return [start + len(phrase) for start in starts]


def _begins_word(phrase: str) -> bool:
    return phrase[0].isascii() and phrase[0].isalpha()


def spell_stops(lines: str, most: int) -> list[str]:
    """Return at most `most` strings for a server to stop at: wherever one stands in a text, `find_end` finds an end.

    The reverse doesn't hold: a server looks for the very letters, so a phrase that begins a word is spelled with what
    may stand before it, and one in other case, or begun in the page, is left to `find_end`.
    """
    phrases = [phrase for line in lines.splitlines() if (phrase := line.strip()) and len(phrase.casefold()) <= LONGEST]
    words = [phrase for phrase in phrases if _begins_word(phrase.casefold())]
    spelled = [" " + phrase if phrase in words else phrase for phrase in phrases]
    return list(dict.fromkeys([*spelled, *("\n" + word for word in words)]))[:most]


def banner(lines: str, text: str, peek: Callable[[int], str]) -> Banned:
    """Return what tells whether a token would complete a banned phrase after `text`; None where none is banned."""
    phrases = split_phrases(lines)
    return (lambda token: find_end(text, peek(token), phrases) is not None) if phrases else None
