"""How Chinese characters were read: tone and rhyme in 平水韵 (verse) and 词林正韵 (song lyrics and arias)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEVEL, OBLIQUE, ANY = "平", "仄", "中"
UNKNOWN = frozenset({ANY})
TABLE = Path(__file__).with_name("readings.txt")


@dataclass(frozen=True)
class Reading:
    """One reading: level or oblique, its rhyme in 平水韵 (empty where that book lacks it), its group in 词林正韵."""

    tone: str
    rhyme: str
    group: str


@cache
def read_characters() -> Mapping[str, tuple[Reading, ...]]:
    """Return every known character's readings."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        rhyme, tone, group, characters = line.split(" ")
        kind = LEVEL if tone == LEVEL else OBLIQUE
        reading = Reading(kind, "" if rhyme == "-" else tone + rhyme, group)
        for character in characters:
            found[character].append(reading)
    return {character: tuple(readings) for character, readings in found.items()}


@cache
def _tones() -> Mapping[str, frozenset[str]]:
    return {sign: frozenset({ANY, *(r.tone for r in readings)}) for sign, readings in read_characters().items()}


def tones_of(character: str) -> frozenset[str]:
    """Return the signs in a tone pattern that the character fits; an unknown one is neither level nor oblique."""
    return _tones().get(character, UNKNOWN)


@cache
def by_opening() -> Mapping[bytes, str]:
    """Return the known characters by the first one or two bytes of their UTF-8."""
    found: dict[bytes, list[str]] = defaultdict(list)
    for character in read_characters():
        for length in (1, 2):
            found[character.encode()[:length]].append(character)
    return {opening: "".join(characters) for opening, characters in found.items()}


@cache
def family_sizes(system: str) -> Mapping[tuple[str, str], int]:
    """Return how many characters have each rhyme, by `(rhyme, tone)`; `system` is "rhyme" or "group"."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for readings in read_characters().values():
        for key in {(getattr(r, system), r.tone) for r in readings}:
            sizes[key] += 1
    return dict(sizes)
