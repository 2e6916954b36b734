"""The vocabulary of midi-model's second tokenizer (SkyTNT 2024, Apache 2.0), and pieces written in it.

An event is one row of eight tokens: its kind, then a token for each of its parameters, then padding. Its time is told
by two: how many quarters after the event before it, and which sixteenth of its own quarter.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pipelines.errors import UnreadableOpening
from pipelines.melody.midi import MODE_FIFTHS
from pipelines.melody.score import BEAT_TICKS, TICKS_PER_QUARTER, TONICS

PAD, BEGIN, END = range(3)
ROW = 8  # tokens of an event
WHEN = ("time1", "time2", "track")
EVENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "note": (*WHEN, "channel", "pitch", "velocity", "duration"),
        "patch_change": (*WHEN, "channel", "patch"),
        "control_change": (*WHEN, "channel", "controller", "value"),
        "set_tempo": (*WHEN, "bpm"),
        "time_signature": (*WHEN, "nn", "dd"),
        "key_signature": (*WHEN, "sf", "mi"),
    }
)
SIZES: Mapping[str, int] = MappingProxyType(
    {
        "time1": 128, "time2": 16, "duration": 2048, "track": 128, "channel": 16, "pitch": 128, "velocity": 128,
        "patch": 128, "controller": 128, "value": 128, "bpm": 384, "nn": 16, "dd": 4, "sf": 15, "mi": 2,
    }
)  # fmt: skip
KINDS: Mapping[str, int] = MappingProxyType({kind: END + 1 + place for place, kind in enumerate(EVENTS)})
SIZE = END + 1 + len(EVENTS) + sum(SIZES.values())
FIRST: Mapping[str, int] = MappingProxyType(
    {name: SIZE - sum([*SIZES.values()][place:]) for place, name in enumerate(SIZES)}
)
PER_QUARTER = 16  # units of time a quarter
CHANNELS = range(SIZES["channel"])
MOST_KEYS = 7  # sharps or flats of a key signature


class Struck(NamedTuple):
    """A note: onset and length in sixteenths of a quarter, MIDI channel from 0, pitch, and velocity from 1."""

    time: int
    channel: int
    pitch: int
    velocity: int
    length: int


class Tune(NamedTuple):
    """Notes in the order of time, and the General MIDI program from 0 of every channel that has some."""

    programs: Mapping[int, int]
    notes: tuple[Struck, ...]


def encode(kind: str, values: Sequence[int]) -> list[int]:
    """Return an event's row; `values` are its parameters, in the order of EVENTS."""
    tokens = [KINDS[kind], *(FIRST[name] + value for name, value in zip(EVENTS[kind], values, strict=True))]
    return tokens + [PAD] * (ROW - len(tokens))


def decode(rows: Iterable[Sequence[int]]) -> Tune:
    """Return the notes in rows, and the first program of each channel; other events are passed over."""
    names = {token: kind for kind, token in KINDS.items()}
    programs: dict[int, int] = {}
    notes, quarter = [], 0
    for row in rows:
        kind = names.get(row[0])
        if kind is None:
            continue
        value = {name: token - FIRST[name] for name, token in zip(EVENTS[kind], row[1:], strict=False)}
        quarter += value["time1"]
        if kind == "patch_change":
            programs.setdefault(value["channel"], value["patch"])
        elif kind == "note":
            programs.setdefault(value["channel"], 0)
            time = quarter * PER_QUARTER + value["time2"]
            notes.append(Struck(time, value["channel"], value["pitch"], value["velocity"], value["duration"]))
    return Tune(programs, tuple(sorted(notes)))


def tell(time: int, since: int, track: int) -> tuple[int, int, int]:
    """Return the three parameters that every event has; `since` is the time of the event before it.

    A silence of more quarters than there are words for is told as the longest.
    """
    quarters = time // PER_QUARTER - since // PER_QUARTER
    return min(quarters, SIZES["time1"] - 1), time % PER_QUARTER, track


def begin(metre: str, key: str, mode: str, tempo: float, programs: Mapping[int, int]) -> list[list[int]]:
    """Return the rows ahead of the first note: metre, key, tempo (beats of the metre a minute), instruments."""
    return [
        [BEGIN, *[PAD] * (ROW - 1)],
        encode("time_signature", [0, 0, 0, *sign_metre(metre)]),
        encode("key_signature", [0, 0, 0, *sign_key(key, mode)]),
        encode("set_tempo", [0, 0, 0, count_quarters(tempo, metre)]),
        *(
            encode("patch_change", [0, 0, track, channel, programs[channel]])
            for channel, track in number_tracks(programs).items()
        ),
    ]


def write_rows(tune: Tune) -> list[list[int]]:
    """Return the rows of a tune's notes, without those that `begin` writes."""
    rows, since, tracks = [], 0, number_tracks(tune.programs)
    for note in sorted(tune.notes, key=lambda note: (note.time, tracks[note.channel])):
        when = tell(note.time, since, tracks[note.channel])
        length = min(note.length, SIZES["duration"] - 1)
        rows.append(encode("note", [*when, note.channel, note.pitch, note.velocity, length]))
        since = note.time
    return rows


def number_tracks(programs: Iterable[int]) -> dict[int, int]:
    """Return each channel's track: counted from 1, after the one of metre, key and tempo."""
    return {channel: place for place, channel in enumerate(sorted(programs), start=1)}


def sign_metre(metre: str) -> tuple[int, int]:
    """Return the parameters of a time signature: beats less one, and how often a whole is halved, less one."""
    above, below = map(int, metre.split("/"))
    return above - 1, below.bit_length() - 2


def sign_key(key: str, mode: str) -> tuple[int, int]:
    """Return the parameters of a key signature: its fifths from seven flats up, and 1 for minor and its kin."""
    fifths = 7 * TONICS.index(key) + MODE_FIFTHS[mode]
    return (fifths + 5) % 12 - 5 + MOST_KEYS, int(mode in ("minor", "dorian"))


def count_quarters(tempo: float, metre: str) -> int:
    """Return a tempo in beats of the metre as whole quarters a minute, at most what there is a word for."""
    return min(int(tempo * BEAT_TICKS[metre] / TICKS_PER_QUARTER), SIZES["bpm"] - 1)


def write_text(tune: Tune, most: int) -> str:
    """Return a tune as a text among the parameters, of at most so many characters: what is more is left out.

    A word of two numbers is a channel and its program; one of five is a note.
    """
    kept, length = [], 0
    for word in (",".join(map(str, numbers)) for numbers in (*tune.programs.items(), *tune.notes)):
        length += len(word) + 1
        if length > most:
            break
        kept.append(word)
    return " ".join(kept)


def read_text(text: str) -> Tune:
    """Return the tune in a text; raise UnreadableOpening."""
    programs: dict[int, int] = {}
    notes = []
    for word in text.split():
        try:
            numbers = [*map(int, word.split(","))]
        except ValueError:
            raise UnreadableOpening from None
        limits = _PATCH if len(numbers) == len(_PATCH) else _NOTE
        if len(numbers) != len(limits) or not all(n in limit for n, limit in zip(numbers, limits, strict=True)):
            raise UnreadableOpening
        if limits is _PATCH:
            programs[numbers[0]] = numbers[1]
        else:
            notes.append(Struck(*numbers))
    there = {note.channel for note in notes}
    return Tune({c: programs.get(c, 0) for c in CHANNELS if c in there}, tuple(sorted(notes)))


_PATCH = (CHANNELS, range(SIZES["patch"]))
_NOTE = (range(10**6), CHANNELS, range(SIZES["pitch"]), range(1, SIZES["velocity"]), range(1, SIZES["duration"]))
