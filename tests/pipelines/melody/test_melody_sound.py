import io
import warnings
import wave
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from pipelines.errors import UnreadableTake
from pipelines.melody.audio import SAMPLE_RATE, render, render_bar, render_bars, write_flac, write_mp3, write_wav
from pipelines.melody.expression import INSTRUMENTS
from pipelines.melody.midi import name_key, read_take, write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import MODES, TONICS
from pipelines.take import Take

TAKE = Take(art="music", model="tiny", seed=5, params={"key": "Eb", "说": "诗"})


def compose(**values):
    params = MelodyParams(**({"bars": 4, "style": "lead", "key": "Eb", "mode": "minor", "tempo": 90} | values))
    *_, last = MelodyPipeline.tiny().generate(lambda: params, 1)
    return last.score


def test_midi_reads_back_with_its_key_metre_tempo_and_notes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pretty_midi
    score = compose(time_signature="6/8")
    midi = pretty_midi.PrettyMIDI(io.BytesIO(write_midi(score, TAKE)))
    assert [(t.numerator, t.denominator) for t in midi.time_signature_changes] == [(6, 8)]
    assert [pretty_midi.key_number_to_key_name(k.key_number) for k in midi.key_signature_changes] == ["Eb minor"]
    assert midi.get_tempo_changes()[1] == pytest.approx([135], rel=1e-4)
    assert sum(len(i.notes) for i in midi.instruments) == len(score.notes)
    assert [i.program for i in midi.instruments] == [program for _, program in score.programs]


def test_a_work_that_has_no_note_yet_can_be_shown_and_kept():
    steps = MelodyPipeline.tiny().generate(lambda: MelodyParams(bars=4, style="lead"), 1)
    early = next(steps).score
    assert early.notes == ()
    assert mido.MidiFile(file=io.BytesIO(write_midi(early, TAKE))).tracks


def test_the_take_travels_in_the_file():
    data = write_midi(compose(), TAKE)
    assert read_take(data) == TAKE
    assert data == write_midi(compose(), TAKE)


@pytest.mark.parametrize("data", [b"", b"MThd", b"not music at all", write_midi(compose()), b"MThd" + bytes(300)])
def test_a_file_without_a_take_says_so(data):
    with pytest.raises(UnreadableTake):
        read_take(data)


def test_every_key_has_a_signature_that_midi_knows():
    for key in TONICS:
        for mode in MODES:
            mido.MetaMessage("key_signature", key=name_key(key, mode))
    assert name_key("D", "mixolydian") == "G"
    assert name_key("D", "dorian") == "Am"
    assert name_key("A", "minor") == "Am"


def test_the_sound_is_as_long_as_the_bars_and_not_clipped():
    score = compose(time_signature="3/4", tempo=120)
    samples = render(score)
    assert samples.shape[1] == 2
    assert len(samples) / 44_100 == pytest.approx(4 * 3 * 0.5 + 1.5, abs=0.01)
    assert 5_000 < np.abs(samples.astype(int)).max() < 32_000
    assert np.abs(samples[-1]).max() < 10


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_instrument_sounds(instrument):
    with wave.open(io.BytesIO(write_wav(render(compose(instrument=instrument))))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    assert np.abs(samples.astype(int)).mean() > 50


def test_an_mp3_is_the_same_sound_in_a_ninth_of_the_room():
    samples = render(compose())
    file = write_mp3([samples])
    assert len(file) < len(write_wav(samples)) / 8
    assert file == write_mp3([samples])
    heard, rate = soundfile.read(io.BytesIO(file))
    assert rate == SAMPLE_RATE
    assert abs(len(heard) - len(samples)) < 0.1 * SAMPLE_RATE
    length = min(len(heard), len(samples))
    for channel in (0, 1):
        assert np.corrcoef(heard[:length, channel], samples[:length, channel])[0, 1] > 0.99


def test_the_last_note_dies_away_and_is_not_cut():
    score = compose(style="dance", instrument="strings", tempo=120)
    end = max(score.seconds_at(n.start_ticks + n.length_ticks) for n in score.notes)
    sound = np.abs(render(score).astype(int)).max(1)
    after = sound[round(end * SAMPLE_RATE) : round((end + 0.05) * SAMPLE_RATE)]
    assert after.max() > 500
    assert sound[-100:].max() < 10


@pytest.mark.parametrize("style", ["lead", "quartet"])
def test_bars_laid_where_they_begin_are_the_piece(style):
    score = compose(style=style, bars=6)
    whole = render(score).astype(np.float64)
    laid = np.concatenate(list(render_bars(score))).astype(np.float64)
    length = min(len(whole), len(laid)) - SAMPLE_RATE
    first, second = whole[:length].ravel(), laid[:length].ravel()
    assert np.corrcoef(first, second)[0, 1] > 0.99


def test_a_change_of_tempo_is_heard_and_written():
    score = replace(compose(time_signature="4/4", tempo=60), tempo_changes=((2, 120.0),))
    assert [score.seconds_at(bar * 96) for bar in range(5)] == [0, 4, 8, 10, 12]
    assert len(render(score)) / SAMPLE_RATE == pytest.approx(12 + 1.5, abs=0.01)
    file = mido.MidiFile(file=io.BytesIO(write_midi(score)))
    assert file.length == pytest.approx(12, abs=0.01)


def test_a_bar_sounds_from_its_beginning_until_its_notes_have_died_away():
    score = replace(compose(), tempo_changes=((3, 45.0),))
    bar = score.bar_at(3)
    assert bar.tempo == 45
    assert [n.pitch for n in bar.notes] == [n.pitch for n in score.notes if n.start_ticks >= 3 * 96]
    assert min(n.start_ticks for n in bar.notes) < 96
    assert score.bar_at(2).tempo_changes == ((1, 45.0),)
    assert len(write_flac(render_bar(score, 3))) > 1000


def test_the_owner_s_soundfont_is_heard(tmp_path):
    import pretty_midi

    shipped = next(Path(pretty_midi.__file__).parent.rglob("*.sf2"))
    font = tmp_path / "own.sf2"
    font.write_bytes(shipped.read_bytes())
    score = compose()
    assert np.array_equal(render(score, font), render(score))
    font.unlink()
    with pytest.raises(Exception, match="own"):
        render(score, font)
