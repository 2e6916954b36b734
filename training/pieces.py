"""A piece of music as its source has it, and whether a composer may learn from it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

HELD_OUT_SHARE = 16

RawNote = Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece as its source has it; `runs` are stretches of one metre: first tick, bars, metre."""

    name: str
    style: str
    voices: dict[int, list[RawNote]]
    runs: list[tuple[int, int, str]]
    end_run: int
    tempo: float | None = None
    key: tuple[int, str] | None = None
    fifths: int | None = None
    chords: list[tuple[int, str]] = field(default_factory=list)

    @property
    def held_out(self) -> bool:
        """Tell whether the piece is kept from training: one in sixteen, by its name."""
        return hashlib.sha256(self.name.encode()).digest()[0] % HELD_OUT_SHARE == 0
