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
        if not (phrase[0].isascii() and phrase[0].isalpha() and start and low[start - 1].isalpha()):
            starts.append(start)
        start = low.find(phrase, start + 1)
    return [start + len(phrase) for start in starts]


def banner(lines: str, text: str, peek: Callable[[int], str]) -> Banned:
    """Return what tells whether a token would complete a banned phrase after `text`; None where none is banned."""
    phrases = split_phrases(lines)
    return (lambda token: find_end(text, peek(token), phrases) is not None) if phrases else None
