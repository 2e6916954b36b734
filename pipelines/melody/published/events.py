"""The vocabulary of the Anticipatory Music Transformer (Thickstun et al. 2023) and MIDI files written in it.

A note is three tokens: when it begins, how long it lasts, both in hundredths of a second, and which instrument plays
which pitch. The same three in a second block tell a note ahead of its time: it is given, and the others are to fit it.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import mido

from pipelines.errors import NoNotes, UnreadableOpening
from pipelines.melody.hearing import open_midi
from pipelines.melody.midi import DRUM_CHANNEL
from pipelines.melody.players import PERCUSSION
from pipelines.melody.score import BAR_TICKS, DRUMS, TICKS_PER_QUARTER, TRACKS, Note, Pulse, Score

PER_SECOND = 100
TIMES, LENGTHS, PITCHES, INSTRUMENTS = 10_000, 1_000, 128, 129
TIME = 0
LENGTH = TIME + TIMES
NOTE = LENGTH + LENGTHS
REST = NOTE + PITCHES * INSTRUMENTS
AHEAD = REST + 1  # by so much the tokens of a note told ahead of its time are higher
SEPARATOR = AHEAD + REST
AUTOREGRESS, ANTICIPATE = SEPARATOR + 1, SEPARATOR + 2
SIZE = ANTICIPATE + 1
UNENDED = 25  # how long a note lasts whose end a file doesn't tell
METRE = "4/4"  # of the score, which only counts time: a tick is a hundredth of a second
SLIVER = 0.02  # of a bar: so little beyond the last is none
TICKS_A_MINUTE = 60 * PER_SECOND


class Event(NamedTuple):
    """A note: onset and length in hundredths of a second; `note` is 128 times the instrument plus the pitch."""

    time: int
    length: int
    note: int

    @property
    def instrument(self) -> int:
        """The General MIDI program from 0, or PERCUSSION."""
        return self.note // PITCHES


def encode(event: Event, since: int = 0, ahead: bool = False) -> list[int]:
    """Return the three tokens of a note, its time counted from `since`."""
    block = AHEAD if ahead else 0
    return [block + TIME + event.time - since, block + LENGTH + event.length, block + NOTE + event.note]


def rest(time: int, since: int = 0) -> list[int]:
    """Return the three tokens that say that time passes."""
    return [TIME + time - since, LENGTH, REST]


def decode(tokens: Sequence[int]) -> list[Event]:
    """Return the notes among tokens, those told ahead too, in the order of time; rests and separators are none."""
    found = []
    for time, length, note in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True):
        block = AHEAD if note >= AHEAD else 0
        if note not in (REST, SEPARATOR):
            found.append(Event(time - block - TIME, length - block - LENGTH, note - block - NOTE))
    return sorted(found)


def read_midi(data: bytes) -> list[Event]:
    """Return a MIDI file's notes in the order of time; raise MidiTooLarge, UnreadableMidi or NoNotes."""
    events = open_midi(data, _read)
    if not events:
        raise NoNotes
    return keep_tracks(events)


def _read(file: mido.MidiFile) -> list[Event]:
    now, programs = 0.0, dict[int, int]()
    begun: dict[tuple[int, int], list[tuple[float, int]]] = {}
    events = []
    for message in file:
        now += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            key = (message.channel, message.note)
            if message.type == "note_on" and message.velocity:
                instrument = PERCUSSION if message.channel == DRUM_CHANNEL else programs.get(message.channel, 0)
                begun.setdefault(key, []).append((now, PITCHES * instrument + message.note))
            elif begun.get(key):
                onset, note = begun[key].pop(0)
                events.append(Event(_count(onset), min(_count(now - onset), LENGTHS - 1), note))
    events += [Event(_count(onset), UNENDED, note) for notes in begun.values() for onset, note in notes]
    return sorted(events)


def _count(seconds: float) -> int:
    return round(PER_SECOND * seconds)


def keep_tracks(events: Iterable[Event]) -> list[Event]:
    """Return the notes of the drums and of the first instruments that come, as many as a MIDI file has channels for."""
    events = list(events)
    there = list(dict.fromkeys(event.instrument for event in events if event.instrument != PERCUSSION))
    kept = {PERCUSSION, *there[: len(TRACKS)]}
    return [event for event in events if event.instrument in kept]


def write_text(events: Iterable[Event], most: int) -> str:
    """Return notes as a text among the parameters, of at most so many characters: what is more is left out."""
    words, length = [], 0
    for event in events:
        word = ",".join(map(str, event))
        length += len(word) + 1
        if length > most:
            break
        words.append(word)
    return " ".join(words)


def read_text(text: str) -> list[Event]:
    """Return the notes in a text; raise UnreadableOpening."""
    try:
        events = [Event(*map(int, word.split(","))) for word in text.split()]
    except (ValueError, TypeError):
        raise UnreadableOpening from None
    limits = (range(10**7), range(LENGTHS), range(PITCHES * INSTRUMENTS))
    if not all(value in limit for event in events for value, limit in zip(event, limits, strict=True)):
        raise UnreadableOpening
    return keep_tracks(sorted(events))


def write_score(
    events: Sequence[Event], length: int, *, transpose: int = 0, speed: float = 1.0,
    pulse: tuple[float, float] | None = None,
) -> Score:  # fmt: skip
    """Return notes as a score of at least `length` hundredths of a second, each instrument a voice of its own.

    The `pulse` is how long a bar and a beat of the artist's are, in hundredths of a second.
    """
    voices = {PERCUSSION: DRUMS}
    for event in events:
        if event.instrument not in voices:
            voices[event.instrument] = TRACKS[len(voices) - 1]
    notes = []
    for time, held, note in events:
        instrument, pitch = divmod(note, PITCHES)
        higher = pitch if instrument == PERCUSSION else min(127, max(0, pitch + transpose))
        notes.append(Note(time, voices[instrument], higher, max(1, held)))
    there = {note.voice for note in notes}
    return Score(
        notes=tuple(sorted(notes)), style="published", key="C", mode="major", metre=METRE,
        tempo=TICKS_A_MINUTE / TICKS_PER_QUARTER * speed,
        bars=max(1, -(-length // BAR_TICKS[METRE])),
        programs=tuple(sorted((v, i % PERCUSSION) for i, v in voices.items() if v in there)),
        pulse=pulse and Pulse(max(1, math.ceil(length / pulse[0] - SLIVER)), *pulse),
    )  # fmt: skip
