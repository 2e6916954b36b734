import time
from dataclasses import replace
from itertools import islice

import pytest
import torch

from pipelines.errors import NotAChoice, NotANumber, OutOfRange, WrongKind
from pipelines.melody.expression import INSTRUMENTS
from pipelines.melody.midi import write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, BASS, MELODY, SECOND, STYLES
from pipelines.params import build
from pipelines.take import Tape, play


@pytest.fixture(scope="module")
def tiny():
    return MelodyPipeline.tiny()


def compose(pipeline, seed=3, **values):
    params = build(MelodyParams, {"bars": 5, "style": "quartet"} | values)
    return list(pipeline.generate(lambda: params, seed))


def test_same_seed_same_piece(tiny):
    assert compose(tiny)[-1].sketch == compose(tiny)[-1].sketch
    assert compose(tiny, seed=4)[-1].sketch != compose(tiny)[-1].sketch


def test_at_temperature_0_the_seed_does_not_matter(tiny):
    assert compose(tiny, seed=1, temperature=0)[-1].sketch == compose(tiny, seed=2, temperature=0)[-1].sketch


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("metre", ["2/4", "9/8"])
def test_exactly_the_bars_asked_for(tiny, style, metre):
    steps = compose(tiny, style=style, time_signature=metre)
    assert steps[-1].bars_done == steps[-1].total == 5
    assert [s.index for s in steps] == list(range(1, len(steps) + 1))
    last = steps[-1].score
    assert last.length_ticks == 5 * BAR_TICKS[metre]
    assert max(n.start_ticks + n.length_ticks for n in last.notes) <= last.length_ticks
    assert all(1 <= n.velocity <= 127 and 0 <= n.pitch <= 127 for n in last.notes)


def test_longer_than_the_context_goes_on(tiny):
    steps = compose(tiny, bars=40)
    assert steps[-1].index > tiny.model.config.max_position_embeddings
    assert steps[-1].bars_done == 40


def test_read_once_a_step(tiny):
    calls = []
    params = MelodyParams(bars=4)
    for count, _ in enumerate(tiny.generate(lambda: calls.append(0) or params, 1), start=1):
        assert len(calls) == count


def test_a_move_reaches_the_next_step(tiny):
    usual = build(MelodyParams, {"bars": 8, "style": "song"})
    calm = [s.sketch for s in islice(tiny.generate(lambda: usual, 1), 60)]
    cell = [usual]
    steered = []
    for step in islice(tiny.generate(lambda: cell[0], 1), 60):
        steered.append(step.sketch)
        if step.index == 20:
            cell[0] = replace(usual, register=1.0, density=1.0)
    assert steered[:20] == calm[:20]
    assert steered != calm


def test_register_and_density_do_what_they_say(tiny):
    def mean_pitch(**values):
        tones = [
            t for seed in range(3) for t in compose(tiny, seed=seed, style="dance", bars=16, **values)[-1].sketch.tones
        ]
        return sum(t.pitch for t in tones) / len(tones), len(tones)

    assert mean_pitch(register=1.0)[0] > mean_pitch()[0] + 3 > mean_pitch(register=-1.0)[0] + 6
    assert mean_pitch(density=1.0)[1] > 1.3 * mean_pitch()[1] > 1.69 * mean_pitch(density=-1.0)[1]


def test_echo_brings_bars_back_and_none_brings_none(tiny):
    def count_kinds(echo):
        tones = compose(tiny, style="dance", bars=16, echo=echo, top_p=1.0)[-1].sketch.tones
        bars = [tuple((t.start_ticks % 96, t.pitch) for t in tones if t.start_ticks // 96 == bar) for bar in range(16)]
        return len(set(bars))

    assert count_kinds(1.0) < count_kinds(0.0)


def test_a_pace_slows_the_writing_and_changes_no_note(tiny):
    start = time.monotonic()
    slow = compose(tiny, style="dance", bars=4, pace=8.0)
    assert 0.3 < time.monotonic() - start < 3
    assert slow[-1].sketch == compose(tiny, style="dance", bars=4)[-1].sketch


def test_a_stopped_piece_ends_with_the_bar_it_had_come_to(tiny):
    steps = [s for s in compose(tiny, bars=8) if s.bars_done == 3]
    assert steps[0].finish().bars == 3  # nothing stands in the fourth yet
    score = steps[-1].finish()
    assert score.bars == 4
    assert max(n.start_ticks + n.length_ticks for n in score.notes) <= score.length_ticks
    assert compose(tiny)[-1].finish().bars == 5


def test_a_take_replays_to_the_same_bytes(tiny):
    cell = [build(MelodyParams, {"bars": 6, "style": "lead"})]
    tape = Tape(lambda: cell[0])
    for step in tiny.generate(tape, 9):
        last = step
        if step.index == 10:
            cell[0] = replace(cell[0], temperature=1.7, register=-0.5, bars=64)
    take = tape.take(art="music", model="tiny", seed=9)
    assert [m.name for m in take.moves] == ["temperature", "register"]
    *_, again = play(tiny, take)
    assert write_midi(again.score, take) == write_midi(last.score, take)


def test_what_only_sounds_changes_no_note_that_is_composed(tiny):
    plain = compose(tiny, key="A", tempo=100)[-1]
    moved = compose(tiny, key="A", tempo=100, transpose=4, speed=1.5, instrument="harp")[-1]
    assert moved.sketch == plain.sketch
    assert [n.pitch - 4 for n in moved.score.notes] == [n.pitch for n in plain.score.notes]
    assert (moved.score.key, moved.score.tempo) == ("Db", plain.score.tempo * 1.5)


def test_each_voice_has_an_instrument_of_its_own(tiny):
    played = {"instrument": "flute", "bass_instrument": "cello", "chords_instrument": "harp"}
    plain, quartet, song = (
        dict(compose(tiny, style=style, **band)[-1].score.programs)
        for style, band in (("quartet", {}), ("quartet", played), ("song", {"second_instrument": "harp"}))
    )
    numbers = {name: INSTRUMENTS[name] for name in ("flute", "cello", "harp", "piano", "oboe")}
    assert quartet == dict.fromkeys(plain, numbers["flute"]) | {BASS: numbers["cello"]}
    assert song == {MELODY: numbers["oboe"], SECOND: numbers["harp"], BASS: numbers["piano"]}
    lead = compose(tiny, style="lead", **played)[-1]
    assert dict(lead.score.programs) == {MELODY: numbers["flute"], ACCOMPANIMENT: numbers["harp"]}
    assert set(lead.params.idle()) >= {"bass_instrument", "second_instrument", "third_instrument"}
    assert "chords_instrument" not in lead.params.idle()


def test_an_instrument_that_goes_no_lower_plays_an_octave_higher(tiny):
    low, oboe = (
        compose(tiny, style="quartet", key="C", transpose=-12, bass_instrument=name)[-1].score
        for name in ("cello", "oboe")
    )
    pairs = [(one.pitch, other.pitch) for one, other in zip(low.notes, oboe.notes, strict=True) if one.voice == BASS]
    assert any(one < 36 for one, _ in pairs)
    assert all(other >= 36 and (other - one) % 12 == 0 for one, other in pairs)


def test_the_key_transposes_the_same_sketch(tiny):
    low, high = compose(tiny, key="G")[-1].score, compose(tiny, key="C")[-1].score
    assert [n.pitch + 5 for n in low.notes] == [n.pitch for n in high.notes]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"bars": 0}, OutOfRange),
        ({"bars": 4.5}, NotANumber),
        ({"tempo": float("nan")}, NotANumber),
        ({"temperature": "hot"}, NotANumber),
        ({"time_signature": "5/4"}, NotAChoice),
        ({"style": None}, NotAChoice),
        ({"key": "H"}, NotAChoice),
        ({"density": 1.5}, OutOfRange),
    ],
)
def test_bad_values_are_refused(values, error):
    with pytest.raises(error):
        build(MelodyParams, values)


def test_saved_and_loaded_it_composes_the_same(tiny, tmp_path):
    from pipelines.melody.vocabulary import save_words

    tiny.model.save_pretrained(tmp_path)
    with pytest.raises(WrongKind):
        MelodyPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    save_words(tmp_path)
    loaded = MelodyPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    assert compose(loaded)[-1].sketch == compose(tiny)[-1].sketch


def test_pieces_come_home_more_often_than_by_chance(tiny):
    ends = [compose(tiny, seed=seed, style="dance", bars=4)[-1].sketch.tones[-1].pitch % 12 for seed in range(16)]
    assert ends.count(0) >= 5


def test_an_endless_piece_goes_on_in_sections_until_it_is_stopped(tiny):
    params = build(MelodyParams, {"endless": 1, "bars": 4, "style": "dance"})
    tape = Tape(lambda: params)
    for step in tiny.generate(tape, 5):
        last = step
        if step.bars_done == 70:
            break
    assert last.finish().bars in (70, 71)
    take = tape.take(art="music", model="tiny", seed=5, steps=last.index)
    *_, again = play(tiny, take)
    assert again.sketch == last.sketch


def test_mode_and_tempo_change_from_the_next_bar(tiny):
    cell = [build(MelodyParams, {"bars": 12, "style": "dance", "mode": "major", "tempo": 80})]
    tape = Tape(lambda: cell[0])
    for step in tiny.generate(tape, 2):
        last = step
        if step.bars_done == 3:
            cell[0] = replace(cell[0], mode="minor", tempo=160)
    assert last.tempo_changes == ((4, 160),)
    score = last.score
    assert (score.mode, score.tempo, score.tempo_changes) == ("major", 80, ((4, 160),))
    assert score.seconds_at(12 * 96) == pytest.approx(4 * 3 + 8 * 1.5)
    take = tape.take(art="music", model="tiny", seed=2)
    *_, again = play(tiny, take)
    assert write_midi(again.score, take) == write_midi(score, take)
