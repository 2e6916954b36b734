"""Render a score as sound with the SoundFont that pretty_midi carries: pip alone, no system library."""

import wave
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.melody.midi import write_midi
from pipelines.melody.score import Score

SAMPLE_RATE = 44_100
PEAK = 0.89
LOUDNESS = 0.16  # root mean square, so that a flute alone is not louder than a quartet
TAIL_SECONDS = 1.5


def render(score: Score) -> NDArray[np.int16]:
    """Return 16-bit stereo samples `(time, 2)`: all bars and a tail for the last notes to die away; never clipped."""
    from symusic import Score as Tracks

    sound = np.asarray(_load_synthesizer().render(Tracks.from_midi(write_midi(score)), stereo=True), np.float32).T
    wanted = round((length_seconds(score) + TAIL_SECONDS) * SAMPLE_RATE)
    samples = np.zeros((wanted, 2), np.float32)
    samples[: min(wanted, len(sound))] = sound[:wanted]
    fade = round(TAIL_SECONDS * SAMPLE_RATE / 2)
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    peak = float(np.abs(samples).max(initial=0.0))
    if peak > 0:
        samples *= min(PEAK / peak, LOUDNESS / float(np.sqrt(np.mean(samples**2))))
    return np.round(samples * 32767).astype(np.int16)


def write_wav(samples: NDArray[np.int16]) -> bytes:
    """Return samples `(time, 2)` as a WAV file: 44.1 kHz, 16 bit, stereo."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def write_mp3(samples: NDArray[np.int16]) -> bytes:
    """Return samples `(time, 2)` as an MP3 file of 160 kbit a second: a ninth of the WAV, for sending to friends."""
    import soundfile

    out = BytesIO()
    sound = samples.astype(np.float32) / 32768  # given whole numbers, libsndfile 1.2.2 writes two garbled channels
    soundfile.write(out, sound, SAMPLE_RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=0.5)
    return out.getvalue()


def length_seconds(score: Score) -> float:
    """Return how long the bars last."""
    return score.length_ticks / 24 * 60 / score.tempo


def _load_synthesizer() -> Any:
    """Return a fresh synthesizer: a used one keeps filters in a state that changes the next sound."""
    from symusic import Synthesizer

    package = find_spec("pretty_midi")
    assert package, "pretty_midi is in requirements.txt"
    assert package.origin
    font = next(Path(package.origin).parent.rglob("*.sf2"))
    return Synthesizer(sf_path=str(font), sample_rate=SAMPLE_RATE)
