"""How notes are written down: the values a length is made of, ties, beams and brackets, and how a pitch is spelled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, TICKS_PER_QUARTER, Note

# Values by ticks: (type, dots). A triplet's value is written as one half longer than it lasts.
VALUES = {
    144: ("whole", 1), 96: ("whole", 0), 72: ("half", 1), 48: ("half", 0), 36: ("quarter", 1), 24: ("quarter", 0),
    18: ("eighth", 1), 12: ("eighth", 0), 9: ("16th", 1), 6: ("16th", 0), 3: ("32nd", 0),
}  # fmt: skip
TRIPLET_VALUES = {
    16: ("quarter", 0), 12: ("eighth", 1), 8: ("eighth", 0), 6: ("16th", 1), 4: ("16th", 0), 3: ("32nd", 1),
    2: ("32nd", 0), 1: ("64th", 0),
}  # fmt: skip
FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}
STEPS = "FCGDAEB"  # the line of fifths


@dataclass
class Sign:
    """One printed sign: a chord of MIDI pitches, or a rest where there are none, with its value in ticks and by name.

    `held` are the pitches tied to the sign before, `holds` those tied to the one after; `beams` are MusicXML's words by
    level; `bracket` is `start`, `stop` or nothing at a triplet's ends.
    """

    start: int
    ticks: int
    pitches: tuple[int, ...]
    held: frozenset[int]
    holds: frozenset[int]
    kind: str
    dots: int
    triplet: bool = False
    bracket: str = ""
    beams: list[str] = field(default_factory=list)


def write_bar(notes: Sequence[Note], bar: int, metre: str) -> list[Sign]:
    """Return the signs of one voice in a bar, which they fill exactly; their starts are counted from the bar line."""
    length = BAR_TICKS[metre]
    first = bar * length
    inside = [n for n in notes if n.start_ticks < first + length and n.start_ticks + n.length_ticks > first]
    edges = {0, length}
    for note in inside:
        edges |= {max(0, note.start_ticks - first), min(length, note.start_ticks + note.length_ticks - first)}
    triplets = {edge // TICKS_PER_QUARTER for edge in edges if edge % 3}
    for quarter in triplets:
        edges |= {quarter * TICKS_PER_QUARTER, min(length, (quarter + 1) * TICKS_PER_QUARTER)}
    signs: list[Sign] = []
    ordered = sorted(edges)
    for start, end in zip(ordered, ordered[1:], strict=False):
        signs += _write_stretch(inside, first, start, end, start // TICKS_PER_QUARTER in triplets, metre)
    _bracket(signs)
    _beam(signs, BEAT_TICKS[metre] if BEAT_TICKS[metre] == 36 else TICKS_PER_QUARTER)
    return signs


def _write_stretch(
    notes: Sequence[Note], first: int, start: int, end: int, triplet: bool, metre: str
) -> Iterator[Sign]:
    """Yield the signs between two neighbouring edges: the same pitches sound all the time."""
    sounding = [n for n in notes if n.start_ticks <= first + start < n.start_ticks + n.length_ticks]
    pitches = tuple(sorted({n.pitch for n in sounding}))
    place = start
    while place < end:
        table = TRIPLET_VALUES if triplet else VALUES
        ticks = next(value for value in table if value <= end - place and (triplet or _stands(value, place, metre)))
        held = frozenset(n.pitch for n in sounding if n.start_ticks < first + place)
        holds = frozenset(n.pitch for n in sounding if n.start_ticks + n.length_ticks > first + place + ticks)
        yield Sign(place, ticks, pitches, held, holds, *table[ticks], triplet)
        place += ticks


def _stands(value: int, place: int, metre: str) -> bool:
    """Tell whether a value may be printed at a place of the bar without hiding its beats."""
    beat = BEAT_TICKS[metre]
    if beat == 36:
        within = place % beat
        return value % beat == 0 and within == 0 and value != 144 if value >= beat else within + value <= beat
    if value in (144, 36) or value == 18:
        return place % 24 == 0 and (value != 36 or place % 48 == 0 or BAR_TICKS[metre] % 96 != 0)
    if value in (96, 72):
        return place == 0
    if value >= 24:
        return place % 24 == 0
    half = 12 if value in (9, 3) else 24
    return place % value == 0 if value != 9 else place % 12 + value <= half


def _bracket(signs: list[Sign]) -> None:
    """Mark the first and the last sign of each triplet."""
    for index, sign in enumerate(signs):
        if sign.triplet:
            quarter = sign.start // TICKS_PER_QUARTER
            before = index and signs[index - 1].triplet and signs[index - 1].start // TICKS_PER_QUARTER == quarter
            after = index + 1 < len(signs) and signs[index + 1].start // TICKS_PER_QUARTER == quarter
            sign.bracket = "" if before and after else "stop" if before else "start"


def _beam(signs: list[Sign], beat: int) -> None:
    """Join neighbouring short notes within a beat."""
    group: list[Sign] = []
    for sign in [*signs, None]:
        joins = sign is not None and sign.pitches and sign.kind in FLAGS
        if group and (sign is None or not joins or sign.start // beat != group[0].start // beat):
            _join(group)
            group = []
        if joins and sign is not None:
            group.append(sign)


def _join(group: list[Sign]) -> None:
    if len(group) < 2:
        return
    for level in range(1, 5):
        for index, sign in enumerate(group):
            if FLAGS[sign.kind] < level:
                continue
            before = index > 0 and FLAGS[group[index - 1].kind] >= level
            after = index + 1 < len(group) and FLAGS[group[index + 1].kind] >= level
            word = {(1, 1): "continue", (1, 0): "end", (0, 1): "begin"}.get((before, after))
            sign.beams.append(word or ("backward hook" if index else "forward hook"))


def spell(pitch: int, fifths: int) -> tuple[str, int, int]:
    """Return step, alteration and octave of a MIDI pitch in a key of so many fifths; C4 is 60."""
    lowest = fifths - 4  # from the flat third of the relative minor to its leading tone and one beyond
    place = (pitch * 7 - lowest) % 12 + lowest  # on the line of fifths, C at 0
    step = STEPS[(place + 1) % 7]
    alter = (place + 1) // 7
    octave = (pitch - alter) // 12 - 1
    return step, alter, octave


def signature(fifths: int) -> dict[str, int]:
    """Return the alterations of a key signature by step."""
    if fifths >= 0:
        return dict.fromkeys(STEPS[:fifths], 1)
    return dict.fromkeys(STEPS[fifths:], -1)


def choose_clef(pitches: Iterable[int]) -> tuple[str, int]:
    """Return the sign and the line of the clef in which pitches lie best."""
    heights = sorted(pitches)
    middle = heights[len(heights) // 2] if heights else 71
    return ("F", 4) if middle < 55 else ("G", 2)
