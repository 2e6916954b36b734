"""Write a score as a standard MIDI file with its take inside, and read the take back."""

from io import BytesIO

import mido
from mido.midifiles.meta import KeySignatureError

from pipelines.errors import UnreadableTake
from pipelines.melody.score import (
    BAR_TICKS,
    BASS,
    DRUMS,
    MELODY,
    SECOND,
    THIRD,
    TICKS_PER_QUARTER,
    TONICS,
    TRACKS,
    Note,
    Score,
)
from pipelines.take import Take

TICKS_PER_BEAT = 480
MARK = "triptych-take:"
# What a damaged file makes mido raise.
BROKEN = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, KeySignatureError,
)  # fmt: skip
VOICE_NAMES = ("Melody", "Second voice", "Third voice", "Bass", "Chords", "Drums")
DRUM_CHANNEL = 9
MODE_FIFTHS = {"major": 0, "minor": -3, "dorian": -2, "mixolydian": -1}
MAJOR_KEYS = ("Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#")
MINOR_KEYS = ("Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m")
MAX_BYTES = 16_000_000


def write_midi(score: Score, take: Take | None = None) -> bytes:
    """Return a MIDI file of format 1, a track a voice; the same score and take give the same bytes."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(_write_conductor(score, take))
    for voice, program in score.programs:
        notes = [note for note in score.notes if note.voice == voice]
        file.tracks.append(_write_voice(voice, program, notes, score.length_ticks))
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def read_take(data: bytes) -> Take:
    """Return the take inside a MIDI file that `write_midi` made; raise UnreadableTake for any other."""
    if len(data) > MAX_BYTES:
        raise UnreadableTake
    try:
        file = mido.MidiFile(file=BytesIO(data), charset="utf-8")
        texts = [message.text for track in file.tracks for message in track if message.type == "text"]
    except BROKEN:
        raise UnreadableTake from None
    line = next((text for text in texts if text.startswith(MARK)), None)
    if line is None:
        raise UnreadableTake
    return Take.from_json(line.removeprefix(MARK))


def name_key(key: str, mode: str) -> str:
    """Return the key signature as MIDI names it; a mode takes the signature of its scale."""
    fifths = 7 * TONICS.index(key) + MODE_FIFTHS[mode]
    place = (fifths + 5) % 12
    return MINOR_KEYS[place] if mode in ("minor", "dorian") else MAJOR_KEYS[place]


def choose_channel(voice: int) -> int:
    """Return a voice's MIDI channel, counted from 0: the drums have one of their own."""
    if voice == DRUMS:
        return DRUM_CHANNEL
    place = voice - TRACKS.start if voice in TRACKS else voice
    return place + (place >= DRUM_CHANNEL)


def name_voice(voice: int, program: int) -> str:
    """Return what a voice is called in a MIDI file: its part, or the General MIDI name of its instrument."""
    if voice not in TRACKS:
        return VOICE_NAMES[voice]
    from pretty_midi import program_to_instrument_name

    return str(program_to_instrument_name(program))


def _write_conductor(score: Score, take: Take | None) -> mido.MidiTrack:
    above, below = map(int, score.metre.split("/"))
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name="Triptych"))
    if take:
        track.append(mido.MetaMessage("text", text=MARK + take.to_json()))
    track.append(mido.MetaMessage("time_signature", numerator=above, denominator=below))
    track.append(mido.MetaMessage("key_signature", key=name_key(score.key, score.mode)))
    now = 0
    for bar, tempo in ((0, score.tempo), *score.tempo_changes):
        time = _scale(bar * BAR_TICKS[score.metre])
        track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo), time=time - now))
        now = time
    track.append(mido.MetaMessage("end_of_track", time=_scale(score.length_ticks) - now))
    return track


def _write_voice(voice: int, program: int, notes: list[Note], length_ticks: int) -> mido.MidiTrack:
    track, channel = mido.MidiTrack(), choose_channel(voice)
    track.append(mido.MetaMessage("track_name", name=name_voice(voice, program)))
    track.append(mido.Message("program_change", channel=channel, program=program))
    track.append(mido.Message("control_change", channel=channel, control=10, value=_pan(voice)))
    events = []
    for note, ends in zip(notes, _cut_repeats(notes), strict=True):
        events.append((_scale(note.start_ticks), 1, note.pitch, note.velocity))
        events.append((_scale(ends), 0, note.pitch, 0))
    now = 0
    for time, is_on, pitch, velocity in sorted(events):
        kind = "note_on" if is_on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=time - now))
        now = time
    track.append(mido.MetaMessage("end_of_track", time=max(0, _scale(length_ticks) - now)))
    return track


def _cut_repeats(notes: list[Note]) -> list[int]:
    """Return where each note ends: at the latest where the same key is struck again."""
    ends, next_start = [], dict[int, int]()
    for note in reversed(notes):
        ends.append(min(note.start_ticks + note.length_ticks, next_start.get(note.pitch, 1 << 30)))
        next_start[note.pitch] = note.start_ticks
    return ends[::-1]


def _pan(voice: int) -> int:
    return {MELODY: 60, SECOND: 50, THIRD: 76, BASS: 70}.get(voice, 64)


def _scale(ticks: int) -> int:
    return ticks * TICKS_PER_BEAT // TICKS_PER_QUARTER
