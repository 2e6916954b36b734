"""A part of a piece is composed and the rest stays; what is laid out for training is what the composer is told."""

from dataclasses import replace

import pytest

from pipelines.errors import UnreadableChords, UnreadableOpening
from pipelines.melody.form import FORMS
from pipelines.melody.gap import PARTS, Gap, lay_out, read_draft, write_draft
from pipelines.melody.midi import write_midi
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.progression import read_progression
from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, BASS, DRUMS, MELODY, SECOND, STYLES
from pipelines.melody.vocabulary import AHEAD, END, GIVEN, MAKE, WORDS, encode
from pipelines.params import build
from pipelines.take import Tape, play


@pytest.fixture(scope="module")
def tiny():
    return MelodyPipeline.tiny()


def compose(pipeline, seed=3, **values):
    params = build(MelodyParams, {"bars": 8, "style": "quartet", "density": 0.5} | values)
    *_, last = pipeline.generate(lambda: params, seed)
    return last


def lasting(sketch, bars, voices):
    """Return what begins in some bars in some voices."""
    ticks = BAR_TICKS[sketch.header.metre]
    tones = {t for t in sketch.tones if t.start_ticks // ticks in bars and t.voice in voices}
    chords = {h for h in sketch.harmonies if h.start_ticks // ticks in bars and ACCOMPANIMENT in voices}
    return tones | chords


@pytest.mark.parametrize("style", STYLES)
def test_a_draft_reads_back(tiny, style):
    sketch = compose(tiny, style=style).sketch
    assert read_draft(write_draft(sketch), sketch.header) == replace(
        sketch, tones=tuple(sorted(sketch.tones)), harmonies=tuple(sorted(sketch.harmonies))
    )


@pytest.mark.parametrize(
    "draft",
    ["at:0", "nothing", "v0:60 for:24", "at:0 v0:60", "at:0 v0:60 v0:61", "at:24 v0:60 for:24 at:0 v0:62 for:24",
     "at:0 v3:40 for:24", "at:0 chord:0:maj", "at:0 hit:36", "at:0 for:24", "bar:3", "at:0 v0:60 for:192", "end", "{}"],
)  # fmt: skip
def test_a_draft_from_a_stranger_is_read_with_care(tiny, draft):
    if draft == "at:0":
        assert compose(tiny, style="dance", draft=draft).score.bars == 1
        return
    with pytest.raises(UnreadableOpening):
        compose(tiny, style="dance", draft=draft)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("first", "last"), [(1, 8), (3, 5), (6, 64), (5, 3)])
def test_only_the_bars_asked_for_are_composed(tiny, style, first, last):
    old = compose(tiny, style=style).sketch
    new = compose(tiny, seed=9, style=style, draft=write_draft(old), gap_start=first, gap_end=last).sketch
    low, high = sorted((first, min(last, 8)))
    outside = set(range(8)) - set(range(low - 1, high))
    parts = STYLES[style].parts
    kept = {(t.start_ticks, getattr(t, "pitch", None)) for t in lasting(new, outside, parts)}
    assert kept == {(t.start_ticks, getattr(t, "pitch", None)) for t in lasting(old, outside, parts)}
    assert lasting(new, range(low - 1, high), parts) != lasting(old, range(low - 1, high), parts)
    for voice in set(STYLES[style].voices) - set(STYLES[style].chordal):
        line = sorted(t for t in new.tones if t.voice == voice)
        assert all(a.start_ticks + a.length_ticks <= b.start_ticks for a, b in zip(line, line[1:], strict=False))


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        ("chorale", {MELODY}),
        ("song", {SECOND, BASS}),
        ("lead", {ACCOMPANIMENT}),
        ("lead", {MELODY}),
        ("quartet", {1, 2}),
    ],
)
def test_only_the_parts_asked_for_are_composed(tiny, style, parts):
    old = compose(tiny, style=style).sketch
    named = " ".join(PARTS[part] for part in parts)
    new = compose(tiny, seed=9, style=style, draft=write_draft(old), parts=named, gap_start=2, gap_end=7).sketch
    assert lasting(new, range(8), STYLES[style].parts - parts) == lasting(old, range(8), STYLES[style].parts - parts)
    assert lasting(new, range(1, 7), parts) != lasting(old, range(1, 7), parts)


def test_a_part_that_the_style_lacks_is_refused(tiny):
    with pytest.raises(UnreadableOpening):
        compose(tiny, style="dance", draft="at:0 v0:60 for:24", parts="bass")
    with pytest.raises(UnreadableOpening):
        compose(tiny, style="dance", draft="at:0 v0:60 for:24", parts="kazoo")


def test_a_tune_is_harmonised(tiny):
    tune = compose(tiny, style="dance").sketch
    whole = compose(tiny, style="chorale", draft=write_draft(tune), parts="second third bass").sketch
    assert lasting(whole, range(8), {MELODY}) == lasting(tune, range(8), {MELODY})
    assert {t.voice for t in whole.tones} == {0, 1, 2, 3}


def test_likeness_brings_the_old_bars_back(tiny):
    old = compose(tiny, style="song").sketch

    def shared(likeness):
        new = compose(tiny, seed=9, style="song", draft=write_draft(old), likeness=likeness).sketch
        return len(set(new.tones) & set(old.tones)) / len(old.tones)

    assert shared(1.0) > 0.9 > shared(0.4) > shared(0.0)


def test_a_filled_piece_replays_to_the_same_bytes(tiny):
    old = compose(tiny, style="chorale")
    values = {"style": "chorale", "draft": write_draft(old.sketch), "gap_start": 3, "gap_end": 4, "parts": "bass"}
    cell = [build(MelodyParams, values)]
    tape = Tape(lambda: cell[0])
    for step in tiny.generate(tape, 4):
        last = step
        if step.index == 9:
            cell[0] = replace(cell[0], mode="minor", likeness=0.6)
    take = tape.take(art="music", model="tiny", seed=4)
    *_, again = play(tiny, take)
    assert write_midi(again.score, take) == write_midi(last.score, take)


def test_what_is_laid_out_tells_what_is_there_and_ends_after_the_gap(tiny):
    sketch = compose(tiny, style="song").sketch
    words = lay_out(sketch, Gap(2, 4, frozenset({MELODY})))
    assert words.count(GIVEN) == 2
    assert words.count(AHEAD) == 1
    assert words.count(MAKE) == 3
    assert WORDS[words[-1]] == "bar:3"
    alone = lay_out(sketch, Gap(0, 8, STYLES["song"].parts))
    assert alone == encode(sketch)
    assert lay_out(sketch, Gap(7, 8, frozenset({BASS})))[-1] == END


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_form_brings_its_parts_back_but_for_their_ends(tiny, form):
    sketch = compose(tiny, style="lead", bars=16, form=form, echo=0).sketch

    def tell(bar):
        return {(t.start_ticks % 96, t.pitch) for t in lasting(sketch, {bar}, {MELODY})}

    def alike(one, other):
        pairs = [(tell(one * 4 + bar), tell(other * 4 + bar)) for bar in range(3)]
        return sum(len(a & b) for a, b in pairs) / sum(len(a | b) for a, b in pairs)

    for part, letter in enumerate(form):
        first = form.index(letter)
        if first < part:
            assert alike(first, part) > 0.8
    assert alike(form.index("A"), form.index("B")) < 0.3


@pytest.mark.parametrize("style", ["lead", "song"])
def test_a_progression_is_followed(tiny, style):
    chords = [[(0, "maj")], [(7, "maj")], [(9, "min"), (5, "maj")]]
    sketch = compose(tiny, style=style, key="D", bars=6, chords="D | A | Bm G").sketch
    if style == "lead":
        told = [(h.start_ticks, h.root, h.quality) for h in sketch.harmonies]
        assert told == [
            (bar * 96 + place * 48, *chord) for bar in range(6) for place, chord in enumerate(chords[bar % 3])
        ]

    def share(sketch):
        tones = [t for t in sketch.tones if t.start_ticks % 288 < 96]
        return sum(t.pitch % 12 in {0, 4, 7} for t in tones) / len(tones)

    assert share(sketch) > share(compose(tiny, style=style, key="D", bars=6).sketch) + 0.15


def test_chords_are_read_by_name_and_by_numeral():
    names = read_progression("D A/C# Bm7 G7", 2, "major")
    assert names.bars == (((0, "maj"),), ((7, "maj"),), ((9, "m7"),), ((5, "7"),))
    assert read_progression("I V vi7 IV7", 5, "major").bars == (((0, "maj"),), ((7, "maj"),), ((9, "m7"),), ((5, "7"),))
    assert read_progression("i bVII VI v", 0, "minor").bars[2:] == (((8, "maj"),), ((7, "min"),))


@pytest.mark.parametrize("text", ["H", "C G hello", "|", "C " * 80, "viii", "C\x00", "{0}"])
def test_what_is_no_chord_is_named(tiny, text):
    with pytest.raises(UnreadableChords):
        compose(tiny, chords=text)


def test_drums_alone_keep_to_their_kit(tiny):
    score = compose(tiny, style="drums").score
    assert {note.voice for note in score.notes} == {DRUMS}
    data = write_midi(score)
    assert b"\x99" in data  # MIDI's channel 10


def test_new_voices_clash_less_with_given_ones_than_chance_would(tiny, monkeypatch):
    tunes = [compose(tiny, seed=seed, style="dance").sketch for seed in range(4)]

    def clashes():
        found = 0
        for tune in tunes:
            values = {"style": "chorale", "draft": write_draft(tune), "parts": "bass", "density": 0}
            tones = compose(tiny, **values).sketch.tones
            given = [tone for tone in tones if tone.voice == MELODY]
            for tone in (tone for tone in tones if tone.voice == BASS):
                beside = [g for g in given if g.start_ticks <= tone.start_ticks < g.start_ticks + g.length_ticks]
                found += sum((tone.pitch - other.pitch) % 12 in (1, 11) for other in beside)
        return found

    fitted = clashes()
    monkeypatch.setattr("pipelines.melody.consonance.HARSH_NATS", {})
    assert fitted < clashes() / 2
