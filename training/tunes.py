"""Read dance tunes in ABC notation: the subset of ABC 2.1 that O'Neill's, Ryan's and Aird's collections use.

Repeats are not played out: the last ending stands for all. Grace notes, slurs and ornaments are left out, of a chord
the top note stays, an upbeat before the first whole bar is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

WHOLE = 96
METRES = {"C": "4/4", "C|": "2/2"}
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MODES = {"": "major", "maj": "major", "m": "minor", "min": "minor", "dor": "dorian", "mix": "mixolydian"}
MODE_FIFTHS = {"major": 0, "minor": -3, "dorian": -2, "mixolydian": -1}
SHARPS = "FCGDAEB"

TOKEN = re.compile(
    r"""(?P<skip>"[^"]*"|![^!]*!|\{[^}]*\}|\[[A-Z]:[^\]]*\])
      | (?P<ending>\[[12]|(?<=[|:])\s*[12](?![0-9]))
      | (?P<bar>:?\|+\]?:*|::+|\[\||:\])
      | (?P<chord>\[(?P<inner>[^\]|]+)\](?P<chordlen>[0-9/]*))
      | (?P<tuplet>\(([2-9])(?::([0-9]?))?(?::([0-9]?))?)
      | (?P<note>(?P<accidental>[\^_=]*)(?P<letter>[A-Ga-gzx])(?P<octave>[,']*)(?P<length>[0-9/]*))
      | (?P<broken>[<>]+)
      | (?P<tie>-)
    """,
    re.VERBOSE,
)
INNER = re.compile(r"([\^_=]*)([A-Ga-g])([,']*)([0-9/]*)")
TUPLET_TIME = {2: 3, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 3, 9: 2}


class Unreadable(Exception):
    """A tune that this reader does not take: what it is that it doesn't."""


@dataclass
class Tune:
    """A tune: MIDI pitches and ticks from its first whole bar; `tonic` is a pitch class."""

    number: str
    tonic: int
    mode: str
    metre: str
    tempo: float | None
    bars: int = 0
    notes: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class _Bar:
    length: Fraction = Fraction(0)
    notes: list[tuple[Fraction, Fraction, int]] = field(default_factory=list)
    ends_part: bool = False


def read_collection(text: str) -> Iterator[Tune]:
    """Yield the tunes of a file; those that can't be read are passed over."""
    for block in re.split(r"(?m)^(?=X:)", text):
        if block.startswith("X:"):
            try:
                yield read_tune(block)
            except Unreadable:
                continue


def read_tune(block: str) -> Tune:
    """Read one tune; raise Unreadable for what lies outside the subset."""
    fields: dict[str, str] = {}
    body: list[str] = []
    for line in block.splitlines():
        line = line.split("%")[0].rstrip()
        match = re.match(r"([A-Za-z]):\s*(.*)", line)
        if match and not (match[1] in "A" and "|" in line):
            name, value = match.groups()
            if body and name in "MLKV":
                raise Unreadable("a change on the way")
            fields.setdefault(name, value.strip())
        elif "K" in fields and line:
            body.append(line.rstrip("\\"))
    tonic, mode, fifths = read_key(fields.get("K", ""))
    metre = METRES.get(fields.get("M", ""), fields.get("M", ""))
    if not re.fullmatch(r"\d+/\d+", metre):
        raise Unreadable("no metre")
    bar_ticks = Fraction(metre) * WHOLE
    unit = Fraction(fields["L"]) * WHOLE if re.fullmatch(r"\d/\d+", fields.get("L", "")) else Fraction(WHOLE, 8)
    tune = Tune(fields["X"], tonic, mode, metre, read_tempo(fields.get("Q", "")))
    bars = _drop_first_endings(_read_body(" ".join(body), unit, key_accidentals(fifths)))
    _lay_out(tune, bars, bar_ticks)
    return tune


def read_key(value: str) -> tuple[int, str, int]:
    """Return the tonic's pitch class, the mode and the signature in fifths."""
    match = re.fullmatch(r"([A-G])([#b]?)\s*([A-Za-z]*)", value.strip())
    if not match:
        raise Unreadable("no key")
    letter, accidental, mode = match.groups()
    name = MODES.get(mode.lower() if mode in ("m", "") else mode.lower()[:3])
    if name is None or (mode == "M"):
        raise Unreadable("an unknown mode")
    alteration = {"#": 1, "b": -1, "": 0}[accidental]
    fifths = SHARPS.index(letter) - 1 + 7 * alteration + MODE_FIFTHS[name]
    return (STEPS[letter] + alteration) % 12, name, fifths


def read_tempo(value: str) -> float | None:
    """Return quarters a minute."""
    match = re.search(r"(\d+)/(\d+)\s*=\s*(\d+)", value)
    return float(Fraction(int(match[1]), int(match[2])) * 4 * int(match[3])) if match else None


def key_accidentals(fifths: int) -> dict[str, int]:
    """Return the letters that a key signature alters."""
    if fifths >= 0:
        return dict.fromkeys(SHARPS[:fifths], 1)
    return dict.fromkeys(SHARPS[fifths:], -1)


def read_length(value: str) -> Fraction:
    """Return an ABC length as a factor of the unit: `3`, `/`, `/2`, `3/2`, `//`."""
    match = re.fullmatch(r"(\d*)(/*)(\d*)", value)
    if not match:
        raise Unreadable("an unknown length")
    above = int(match[1] or 1)
    below = int(match[3]) if match[3] else 2 ** len(match[2])
    if not below:
        raise Unreadable("a length of nothing")
    return Fraction(above, below)


def _read_body(text: str, unit: Fraction, key: dict[str, int]) -> list[tuple[str, _Bar]]:
    """Return the bars, each with the sign that opened it."""
    reader = _Reader(unit, key)
    if "&" in text:
        raise Unreadable("two voices")
    for match in TOKEN.finditer(text):
        reader.take(match)
    reader.end_bar("||")
    return reader.bars


class _Reader:
    """What is in force at a place in the tune."""

    def __init__(self, unit: Fraction, key: dict[str, int]) -> None:
        self.unit, self.key = unit, key
        self.bars: list[tuple[str, _Bar]] = []
        self.bar = _Bar()
        self.sign = ""
        self.tuplet: tuple[int, Fraction] = (0, Fraction(1))
        self.tied = False
        self._accidentals: dict[tuple[str, str], int] = {}
        self._next_factor = Fraction(1)

    def take(self, match: re.Match[str]) -> None:
        """Read one sign."""
        if match["skip"] is not None:
            if match["skip"].startswith("["):
                raise Unreadable("a change on the way")
        elif match["ending"] is not None:
            self.sign += match["ending"].strip(" [")
        elif match["bar"] is not None:
            self.end_bar(match["bar"])
        elif match["chord"] is not None:
            self._take_chord(match["inner"], match["chordlen"])
        elif match["tuplet"] is not None:
            count, time, notes = (int(g) if g else 0 for g in re.findall(r"[(:](\d?)", match["tuplet"] + "::")[:3])
            self.tuplet = (notes or count, Fraction(time or TUPLET_TIME[count], count))
        elif match["note"] is not None:
            silent = match["letter"] in "zx"
            pitch = None if silent else self.pitch(match["accidental"], match["letter"], match["octave"])
            self.add(pitch, read_length(match["length"]))
        elif match["broken"] is not None:
            self.breaks(match["broken"])
        else:
            self.tied = True

    def _take_chord(self, inner: str, length: str) -> None:
        parts = list(INNER.finditer(inner))
        pitches = [self.pitch(part[1], part[2], part[3]) for part in parts]
        if pitches:
            self.add(max(pitches), read_length(parts[0][4]) * read_length(length))

    def pitch(self, accidental: str, letter: str, octave: str) -> int:
        """Return a MIDI pitch; an accidental holds to the bar's end."""
        upper = letter.upper()
        if accidental:
            self._accidentals[letter, octave] = accidental.count("^") - accidental.count("_")
        alteration = self._accidentals.get((letter, octave), self.key.get(upper, 0))
        height = (12 if letter.islower() else 0) + 12 * (octave.count("'") - octave.count(","))
        return 60 + STEPS[upper] + alteration + height

    def add(self, pitch: int | None, factor: Fraction) -> None:
        """Put a note, or a rest where `pitch` is None, of `factor` units."""
        count, time = self.tuplet
        length = self.unit * factor * self._next_factor * (time if count else 1)
        self.tuplet = (max(0, count - 1), time)
        self._next_factor = Fraction(1)
        notes = self.bar.notes
        if pitch is not None:
            last = notes[-1] if notes else None
            if self.tied and last and last[2] == pitch and last[0] + last[1] == self.bar.length:
                notes[-1] = (last[0], last[1] + length, pitch)
            else:
                notes.append((self.bar.length, length, pitch))
        self.tied = False
        self.bar.length += length

    def breaks(self, signs: str) -> None:
        """Lengthen the note before by what the next one loses, or the other way."""
        if not self.bar.notes:
            return
        less = Fraction(1, 2 ** len(signs))
        factor = 2 - less if signs[0] == ">" else less
        start, length, pitch = self.bar.notes[-1]
        self.bar.length += length * (factor - 1)
        self.bar.notes[-1] = (start, length * factor, pitch)
        self._next_factor = 2 - factor

    def end_bar(self, sign: str) -> None:
        """Close the bar at a bar line."""
        if self.bar.length:
            self.bar.ends_part = len(sign.strip()) > 1
            self.bars.append((self.sign, self.bar))
            self.sign = ""
        self.sign += sign
        self.bar = _Bar()
        self._accidentals = {}


def _drop_first_endings(bars: list[tuple[str, _Bar]]) -> list[_Bar]:
    kept, dropping = [], False
    for sign, bar in bars:
        if sign.endswith("1"):
            dropping = True
        elif sign.endswith("2") or (dropping and ":" in sign):
            dropping = False
        if not dropping:
            kept.append(bar)
    return kept


def _lay_out(tune: Tune, bars: list[_Bar], bar_ticks: Fraction) -> None:
    """Set the notes on whole bars: what is short joins what follows, or ends a part with a rest."""
    place = Fraction(0)
    filled = Fraction(0)
    for number, bar in enumerate(bars):
        if bar.length > bar_ticks:
            raise Unreadable("a bar too long")
        if filled and filled + bar.length > bar_ticks:
            if not bars[number - 1].ends_part:
                raise Unreadable("a bar too short")
            place, filled = place + bar_ticks - filled, Fraction(0)
        opens = not filled and (number == 0 or bars[number - 1].ends_part)
        if opens and bar.length < bar_ticks / 2 and number + 1 < len(bars) and bars[number + 1].length == bar_ticks:
            continue  # an upbeat with nothing to complete
        tune.notes += [(round(place + start), max(1, round(length)), pitch) for start, length, pitch in bar.notes]
        place += bar.length
        filled = (filled + bar.length) % bar_ticks
    if place.denominator != 1 and filled:
        raise Unreadable("a broken rhythm that doesn't fill its bar")
    tune.bars = -(-int(place) // int(bar_ticks))
