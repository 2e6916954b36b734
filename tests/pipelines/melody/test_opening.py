"""A MIDI file is heard, its bars are kept, and the composer goes on from there; what is no tune is refused."""

import io
import random
import time

import mido
import pytest

from pipelines.errors import MidiTooLarge, NoNotes, UnreadableMidi, UnreadableOpening
from pipelines.melody.hearing import MAX_BYTES, hear
from pipelines.melody.midi import write_midi
from pipelines.melody.opening import MOST_BARS, write_opening
from pipelines.melody.params import MAX_OPENING, MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import BAR_TICKS
from pipelines.params import build
from pipelines.take import Tape, play

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


@pytest.fixture(scope="module")
def tiny():
    return MelodyPipeline.tiny()


def compose(pipeline, seed=3, **values):
    params = build(MelodyParams, {"bars": 6, "style": "dance"} | values)
    return list(pipeline.generate(lambda: params, seed))


def write(*parts, metre=(4, 4), tempo=120, ticks=480, drums=()):
    """Return a MIDI file: each part's notes are onset and length in quarters, and pitch."""
    file = mido.MidiFile(ticks_per_beat=ticks)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
    head.append(mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1]))
    file.tracks.append(head)
    for channel, notes in [*enumerate(parts), *((9, one) for one in drums)]:
        events = []
        for onset, length, pitch in notes:
            events += [(onset, 1, pitch), (onset + length, 0, pitch)]
        track, now = mido.MidiTrack(), 0
        for when, on, pitch in sorted(events):
            at = round(when * ticks)
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80 * on, time=at - now))
            now = at
        file.tracks.append(track)
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def begins(heard, steps, bars):
    """Return what was heard and what is played in the first bars: times and pitches."""
    end = bars * BAR_TICKS[heard.metre]
    told = {(round(o), p) for sounds in heard.voices.values() for o, _, p in sounds if o < end - 1}
    return told, {(n.start_ticks, n.pitch) for n in steps[-1].score.notes if n.start_ticks < end}


def settings(heard):
    return {"style": heard.style, "key": heard.key, "mode": heard.mode, "time_signature": heard.metre}


@pytest.mark.parametrize(
    ("metre", "beats", "name"), [((4, 4), 1, "4/4"), ((3, 4), 1, "3/4"), ((6, 8), 0.5, "6/8"), ((2, 4), 0.5, "2/4")]
)
def test_a_tune_is_kept_and_gone_on_from(tiny, metre, beats, name):
    tune = [(i * beats, beats, SCALE[(i * 3) % 8] + 2) for i in range(24)]
    heard = hear(write(tune, metre=metre, tempo=96))
    assert (heard.style, heard.metre) == ("dance", name)
    opening = write_opening(heard)
    steps = compose(tiny, opening=opening, opening_bars=3, bars=6, **settings(heard))
    told, played = begins(heard, steps, 3)
    assert told == played
    assert steps[-1].bars_done == 6
    assert compose(tiny, opening=opening, opening_bars=3, seed=4, **settings(heard))[-1].score != steps[-1].score


def test_key_and_tempo_are_heard():
    tune = [(i / 2, 0.5, p + 2) for i, p in enumerate(SCALE + SCALE[::-1])] + [(8, 2, 62)]
    heard = hear(write(tune, tempo=132))
    assert (heard.key, heard.mode, heard.tempo) == ("D", "major", 132)
    assert hear(write([(0, 1, 57), (1, 1, 60), (2, 1, 64), (3, 2, 57)], metre=(6, 8), tempo=90)).tempo == 60
    assert hear(write([(0, 1, 60)], metre=(7, 8))).metre == "4/4"


def test_our_own_works_come_back_as_they_were(tiny):
    for style in ("dance", "quartet"):
        made = compose(tiny, style=style, bars=5, key="C", mode="major", density=1.0)[-1].score
        heard = hear(write_midi(made))
        opening = write_opening(heard)
        again = compose(tiny, opening=opening, opening_bars=4, bars=5, **settings(heard))
        end = 4 * BAR_TICKS[made.metre]
        before = {(n.start_ticks, n.pitch) for n in made.notes if n.start_ticks < end}
        after = {(n.start_ticks, n.pitch) for n in again[-1].score.notes if n.start_ticks < end}
        assert len(before & after) >= 0.8 * len(before)  # what lies out of a voice's range comes an octave off


def test_a_piano_piece_becomes_a_song_with_accompaniment_and_bass(tiny):
    tune = [(i, 1, 76 + i % 3) for i in range(16)]
    chords = [(i * 2, 2, p) for i in range(8) for p in (60, 64, 67)]
    bass = [(i * 4, 4, 36 + i) for i in range(4)]
    heard = hear(write(sorted(tune + chords + bass)))
    assert (heard.style, sorted(heard.voices)) == ("song", [0, 1, 3])
    steps = compose(tiny, opening=write_opening(heard), opening_bars=4, bars=6, **settings(heard))
    told, played = begins(heard, steps, 4)
    assert {pitch % 12 for _, pitch in told} == {pitch % 12 for _, pitch in played}
    three = hear(write(tune, chords, bass, drums=[[(i, 0.2, 38) for i in range(16)]]))
    assert (three.style, len(three.voices[1])) == ("song", len(chords))


def test_a_tune_whose_notes_are_held_over_is_a_tune_and_sung_once():
    held = hear(write([(i, 1.8, SCALE[i % 8]) for i in range(16)]))
    assert (held.style, [pitch for _, _, pitch in held.voices[0]]) == ("dance", [SCALE[i % 8] for i in range(16)])
    piano = hear(write(sorted([(i, 1.8, 76 + i % 3) for i in range(16)] + [(i * 4, 4, 40) for i in range(4)])))
    assert sum(map(len, piano.voices.values())) == 20


def test_a_long_note_near_the_end_is_cut_and_not_refused(tiny):
    heard = hear(write([(i * 4 + 2, 8, 60 + i) for i in range(4)]))
    steps = compose(tiny, opening=write_opening(heard), opening_bars=3, bars=4, **settings(heard))
    assert steps[-1].bars_done == 4
    for bars in (1, 2, 3):
        long = "at:0 v0:60 for:24 | " * (bars - 1) + "at:90 v0:62 for:192"
        assert compose(tiny, opening=long, opening_bars=bars, bars=4)[-1].bars_done == 4


def test_silence_and_hurry_and_great_length_still_make_bars(tiny):
    dice = random.Random(5)
    rests = [(0, 1, 60), (9.3, 0.01, 62), (40, 30, 64)]
    mess = [(dice.uniform(0, 40), dice.uniform(0.01, 9), dice.randrange(0, 128)) for _ in range(300)]
    long = [(i / 4, 0.25, 60 + i % 12) for i in range(4 * 4 * 200)]
    for notes in (rests, mess, long):
        heard = hear(write(sorted(notes)))
        opening = write_opening(heard)
        assert len(opening.split("|")) <= MOST_BARS
        assert len(opening) <= MAX_OPENING
        steps = compose(tiny, opening=opening, opening_bars=63, bars=64, **settings(heard))
        assert steps[-1].bars_done == 64


def test_an_opening_longer_than_the_piece_leaves_the_composer_a_bar(tiny):
    heard = hear(write([(i, 1, 60 + i % 5) for i in range(60)]))
    steps = compose(tiny, opening=write_opening(heard), opening_bars=63, bars=4, **settings(heard))
    assert steps[-1].bars_done == 4
    assert any(tone.start_ticks >= 3 * 96 for tone in steps[-1].sketch.tones)


def test_a_take_with_an_opening_replays(tiny):
    heard = hear(write([(i, 1, 60 + i % 5) for i in range(20)]))
    params = build(MelodyParams, {"opening": write_opening(heard), "bars": 8} | settings(heard))
    tape = Tape(lambda: params)
    first = [step.score for step in tiny.generate(tape, 9)]
    *_, again = play(tiny, tape.take(art="music", model="tiny", seed=9))
    assert again.score == first[-1]


@pytest.mark.parametrize(
    "opening",
    ["nonsense", "at:0 v0:60", "v0:60 for:24", "at:0 v0:60 for:24 at:0 v0:62 for:24", "bar:3", "pad",
     "at:0 v3:40 for:24", "at:0 v0:60 for:192 | at:0 v0:62 for:24"],
)  # fmt: skip
def test_an_opening_that_is_none_is_refused(tiny, opening):
    with pytest.raises(UnreadableOpening):
        compose(tiny, opening=opening)


def test_files_that_are_no_tune_are_refused_within_a_second():
    good = write([(i, 1, 60 + i % 5) for i in range(20)])
    with pytest.raises(MidiTooLarge):
        hear(b"MThd" + bytes(MAX_BYTES))
    with pytest.raises(NoNotes):
        hear(write(drums=[[(0, 1, 38)]]))
    for data in (b"", b"MThd", b"not a file", good[:30], b"RIFF" + good):
        with pytest.raises(UnreadableMidi):
            hear(data)
    many = write([(i / 8, 0.1, 40 + i % 40) for i in range(25_000)])
    assert len(many) <= MAX_BYTES
    started = time.process_time()
    write_opening(hear(many))
    assert time.process_time() - started < 4


def test_damaged_files_end_in_a_sentence():
    dice = random.Random(1)
    good = write([(i / 2, 0.5, 50 + i % 30) for i in range(60)], [(i, 1, 40) for i in range(30)])
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(dice.randrange(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            opening = write_opening(hear(bytes(data[: dice.randrange(20, len(data) + 1)])))
        except (UnreadableMidi, NoNotes):
            continue
        assert opening
