"""Changes by hand: found, applied, refused where no roll of ours would send them."""

from dataclasses import replace

import pytest

from pipelines.errors import UnreadableEdits
from pipelines.melody.edits import apply_edits, find_edits
from pipelines.melody.gap import conform, lengthen, read_draft, write_draft
from pipelines.melody.midi import write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import DRUMS, STYLES, Tone
from pipelines.melody.vocabulary import LENGTHS, RANGES
from pipelines.params import build
from pipelines.take import Tape, play
from studio.tabs.editing import read_notes
from studio.tabs.revising import carry


def compose(seed=3, **values):
    params = build(MelodyParams, {"bars": 6, "style": "quartet", "key": "F"} | values)
    *_, last = MelodyPipeline.tiny().generate(lambda: params, seed)
    return last


@pytest.mark.parametrize("style", STYLES)
def test_what_was_changed_is_found_and_made_again(style):
    sketch = compose(style=style).sketch
    tones = list(sketch.tones)
    pitch = 38 if style == "drums" else tones[4].pitch + 1
    changed = [*tones[2:4], replace(tones[4], pitch=pitch), *tones[5:], Tone(6, tones[0].voice, pitch, 9)]
    edits = find_edits(sketch, changed)
    assert set(apply_edits(sketch, edits).tones) == set(changed)
    assert find_edits(sketch, tones) == ""
    assert apply_edits(sketch, "") is sketch


def test_a_take_with_edits_replays_to_the_same_bytes():
    plain = compose()
    edits = find_edits(plain.sketch, [*plain.sketch.tones[3:], Tone(0, 0, 70, 24)])
    params = build(MelodyParams, {"bars": 6, "style": "quartet", "edits": edits})
    tape = Tape(lambda: params)
    pipeline = MelodyPipeline.tiny()
    *_, last = pipeline.generate(tape, 3)
    assert last.sketch == plain.sketch
    assert len(last.score.notes) == len(plain.score.notes) - 2
    take = tape.take(art="music", model="tiny", seed=3)
    *_, again = play(pipeline, take)
    assert write_midi(again.score, take) == write_midi(last.score, take)


def test_how_loud_a_note_was_made_is_an_edit_and_sounds():
    step = compose(style="dance", key="C", time_signature="3/4")
    notes = [[n.start_ticks, n.length_ticks, n.pitch, n.voice, n.velocity] for n in step.score.notes]
    write = lambda: ";".join(",".join(map(str, note)) for note in notes)  # noqa: E731
    assert find_edits(step.sketch, read_notes(write(), 0, "3/4")) == ""
    notes[2][4] = 120
    edits = find_edits(step.sketch, read_notes(write(), 0, "3/4"))
    assert edits.count(";") == 1
    assert edits.endswith(",120")
    louder = compose(style="dance", key="C", time_signature="3/4", edits=edits).score
    assert [n.velocity for n in louder.notes][2] == 120
    assert [replace(n, velocity=0) for n in louder.notes] == [replace(n, velocity=0) for n in step.score.notes]


@pytest.mark.parametrize("style", [style for style in STYLES if style != "drums"])
def test_drums_lie_under_any_style_and_are_carried_into_a_draft(style):
    step = compose(style=style)
    loud = replace(step.sketch.tones[0], velocity=99)
    whole = replace(step.sketch, tones=tuple(sorted([loud, *step.sketch.tones[1:], Tone(24, DRUMS, 38, 3)])))
    score = compose(style=style, edits=find_edits(step.sketch, whole.tones)).score
    assert [n.pitch for n in score.notes if n.voice == DRUMS] == [38]
    assert dict(score.programs)[DRUMS] == 0
    assert 99 in [n.velocity for n in score.notes]
    draft = conform(whole)
    assert apply_edits(draft, carry(draft, whole.tones)) == whole
    assert carry(draft, []) == ""


@pytest.mark.parametrize(
    "edits",
    ["+", ";", "0,0,60,24", "+0,0,60,0", "+0,0,60,999999", "+570,0,60,24", "+0,4,60,24", "+0,5,60,3", "+0,0,0,24",
     "+0,0,127,24", "+0,0,60,24;", "+-1,0,60,24", "+0,0,6０,24", "+0,0,60,24\n", "<b>", "+1e3,0,60,24",
     "+0,0,60,24,128", "+0,0,60,24,", "+0,0,60,24,1,1"],
)  # fmt: skip
def test_a_stranger_s_edits_are_refused(edits):
    with pytest.raises(UnreadableEdits):
        compose(edits=edits).score  # noqa: B018


@pytest.mark.parametrize(
    "notes",
    ["x", "0,24,60,0", "0,24,60,0,80;", "0,24,60,9,80", "0,24,60,0,128", "0,24,60,0,80;" * 30_000, None, {"a": 1}],
)
def test_a_stranger_s_notes_are_refused(notes):
    if notes is None:
        assert read_notes(notes, 0, "4/4") == []
        return
    with pytest.raises(UnreadableEdits):
        find_edits(compose(style="dance").sketch, read_notes(notes, 0, "4/4"))


def test_what_was_drawn_anyhow_becomes_what_the_composer_can_write():
    sketch = compose(style="dance").sketch
    drawn = replace(sketch, tones=(Tone(1, 0, 20, 55), Tone(30, 0, 64, 400), Tone(30, 0, 60, 7), Tone(101, 0, 110, 5)))
    tidy = conform(drawn)
    assert [tone.start_ticks for tone in tidy.tones] == [0, 30, 100]
    assert all(tone.length_ticks in LENGTHS for tone in tidy.tones)
    assert all(RANGES[0][0] <= tone.pitch <= RANGES[0][1] for tone in tidy.tones)
    assert read_draft(write_draft(tidy), tidy.header) == tidy
    assert lengthen(tidy, 10).bars == 10
    assert lengthen(tidy, 0).bars == 2
