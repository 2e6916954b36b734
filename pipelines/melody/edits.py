"""What the artist changed by hand in a composed piece: tones taken out and put in, as one text among the parameters."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from pipelines.errors import UnreadableEdits
from pipelines.melody.score import BAR_TICKS, DRUMS, KIT, STYLES, Sketch, Tone

MAX_EDITS = 60_000  # characters
EDIT = re.compile(r"([+-])(\d{1,6}),([0-5]),(\d{1,3}),(\d{1,5})(?:,(\d{1,3}))?", re.ASCII)
PITCHES = range(1, 127)
MAX_VELOCITY = 127


def apply_edits(sketch: Sketch, edits: str) -> Sketch:
    """Return a sketch with an artist's changes, those that fit it; raise UnreadableEdits."""
    if not edits:
        return sketch
    gone, added = read_edits(edits)
    check(sketch, added)
    return replace(sketch, tones=tuple(sorted({*(set(sketch.tones) - gone), *added})))


def find_edits(sketch: Sketch, tones: Collection[Tone]) -> str:
    """Return what turns the sketch's tones into these; raise UnreadableEdits where one could not be there."""
    check(sketch, tones)
    old, new = set(sketch.tones), set(tones)
    return ";".join([*map(_write("-"), sorted(old - new)), *map(_write("+"), sorted(new - old))])


def read_edits(edits: str) -> tuple[set[Tone], set[Tone]]:
    """Return the tones taken out and put in; raise UnreadableEdits."""
    found: dict[str, set[Tone]] = {"-": set(), "+": set()}
    for edit in edits.split(";"):
        told = EDIT.fullmatch(edit)
        if told is None:
            raise UnreadableEdits
        found[told[1]].add(Tone(*(int(part) for part in told.groups()[1:] if part)))
    return found["-"], found["+"]


def check(sketch: Sketch, tones: Iterable[Tone]) -> None:
    """Raise UnreadableEdits where a tone lies outside the piece or in a voice that its style lacks.

    Drums can be laid under any style.
    """
    end, voices = sketch.bars * BAR_TICKS[sketch.header.metre], {*STYLES[sketch.header.style].voices, DRUMS}
    for tone in tones:
        fits = tone.length_ticks > 0 and tone.start_ticks + tone.length_ticks <= end and tone.voice in voices
        if not fits or tone.velocity > MAX_VELOCITY or tone.pitch not in (KIT if tone.voice == DRUMS else PITCHES):
            raise UnreadableEdits


def _write(sign: str) -> Callable[[Tone], str]:
    def write(tone: Tone) -> str:
        loud = f",{tone.velocity}" if tone.velocity else ""
        return f"{sign}{tone.start_ticks},{tone.voice},{tone.pitch},{tone.length_ticks}{loud}"

    return write
