"""Write a score as MusicXML 4.0, which MuseScore, Dorico, Finale and Sibelius read, and from which we engrave it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pipelines.melody.expression import INSTRUMENTS, choose_programs
from pipelines.melody.midi import MODE_FIFTHS
from pipelines.melody.notation import Sign, choose_clef, signature, spell, write_bar
from pipelines.melody.score import (
    BASS,
    DRUMS,
    MELODY,
    SECOND,
    THIRD,
    TICKS_PER_QUARTER,
    TONICS,
    Harmony,
    Note,
    Score,
)

HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
"""
KINDS = {
    "maj": ("major", ""), "min": ("minor", "m"), "7": ("dominant", "7"), "m7": ("minor-seventh", "m7"),
    "maj7": ("major-seventh", "maj7"), "dim": ("diminished", "dim"), "aug": ("augmented", "aug"),
    "sus": ("suspended-fourth", "sus4"),
}  # fmt: skip
DRUM_PLACES = {
    36: ("F", 4, ""), 38: ("C", 5, ""), 42: ("G", 5, "x"), 46: ("G", 5, "circle-x"), 43: ("A", 4, ""),
    47: ("D", 5, ""), 50: ("E", 5, ""), 51: ("F", 5, "x"), 49: ("A", 5, "x"),
}  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """Voices that stand on one staff, the upper one first; a `clef` of None is chosen by the notes."""

    voices: tuple[int, ...]
    clef: tuple[str, int] | None = None


@dataclass(frozen=True)
class Part:
    """Staves that one player reads."""

    name: str
    staves: tuple[Staff, ...]


G, F, ALTO, PERCUSSION = ("G", 2), ("F", 4), ("C", 3), ("percussion", 0)
KIT_PART = Part("Drums", (Staff((DRUMS,), PERCUSSION),))
PARTS: dict[str, tuple[Part, ...]] = {
    "dance": (Part("", (Staff((MELODY,)),)),),
    "lead": (Part("", (Staff((MELODY,)),)),),
    "song": (Part("", (Staff((MELODY,), G),)), Part("Piano", (Staff((SECOND,)), Staff((BASS,), F)))),
    "chorale": (Part("Choir", (Staff((MELODY, SECOND), G), Staff((THIRD, BASS), F))),),
    "quartet": (
        Part("Violin I", (Staff((MELODY,), G),)),
        Part("Violin II", (Staff((SECOND,), G),)),
        Part("Viola", (Staff((THIRD,), ALTO),)),
        Part("Violoncello", (Staff((BASS,), F),)),
    ),
    "drums": (KIT_PART,),
}


def write_musicxml(score: Score) -> bytes:
    """Return a score as a MusicXML file; every voice fills each of its bars exactly."""
    root = Element("score-partwise", version="4.0")
    encoding = SubElement(SubElement(root, "identification"), "encoding")
    SubElement(encoding, "software").text = "Triptych"
    listed = SubElement(root, "part-list")
    programs, parts = dict(score.programs), list(list_parts(score))
    names = {number: name.replace("_", " ").capitalize() for name, number in INSTRUMENTS.items()}
    for number, part in enumerate(parts, start=1):
        voice = part.staves[0].voices[0]
        entry = SubElement(listed, "score-part", id=f"P{number}")
        SubElement(entry, "part-name").text = part.name or names.get(programs[voice], "Melody")
        if voice != DRUMS:
            instrument = SubElement(entry, "score-instrument", id=f"P{number}-I1")
            SubElement(instrument, "instrument-name").text = names.get(programs[voice], "Piano")
            midi = SubElement(entry, "midi-instrument", id=f"P{number}-I1")
            SubElement(midi, "midi-channel").text = str(voice + 1)
            SubElement(midi, "midi-program").text = str(programs[voice] + 1)
    for number, part in enumerate(parts, start=1):
        _PartWriter(score, part, first=number == 1).write(SubElement(root, "part", id=f"P{number}"))
    indent(root, "")
    body: bytes = tostring(root, encoding="utf-8")
    return HEAD + body


def list_parts(score: Score) -> Iterator[Part]:
    """Yield who reads what: voices of one part that have players of their own read from staves of their own."""
    programs, suited = dict(score.programs), dict(choose_programs(score.style, {}))
    for part in PARTS[score.style]:
        voices = [(voice, staff.clef) for staff in part.staves for voice in staff.voices]
        if len({programs[voice] for voice, _ in voices}) > 1:
            yield from (Part("", (Staff((voice,), clef),)) for voice, clef in voices)
        else:
            first = voices[0][0]
            yield part if programs[first] == suited[first] else Part("", part.staves)
    if DRUMS in programs and KIT_PART not in PARTS[score.style]:
        yield KIT_PART


def count_fifths(score: Score) -> int:
    """Return the key signature: sharps, or flats below 0."""
    return (7 * TONICS.index(score.key) + MODE_FIFTHS[score.mode] + 5) % 12 - 5


class _PartWriter:
    """Writes one part; the `first` one carries the tempo and the chord names."""

    def __init__(self, score: Score, part: Part, first: bool) -> None:
        self.score, self.part, self.first = score, part, first
        self.fifths = count_fifths(score)
        self.notes = {
            voice: [note for note in score.notes if note.voice == voice]
            for staff in part.staves
            for voice in staff.voices
        }
        if DRUMS in self.notes:
            self.notes[DRUMS] = _last_on(self.notes[DRUMS])

    def write(self, element: Element) -> None:
        """Write all bars."""
        tempos = dict(((0, self.score.tempo), *self.score.tempo_changes))
        for bar in range(self.score.bars):
            measure = SubElement(element, "measure", number=str(bar + 1))
            if bar == 0:
                self._write_attributes(SubElement(measure, "attributes"))
            if self.first and bar in tempos:
                _write_tempo(measure, tempos[bar])
            if self.first:
                self._write_harmonies(measure, bar)
            self._write_staves(measure, bar)
            if bar == self.score.bars - 1:
                SubElement(SubElement(measure, "barline", location="right"), "bar-style").text = "light-heavy"

    def _write_attributes(self, element: Element) -> None:
        SubElement(element, "divisions").text = str(TICKS_PER_QUARTER)
        key = SubElement(element, "key")
        SubElement(key, "fifths").text = str(0 if DRUMS in self.notes else self.fifths)
        SubElement(key, "mode").text = self.score.mode
        above, below = self.score.metre.split("/")
        time = SubElement(element, "time")
        SubElement(time, "beats").text = above
        SubElement(time, "beat-type").text = below
        if len(self.part.staves) > 1:
            SubElement(element, "staves").text = str(len(self.part.staves))
        for number, staff in enumerate(self.part.staves, start=1):
            sign, line = staff.clef or choose_clef(n.pitch for voice in staff.voices for n in self.notes[voice])
            clef = SubElement(element, "clef", number=str(number))
            SubElement(clef, "sign").text = sign
            if line:
                SubElement(clef, "line").text = str(line)

    def _write_harmonies(self, measure: Element, bar: int) -> None:
        length = self.score.length_ticks // self.score.bars
        for harmony in self.score.harmonies:
            if harmony.start_ticks // length == bar:
                _write_harmony(measure, harmony, harmony.start_ticks % length, self.fifths)

    def _write_staves(self, measure: Element, bar: int) -> None:
        length, number = self.score.length_ticks // self.score.bars, 0
        for place, staff in enumerate(self.part.staves, start=1):
            altered = signature(self.fifths)
            here: dict[tuple[str, int], int] = {}
            for voice in staff.voices:
                number += 1
                if number > 1:
                    SubElement(SubElement(measure, "backup"), "duration").text = str(length)
                for sign in write_bar(self.notes[voice], bar, self.score.metre):
                    stem = ("up" if voice == staff.voices[0] else "down") if len(staff.voices) > 1 else ""
                    looks = _Looks(number, place if len(self.part.staves) > 1 else 0, stem, sign.ticks == length)
                    _write_sign(measure, sign, looks, _Accidentals(self.fifths, altered, here), voice == DRUMS)


def _last_on(strokes: Sequence[Note]) -> list[Note]:
    """Return drum strokes as they are written: each until the next one, or the end of its quarter."""
    times = sorted({stroke.start_ticks for stroke in strokes})
    following = dict(zip(times, [*times[1:], 1 << 30], strict=True))
    ends = {time: min(following[time], (time // TICKS_PER_QUARTER + 1) * TICKS_PER_QUARTER) for time in times}
    return [replace(stroke, length_ticks=ends[stroke.start_ticks] - stroke.start_ticks) for stroke in strokes]


@dataclass(frozen=True)
class _Looks:
    """Where a sign stands: its voice and staff (0 for the only one), its stem, whether it lasts a whole bar."""

    voice: int
    staff: int
    stem: str
    whole: bool


@dataclass(frozen=True)
class _Accidentals:
    """What is altered on a staff: by the key, and so far in this bar by step and octave."""

    fifths: int
    key: dict[str, int]
    here: dict[tuple[str, int], int]

    def need(self, step: str, alter: int, octave: int) -> str:
        """Return the accidental that a note needs, and remember it for the bar; nothing where none is."""
        if self.here.get((step, octave), self.key.get(step, 0)) == alter:
            return ""
        self.here[step, octave] = alter
        return {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}[alter]


def _write_sign(measure: Element, sign: Sign, looks: _Looks, accidentals: _Accidentals, drums: bool) -> None:
    if not sign.pitches:
        note = SubElement(measure, "note")
        rest = SubElement(note, "rest")
        if looks.whole:
            rest.set("measure", "yes")
        _finish(note, sign, looks, beams=())
        return
    for place, pitch in enumerate(sign.pitches):
        note = SubElement(measure, "note")
        if place:
            SubElement(note, "chord")
        accidental = head = ""
        if drums:
            step, octave, head = DRUM_PLACES[pitch]
            unpitched = SubElement(note, "unpitched")
            SubElement(unpitched, "display-step").text = step
            SubElement(unpitched, "display-octave").text = str(octave)
        else:
            step, alter, octave = spell(pitch, accidentals.fifths)
            pitched = SubElement(note, "pitch")
            SubElement(pitched, "step").text = step
            if alter:
                SubElement(pitched, "alter").text = str(alter)
            SubElement(pitched, "octave").text = str(octave)
            accidental = accidentals.need(step, alter, octave) if pitch not in sign.held else ""
        ties = [kind for kind, tied in (("stop", sign.held), ("start", sign.holds)) if pitch in tied and not drums]
        _finish(note, sign, looks, sign.beams if not place else (), ties, accidental, head, last=not place)


def _finish(  # noqa: PLR0913  what a MusicXML note holds, in the order of its schema
    note: Element, sign: Sign, looks: _Looks, beams: Sequence[str], ties: Sequence[str] = (), accidental: str = "",
    head: str = "", last: bool = True,
) -> None:  # fmt: skip
    SubElement(note, "duration").text = str(sign.ticks)
    for kind in ties:
        SubElement(note, "tie", type=kind)
    SubElement(note, "voice").text = str(looks.voice)
    if sign.pitches or not looks.whole:
        SubElement(note, "type").text = sign.kind
        for _ in range(sign.dots):
            SubElement(note, "dot")
    if accidental:
        SubElement(note, "accidental").text = accidental
    if sign.triplet:
        change = SubElement(note, "time-modification")
        SubElement(change, "actual-notes").text = "3"
        SubElement(change, "normal-notes").text = "2"
    if looks.stem and sign.pitches:
        SubElement(note, "stem").text = looks.stem
    if head:
        SubElement(note, "notehead").text = head
    if looks.staff:
        SubElement(note, "staff").text = str(looks.staff)
    for level, word in enumerate(beams, start=1):
        SubElement(note, "beam", number=str(level)).text = word
    bracket = sign.bracket if last else ""
    if ties or bracket:
        _write_notations(SubElement(note, "notations"), ties, bracket)


def _write_notations(element: Element, ties: Sequence[str], bracket: str) -> None:
    for kind in ties:
        SubElement(element, "tied", type=kind)
    if bracket:
        SubElement(element, "tuplet", type=bracket, bracket="yes")


def _write_tempo(measure: Element, quarters: float) -> None:
    direction = SubElement(measure, "direction", placement="above")
    metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
    SubElement(metronome, "beat-unit").text = "quarter"
    SubElement(metronome, "per-minute").text = f"{quarters:g}"
    SubElement(direction, "sound", tempo=f"{quarters:g}")


def _write_harmony(measure: Element, harmony: Harmony, offset: int, fifths: int) -> None:
    step, alter, _ = spell(60 + harmony.root, fifths)
    kind, shown = KINDS[harmony.quality]
    element = SubElement(measure, "harmony")
    root = SubElement(element, "root")
    SubElement(root, "root-step").text = step
    if alter:
        SubElement(root, "root-alter").text = str(alter)
    SubElement(element, "kind", text=shown).text = kind
    if offset:
        SubElement(element, "offset").text = str(offset)
