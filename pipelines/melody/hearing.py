"""Hear a MIDI file: which notes sound, in which metre, tempo and key, and which voices they make."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

import mido

from pipelines.errors import MidiTooLarge, NoNotes, UnreadableMidi
from pipelines.melody.keys import find_key
from pipelines.melody.midi import BROKEN
from pipelines.melody.score import BAR_TICKS, BASS, BEAT_TICKS, MELODY, SECOND, THIRD, TICKS_PER_QUARTER, TONICS

T = TypeVar("T")
MAX_BYTES = 250_000  # what mido reads within a second
MAX_TICKS = 64 * max(BAR_TICKS.values()) * 4
DRUMS = 9
ALONE = 0.1  # a part in which less than this share of the time is sung by two is one voice

Sound = tuple[float, float, int]  # onset and length in ticks, not yet on the grid, and MIDI pitch


@dataclass(frozen=True)
class Heard:
    """A tune from outside: its notes by voice, in ticks from its first bar, and how it is counted and played.

    `tempo` is in beats of the metre a minute; `style` is one of STYLES that has these voices.
    """

    voices: dict[int, tuple[Sound, ...]]
    style: str
    metre: str
    tempo: int
    key: str
    mode: str

    @property
    def bars(self) -> int:
        """How many bars there are, the last perhaps not full."""
        end = max(onset for sounds in self.voices.values() for onset, _, _ in sounds)
        return int(end // BAR_TICKS[self.metre]) + 1


def hear(data: bytes) -> Heard:
    """Read a MIDI file's notes, drums left out; raise MidiTooLarge, UnreadableMidi or NoNotes."""
    metre, quarters, parts = open_midi(data, _read)
    return arrange(parts, metre, quarters)


def open_midi(data: bytes, read: Callable[[mido.MidiFile], T]) -> T:
    """Return what `read` finds in a MIDI file; raise MidiTooLarge, or UnreadableMidi where it is damaged."""
    if len(data) > MAX_BYTES:
        raise MidiTooLarge(kilobytes=MAX_BYTES // 1000)
    try:
        file = mido.MidiFile(file=BytesIO(data), clip=True)
        if file.type == 2 or file.ticks_per_beat <= 0:
            raise UnreadableMidi
        return read(file)
    except BROKEN:
        raise UnreadableMidi from None


def arrange(
    parts: Sequence[Sequence[Sound]], metre: str, quarters: float, key: tuple[int, str] | None = None,
    fifths: int | None = None,
) -> Heard:  # fmt: skip
    """Give parts to voices; the key, unless it is told, is found by the notes and the signature. Raises NoNotes."""
    parts = [part for part in parts if part]
    if not parts:
        raise NoNotes
    style, voices = share_out(parts)
    told = [sound for sounds in voices.values() for sound in sounds]
    lowest_last = max(told, key=lambda sound: (sound[0] + sound[1], -sound[2]))[2]
    notes = [(round(o), max(1, round(n)), p) for o, n, p in told]
    tonic, mode = key or find_key(notes, fifths, last_bass=lowest_last)
    tempo = min(200, max(40, round(quarters * TICKS_PER_QUARTER / BEAT_TICKS[metre])))
    return Heard(voices, style, metre, tempo, TONICS[tonic], mode)


def _read(file: mido.MidiFile) -> tuple[str, float, list[tuple[Sound, ...]]]:
    """Return the first metre we count in, quarters a minute, and the notes of each track and channel."""
    scale = TICKS_PER_QUARTER / file.ticks_per_beat
    metre, quarters = "", 120.0
    parts: dict[tuple[int, int], list[Sound]] = {}
    for place, track in enumerate(file.tracks):
        now = 0.0
        open_notes: dict[tuple[int, int], float] = {}
        for message in track:
            now += message.time * scale
            if now > MAX_TICKS:
                break
            if message.type == "set_tempo" and now == 0:
                quarters = mido.tempo2bpm(max(1, message.tempo))
            elif message.type == "time_signature" and not metre:
                told = f"{message.numerator}/{message.denominator}"
                metre = told if told in BAR_TICKS else ""
            elif message.type in ("note_on", "note_off") and message.channel != DRUMS:
                key = (message.channel, message.note)
                if key in open_notes:
                    onset = open_notes.pop(key)
                    parts.setdefault((place, message.channel), []).append((onset, now - onset, message.note))
                if message.type == "note_on" and message.velocity:
                    open_notes[key] = now
    return metre or "4/4", quarters, [tuple(sorted(sounds)) for sounds in parts.values()]


def share_out(parts: Sequence[Sequence[Sound]]) -> tuple[str, dict[int, tuple[Sound, ...]]]:
    """Give parts to the voices of a style: one tune, four lines, or a tune with its accompaniment and bass."""
    ranked = sorted(parts, key=lambda part: -sum(pitch for _, _, pitch in part) / len(part))
    if len(ranked) == 1:
        if is_line(ranked[0]):
            return "dance", {MELODY: take_top(ranked[0])}
        top = take_top(ranked[0])
        sung = {(onset, pitch) for onset, _, pitch in top}
        rest = [sound for sound in ranked[0] if (sound[0], sound[2]) not in sung]
        if not rest:  # notes held over into the next
            return "dance", {MELODY: top}
        middle = sorted(pitch for _, _, pitch in rest)[len(rest) // 2]
        split = {
            MELODY: top,
            SECOND: tuple(sound for sound in rest if sound[2] >= middle),
            BASS: tuple(sound for sound in rest if sound[2] < middle),
        }
        return "song", {voice: sounds for voice, sounds in split.items() if sounds}
    if len(ranked) == len((MELODY, SECOND, THIRD, BASS)) and all(map(is_line, ranked)):
        return "quartet", {voice: take_top(part) for voice, part in enumerate(ranked)}
    inner = tuple(sorted(sound for part in ranked[1:-1] for sound in part))
    voices = {MELODY: take_top(ranked[0]), SECOND: inner, BASS: tuple(ranked[-1])}
    return "song", {voice: sounds for voice, sounds in voices.items() if sounds}


def take_top(sounds: Iterable[Sound]) -> tuple[Sound, ...]:
    """Return one line: of what begins together the highest, each note no longer than until the next."""
    tops: dict[int, Sound] = {}
    for sound in sounds:
        place = math.floor(sound[0] + 0.5)
        if place not in tops or sound[2] > tops[place][2]:
            tops[place] = sound
    line = sorted(tops.values())
    ends = [*(onset for onset, _, _ in line[1:]), math.inf]
    return tuple((onset, min(n, end - onset), pitch) for (onset, n, pitch), end in zip(line, ends, strict=True))


def is_line(sounds: Sequence[Sound]) -> bool:
    """Tell whether notes are one line: hardly ever two at once."""
    line = take_top(sounds)
    return sum(n for _, n, _ in line) >= (1 - ALONE) * sum(n for _, n, _ in sounds)
