"""An Anticipatory Music Transformer of the published shape, untrained and small: all that is real but its weights."""

import json
from dataclasses import replace
from io import BytesIO

import mido
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from pipelines.errors import BrokenModel, NoNotes, UnreadableMidi, UnreadableOpening, WrongKind
from pipelines.melody.midi import write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.published import events as words
from pipelines.melody.published.events import Event, decode, encode, read_midi, read_text, rest, write_score, write_text
from pipelines.melody.published.pipeline import ACCOMPANY, PublishedPipeline
from pipelines.params import build
from pipelines.take import Tape, play
from studio.roll import frame_score

TUNE = [Event(0, 50, 128 * 40 + 60), Event(25, 10, 128 * 128 + 36), Event(100, 999, 128 * 0 + 48), Event(701, 5, 72)]


def save_tiny(folder, **shape):
    sizes = {"vocab_size": words.SIZE, "n_positions": 128, "n_embd": 16, "n_layer": 1, "n_head": 2} | shape
    torch.manual_seed(0)
    GPT2LMHeadModel(GPT2Config(**sizes)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("anticipation"))


@pytest.fixture(scope="module")
def tiny(folder):
    return MelodyPipeline.load(folder, torch.device("cpu"), torch.float32)


def compose(pipeline, seed=3, **values):
    params = build(MelodyParams, {"bars": 4, "density": 1.0, "tempo": 120} | values)
    return list(pipeline.generate(lambda: params, seed))


def test_the_tokens_are_the_published_ones():
    # By hand from the published table: times from 0, lengths from 10,000, notes from 11,000, a rest 27,512, the block
    # told ahead from 27,513, the separator and the two flags last of 55,028 words.
    assert (words.REST, words.AHEAD, words.SEPARATOR, words.AUTOREGRESS, words.ANTICIPATE, words.SIZE) == (
        27_512, 27_513, 55_025, 55_026, 55_027, 55_028,
    )  # fmt: skip
    violin = Event(150, 25, 128 * 40 + 69)  # A4 at one and a half seconds
    assert encode(violin) == [150, 10_025, 16_189]
    assert encode(violin, ahead=True) == [27_663, 37_538, 43_702]
    assert encode(Event(7, 1, 128 * 128 + 38), since=5) == [2, 10_001, 27_422]
    assert rest(300) == [300, 10_000, 27_512]
    assert decode([*rest(100), *encode(violin, ahead=True), *[words.SEPARATOR] * 3]) == [violin]


def test_a_midi_file_comes_back_to_the_hundredth():
    file = write_midi(write_score(TUNE, 800))
    assert read_midi(file) == TUNE
    tracks = mido.MidiFile(file=BytesIO(file)).tracks[1:]
    assert [track.name for track in tracks] == ["Drums", "Violin", "Acoustic Grand Piano"]
    assert tracks[0][1].channel == 9


def test_a_file_at_another_tempo_is_heard_in_seconds():
    file = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(90)))
    track.append(mido.Message("program_change", channel=3, program=73))
    track.append(mido.Message("note_on", channel=3, note=80, time=96))
    track.append(mido.Message("note_off", channel=3, note=80, time=48))
    out = BytesIO()
    file.save(file=out)
    assert read_midi(out.getvalue()) == [Event(67, 33, 128 * 73 + 80)]  # two thirds and one third of a second


def test_sixteen_instruments_have_a_channel_each_and_more_are_left_out():
    many = [Event(i, 10, 128 * i + 60) for i in range(20)] + [Event(30, 10, 128 * 128 + 36)]
    kept = words.keep_tracks(many)
    assert len(kept) == 16
    tracks = mido.MidiFile(file=BytesIO(write_midi(write_score(kept, 100)))).tracks[1:]
    assert sorted(track[1].channel for track in tracks) == list(range(16))


def test_bad_files_and_texts_end_in_sentences():
    with pytest.raises(UnreadableMidi):
        read_midi(b"no music")
    empty = BytesIO()
    mido.MidiFile().save(file=empty)
    with pytest.raises((NoNotes, UnreadableMidi)):
        read_midi(empty.getvalue())
    assert read_text(write_text(TUNE, 1000)) == TUNE
    for bad in ("1,2", "a,b,c", "0,1000,60", "0,1,16512", "-1,1,60"):
        with pytest.raises(UnreadableOpening):
            read_text(bad)


@pytest.mark.parametrize("seed", range(3))
def test_an_untrained_model_writes_valid_music_beyond_its_context(tiny, seed):
    steps = compose(tiny, seed, bars=16)
    assert steps[-1].index > 128 // 3
    assert steps[-1].bars_done == steps[-1].total == 16
    events = steps[-1].events
    assert all(0 <= e.time < 3200 and 0 <= e.length < 1000 and 0 <= e.note < 128 * 129 for e in events)
    assert len({e.instrument for e in events} - {128}) <= 15
    assert [s.index for s in steps] == list(range(1, len(steps) + 1))
    assert write_midi(steps[-1].finish())


def test_more_than_a_hundred_seconds(tiny):
    last = compose(tiny, bars=64, density=0.3)[-1]
    assert last.bars_done == 64
    assert max(e.time for e in last.events) > 10_000


def test_an_opening_stays_and_is_gone_on_from(tiny):
    last = compose(tiny, opening=write_text(TUNE, 1000), opening_bars=1, bars=4)[-1]
    assert [e for e in last.events if e.time < 200] == TUNE[:3]
    assert min(e.time for e in last.events if e not in TUNE) >= 200


def test_a_gap_is_filled_and_both_sides_stay(tiny):
    whole = [Event(t, 20, 60) for t in range(0, 1600, 40)]
    last = compose(tiny, draft=write_text(whole, 9000), gap_start=3, gap_end=4)[-1]
    outside = [e for e in whole if not 400 <= e.time < 800]
    assert [e for e in last.events if not 400 <= e.time < 800] == outside
    assert [e for e in last.events if 400 <= e.time < 800]


def test_a_tune_is_accompanied_and_told_ahead(tiny):
    tune = [Event(t, 20, 128 * 73 + 72) for t in range(0, 800, 40)]
    steps = compose(tiny, draft=write_text(tune, 9000), parts=ACCOMPANY)
    assert set(tune) < set(steps[-1].events)
    assert steps[-1].events != compose(tiny)[-1].events


def test_a_live_knob_acts_on_the_next_note_and_a_take_replays_it(tiny):
    usual = build(MelodyParams, {"bars": 8, "density": 1.0})
    cell = [usual]
    tape, steered = Tape(lambda: cell[0]), []
    for step in tiny.generate(tape, 5):
        steered.append(step)
        if step.index == 10:
            cell[0] = replace(usual, register=1.0, temperature=0.2)
    calm = list(tiny.generate(lambda: usual, 5))
    assert [s.events for s in steered[:10]] == [s.events for s in calm[:10]]
    assert steered[10].events != calm[10].events
    take = tape.take(art="music", model="tiny", seed=5)
    *_, again = play(tiny, take)
    assert write_midi(again.finish(), take) == write_midi(steered[-1].finish(), take)


def test_register_and_the_instrument_do_what_they_say(tiny):
    def mean(**values):
        pitches = [e.note % 128 for e in compose(tiny, bars=16, **values)[-1].events if e.instrument < 128]
        return sum(pitches) / len(pitches)

    assert mean(register=1.0) > mean() + 20 > mean(register=-1.0) + 40
    assert {e.instrument for e in compose(tiny, instrument="flute")[-1].events} == {73}


def test_an_ensemble_alone_is_composed_for(tiny):
    assert {e.instrument for e in compose(tiny, ensemble="jazz", bars=8)[-1].events} <= {66, 0, 32, 128}
    full = write_text([Event(i, 10, 128 * (i + 50) + 60) for i in range(15)], 9000)
    crowded = compose(tiny, ensemble="jazz", opening=full, opening_bars=1)[-1]
    assert len({e.instrument for e in crowded.events} - {128}) == 15
    assert write_midi(crowded.finish())


def test_the_roll_shows_the_bars_of_the_artist(tiny):
    score = compose(tiny, bars=4, tempo=90, time_signature="3/4")[-1].score
    assert score.pulse == pytest.approx((4, 200, 200 / 3))
    shown = json.loads(frame_score(score)["score"])
    assert (shown["bars"], shown["bar"], shown["snaps"]) == (4, pytest.approx(200), False)


def test_the_tempo_is_no_live_knob_here(tiny):
    assert not tiny.knobs["tempo"].live
    assert MelodyPipeline.tiny().knobs["tempo"].live


def test_broken_and_other_folders_end_in_sentences(folder, tmp_path):
    assert isinstance(MelodyPipeline.load(folder, torch.device("cpu"), torch.float32), PublishedPipeline)
    other = save_tiny(tmp_path / "other", vocab_size=100)
    with pytest.raises(WrongKind):
        MelodyPipeline.load(other, torch.device("cpu"), torch.float32)
    broken = save_tiny(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(BrokenModel):
        MelodyPipeline.load(broken, torch.device("cpu"), torch.float32)


def test_knobs_that_do_nothing_are_not_shown(tiny):
    assert {name for name, knob in tiny.knobs.items() if knob.inert} >= {"style", "key", "form", "chords", "echo"}
    assert not tiny.knobs["density"].inert
