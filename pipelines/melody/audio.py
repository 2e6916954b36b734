"""Render a score as sound with a SoundFont, where none is named the one that pretty_midi carries: pip alone."""

import wave
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.melody.expression import HIGHEST_PITCH
from pipelines.melody.midi import write_midi
from pipelines.melody.score import BAR_TICKS, DRUMS, TICKS_PER_QUARTER, Note, Score

SAMPLE_RATE = 44_100
PEAK = 0.89
LOUDNESS = 0.16  # root mean square, so that a flute alone is not louder than a quartet
TAIL_SECONDS = 1.5
LIVE_GAINS = MappingProxyType({"dance": 1.8, "lead": 1.0, "song": 1.4, "chorale": 0.7, "quartet": 0.6, "drums": 1.2})


def render(score: Score, font: Path | None = None) -> NDArray[np.int16]:
    """Return 16-bit stereo samples `(time, 2)`: all bars and a tail for the last notes to die away; never clipped."""
    samples = _sound(score, font)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > 0:
        samples *= min(PEAK / peak, LOUDNESS / float(np.sqrt(np.mean(samples**2))))
    return _round(samples)


def render_bar(score: Score, bar: int, font: Path | None = None) -> NDArray[np.float32]:
    """Return the sound of the notes that begin in a bar, `(time, 2)`, from the bar's beginning until they died away.

    The bars of a piece, each laid on the others where it begins, are the piece: it can be heard while it is composed.
    """
    samples = _sound(score.bar_at(bar), font) * LIVE_GAINS[score.style]
    return samples * min(1.0, PEAK / max(PEAK, float(np.abs(samples).max(initial=0.0))))


def render_bars(score: Score, font: Path | None = None) -> Iterator[NDArray[np.int16]]:
    """Yield the sound of a piece of any length, bar after bar and then the last tail: 16-bit samples `(time, 2)`."""
    mixed = np.zeros((0, 2), np.float32)
    starts = [round(score.seconds_at(bar * BAR_TICKS[score.metre]) * SAMPLE_RATE) for bar in range(score.bars + 1)]
    for bar, (start, end) in enumerate(pairwise(starts)):
        sound = render_bar(score, bar, font)
        length = max(len(sound), len(mixed), end - start)
        mixed = np.concatenate([mixed, np.zeros((length - len(mixed), 2), np.float32)])
        mixed[: len(sound)] += sound
        yield _round(mixed[: end - start])
        mixed = mixed[end - start :]
    yield _round(mixed)


def write_wav(samples: NDArray[np.int16]) -> bytes:
    """Return samples `(time, 2)` as a WAV file: 44.1 kHz, 16 bit, stereo."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def write_mp3(parts: Iterable[NDArray[np.int16]]) -> bytes:
    """Return the parts of a sound, 16-bit samples `(time, 2)`, as one MP3 file of 160 kbit a second.

    That is a ninth of the WAV, for sending to friends.
    """
    import soundfile

    out, looks = BytesIO(), {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.5}
    with soundfile.SoundFile(out, "w", SAMPLE_RATE, 2, **looks) as file:
        for part in parts:  # in floats: given whole numbers, libsndfile 1.2.2 writes two garbled channels
            file.write(part.astype(np.float32) / 32768)
    return out.getvalue()


def write_flac(samples: NDArray[np.float32]) -> bytes:
    """Return samples `(time, 2)` in [-1, 1] as a FLAC file of 16 bit: exact to the sample, for bars laid together."""
    import soundfile

    out = BytesIO()
    soundfile.write(out, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return out.getvalue()


def length_seconds(score: Score) -> float:
    """Return how long the bars last."""
    return score.seconds_at(score.length_ticks)


def _round(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    return np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)


def _sound(score: Score, font: Path | None) -> NDArray[np.float32]:
    """Return stereo samples `(time, 2)` of all bars and a tail, as loud as the SoundFont has them."""
    from symusic import Note
    from symusic import Score as Tracks

    wanted = round((length_seconds(score) + TAIL_SECONDS) * SAMPLE_RATE)
    if not score.notes:
        return np.zeros((wanted, 2), np.float32)
    tracks = Tracks.from_midi(write_midi(replace(score, notes=tuple(map(_keep_playable, score.notes)))))
    # The renderer ends with the last note and would cut it off: there is one more, in the tail's end, never heard.
    tempo = [score.tempo, *(tempo for _, tempo in score.tempo_changes)][-1]
    tail = round(TAIL_SECONDS * tempo / 60 * tracks.tpq) + 1
    tracks.tracks[0].notes.append(Note(score.length_ticks * tracks.tpq // TICKS_PER_QUARTER + tail, 1, 0, 1))
    sound = np.asarray(_load_synthesizer(font).render(tracks, stereo=True), np.float32).T[:wanted]
    samples = np.zeros((wanted, 2), np.float32)
    samples[: len(sound)] = sound
    fade = round(TAIL_SECONDS * SAMPLE_RATE / 2)
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return samples


def _keep_playable(note: Note) -> Note:
    if note.pitch <= HIGHEST_PITCH or note.voice == DRUMS:
        return note
    return replace(note, pitch=note.pitch - 12 * -(-(note.pitch - HIGHEST_PITCH) // 12))


def _load_synthesizer(font: Path | None) -> Any:
    """Return a fresh synthesizer: a used one keeps filters in a state that changes the next sound."""
    from symusic import Synthesizer

    if font is None:
        package = find_spec("pretty_midi")
        assert package, "pretty_midi is in requirements.txt"
        assert package.origin
        font = next(Path(package.origin).parent.rglob("*.sf2"))
    return Synthesizer(sf_path=str(font), sample_rate=SAMPLE_RATE)
