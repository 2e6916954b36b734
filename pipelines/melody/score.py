"""What music is here: sketches, which know no key, and scores, which sound. Time is counted in ticks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

TICKS_PER_QUARTER = 24
TONIC_PITCH = 60
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
LETTERS: Mapping[str, int] = MappingProxyType({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11})
MODES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "major": (0, 2, 4, 5, 7, 9, 11),
        "minor": (0, 2, 3, 5, 7, 8, 10),
        "dorian": (0, 2, 3, 5, 7, 9, 10),
        "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    }
)
BAR_TICKS: Mapping[str, int] = MappingProxyType(
    {"2/4": 48, "3/4": 72, "4/4": 96, "2/2": 96, "3/8": 36, "6/8": 72, "9/8": 108, "12/8": 144}
)
BEAT_TICKS: Mapping[str, int] = MappingProxyType(
    {"2/4": 24, "3/4": 24, "4/4": 24, "2/2": 48, "3/8": 12, "6/8": 36, "9/8": 36, "12/8": 36}
)
MELODY, SECOND, THIRD, BASS = range(4)
ACCOMPANIMENT, DRUMS = 4, 5
TRACKS = range(6, 21)  # voices of composers that name their instruments: with the drums, MIDI's sixteen channels
KIT: Mapping[int, str] = MappingProxyType(  # General MIDI's numbers
    {
        36: "kick",
        38: "snare",
        42: "closed hat",
        46: "open hat",
        43: "low tom",
        47: "middle tom",
        50: "high tom",
        51: "ride",
        49: "crash",
    }
)
HIT_TICKS = 3  # how long a stroke is written; the drum decides how long it sounds


@dataclass(frozen=True)
class Style:
    """Which voices a style has; in a `chordal` voice several tones may sound at once."""

    voices: tuple[int, ...]
    chordal: tuple[int, ...] = ()
    harmonies: bool = False

    @property
    def parts(self) -> frozenset[int]:
        """All that can be composed in this style; chord symbols are the voice ACCOMPANIMENT."""
        return frozenset(self.voices) | ({ACCOMPANIMENT} if self.harmonies else frozenset())


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "dance": Style((MELODY,)),
        "lead": Style((MELODY,), harmonies=True),
        "song": Style((MELODY, SECOND, BASS), chordal=(SECOND, BASS)),
        "chorale": Style((MELODY, SECOND, THIRD, BASS)),
        "quartet": Style((MELODY, SECOND, THIRD, BASS)),
        "drums": Style((DRUMS,), chordal=(DRUMS,)),
    }
)
CHORDS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "maj": (0, 4, 7),
        "min": (0, 3, 7),
        "7": (0, 4, 7, 10),
        "m7": (0, 3, 7, 10),
        "maj7": (0, 4, 7, 11),
        "dim": (0, 3, 6),
        "aug": (0, 4, 8),
        "sus": (0, 5, 7),
    }
)


@dataclass(frozen=True, order=True)
class Tone:
    """A tone of a sketch: `pitch` is a MIDI number in a world where the tonic is middle C; of DRUMS, a key of KIT.

    A `velocity` of 0 leaves to its place in the bar how loud it is; the artist may say otherwise.
    """

    start_ticks: int
    voice: int
    pitch: int
    length_ticks: int
    velocity: int = 0


@dataclass(frozen=True, order=True)
class Harmony:
    """A chord symbol: `root` in semitones above the tonic, `quality` a key of CHORDS."""

    start_ticks: int
    root: int
    quality: str


@dataclass(frozen=True, kw_only=True)
class Header:
    """What is known of a piece before its first bar; `opens` and `closes` say whether its own ends are in it."""

    style: str
    mode: str
    metre: str
    tempo: str = "any"
    opens: bool = True
    closes: bool = True


@dataclass(frozen=True)
class Sketch:
    """A piece, or a cut of whole bars from one, written from its tonic."""

    header: Header
    bars: int
    tones: tuple[Tone, ...]
    harmonies: tuple[Harmony, ...] = ()


@dataclass(frozen=True, order=True)
class Note:
    """A note that sounds: MIDI pitch and velocity; `voice` 0 is the melody, 3 the bass, 4 the chords, 5 the drums.

    From 6 on (TRACKS) it is an instrument of a composer that names its own.
    """

    start_ticks: int
    voice: int
    pitch: int
    length_ticks: int
    velocity: int = 80


class Pulse(NamedTuple):
    """The artist's bars, in a score whose own bars only count time: how many, and a bar and a beat in its ticks."""

    bars: int
    bar_ticks: float
    beat_ticks: float


@dataclass(frozen=True, kw_only=True)
class Score:
    """A finished or growing work: notes in order, and all that a player needs to know.

    `tempo` is in quarters a minute; `tempo_changes` are later ones, each with the bar it begins with. The roots of
    `harmonies` are counted from C; the chords they name are among the notes. A composer that knows no bars counts time
    alone; the `pulse` says what the artist's bars are.
    """

    notes: tuple[Note, ...]
    style: str
    key: str
    mode: str
    metre: str
    tempo: float
    bars: int
    programs: tuple[tuple[int, int], ...]
    tempo_changes: tuple[tuple[int, float], ...] = ()
    harmonies: tuple[Harmony, ...] = ()
    pulse: Pulse | None = None

    @property
    def length_ticks(self) -> int:
        """The length of all bars."""
        return self.bars * BAR_TICKS[self.metre]

    def bar_at(self, bar: int) -> "Score":
        """Return the notes that begin in a bar as a piece of their own, held as long as they are held here."""
        first, length = bar * BAR_TICKS[self.metre], BAR_TICKS[self.metre]
        notes = tuple(
            replace(n, start_ticks=n.start_ticks - first) for n in self.notes if first <= n.start_ticks < first + length
        )
        bars = max(1, -(-max((n.start_ticks + n.length_ticks for n in notes), default=0) // length))
        changes = [(at - bar, tempo) for at, tempo in ((0, self.tempo), *self.tempo_changes)]
        tempo = [tempo for at, tempo in changes if at <= 0][-1]
        later = tuple((at, tempo) for at, tempo in changes if 0 < at < bars)
        return replace(self, notes=notes, bars=bars, tempo=tempo, tempo_changes=later)

    def seconds_at(self, ticks: float) -> float:
        """Return when a time in ticks comes, in seconds from the beginning."""
        passed, since, tempo = 0.0, 0, self.tempo
        for bar, following in self.tempo_changes:
            change = bar * BAR_TICKS[self.metre]
            if change >= ticks:
                break
            passed += (change - since) / TICKS_PER_QUARTER * 60 / tempo
            since, tempo = change, following
        return passed + (ticks - since) / TICKS_PER_QUARTER * 60 / tempo


def shift_from_tonic(key: str) -> int:
    """Return the semitones from a sketch's pitch to the key's: the nearest way, -5 to 6."""
    above = TONICS.index(key)
    return above if above <= 6 else above - 12
