"""Read a MIDI file as midi-model was taught on it: sixteenths of a quarter, channels and tracks in order."""

from collections.abc import Iterable

import mido

from pipelines.errors import NoNotes
from pipelines.melody.hearing import open_midi
from pipelines.melody.midi import DRUM_CHANNEL
from pipelines.melody.published.midi_model.vocabulary import CHANNELS, PER_QUARTER, Struck, Tune

SOUNDING = ("note_on", "note_off", "program_change", "control_change")


class _File:
    """What is heard of a file: notes as (onset, end, channel, pitch, velocity) in its ticks, programs by channel."""

    def __init__(self, file: mido.MidiFile) -> None:
        self.channels: list[int] = []
        self.programs: dict[int, int] = {}
        self.notes: list[tuple[int, int, int, int, int]] = []
        for track in file.tracks:
            self._read(track)

    def _read(self, track: mido.MidiTrack) -> None:
        now, sounding = 0, dict[tuple[int, int], list[tuple[int, int]]]()
        for message in track:
            now += message.time
            if message.type not in SOUNDING:
                continue
            self.channels.append(message.channel)
            if message.type == "program_change":
                self._change(message.channel, message.program)
            elif message.type in ("note_on", "note_off"):
                key = (message.channel, message.note)
                if message.type == "note_on" and message.velocity:
                    sounding.setdefault(key, []).append((now, message.velocity))
                elif sounding.get(key):
                    onset, velocity = sounding[key].pop(0)
                    self.notes.append((onset, now, *key, velocity))
        for (channel, pitch), begun in sounding.items():
            self.notes += [(onset, now, channel, pitch, velocity) for onset, velocity in begun]

    def _change(self, channel: int, program: int) -> None:
        """Note the program of a channel: the last before its first note; a piece has one for each, to its end."""
        if all(note[2] != channel for note in self.notes):
            self.programs[channel] = program


def read_midi(data: bytes) -> Tune:
    """Return a MIDI file's notes; raise MidiTooLarge, UnreadableMidi or NoNotes.

    Later changes of a channel's program, of tempo and metre, controllers and lyrics are passed over.
    """
    quarter, heard = open_midi(data, lambda file: (int(file.ticks_per_beat), _File(file)))
    if not heard.notes:
        raise NoNotes
    there = {note[2] for note in heard.notes}
    channels = settle_channels(channel for channel in heard.channels if channel in there)

    def count(ticks: int) -> int:
        return round(PER_QUARTER * ticks / quarter)

    struck = (
        Struck(count(onset), channels[channel], pitch, velocity, max(1, count(end - onset)))
        for onset, end, channel, pitch, velocity in heard.notes
    )
    programs = {channels[channel]: heard.programs.get(channel, 0) for channel in there}
    return Tune(dict(sorted(programs.items())), cut_repeats(struck))


def cut_repeats(notes: Iterable[Struck]) -> tuple[Struck, ...]:
    """Return notes in the order of time, each ending where its key is struck again; of two struck at once, one."""
    kept: dict[tuple[int, int, int], Struck] = {(n.channel, n.pitch, n.time): n for n in notes}
    following: dict[tuple[int, int], int] = {}
    for (channel, pitch, time), note in sorted(kept.items(), reverse=True):
        until = following.get((channel, pitch), time + note.length)
        kept[channel, pitch, time] = note._replace(length=min(note.length, until - time))
        following[channel, pitch] = time
    return tuple(sorted(kept.values()))


def settle_channels(seen: Iterable[int]) -> dict[int, int]:
    """Return a new channel for each, in the order they are met in: from 0 on, round the drums', which stay."""
    free = (channel for channel in CHANNELS if channel != DRUM_CHANNEL)
    return {c: DRUM_CHANNEL if c == DRUM_CHANNEL else next(free) for c in dict.fromkeys(seen)}
