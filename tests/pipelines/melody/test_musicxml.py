"""A written score: every voice fills its bars, the notes read back are those that sound, and it can be engraved."""

from collections import defaultdict
from xml.etree import ElementTree

import pytest

from pipelines.melody.musicxml import PARTS, count_fifths, write_musicxml
from pipelines.melody.notation import spell
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, DRUMS, MODES, STYLES, TONICS
from pipelines.params import build

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"whole": 96, "half": 48, "quarter": 24, "eighth": 12, "16th": 6, "32nd": 3, "64th": 1.5}


@pytest.fixture(scope="module")
def tiny():
    return MelodyPipeline.tiny()


def compose(tiny, seed=3, **values):
    params = build(MelodyParams, {"bars": 5, "temperature": 1.5} | values)
    *_, last = tiny.generate(lambda: params, seed)
    return last.score


def read(data):
    """Return (part, voice) -> [(onset, length, MIDI pitch)], ties joined; assert that every voice fills every bar."""
    root = ElementTree.fromstring(data)
    found = defaultdict(list)
    for number, part in enumerate(root.findall("part")):
        metre, first = None, 0
        for measure in part.findall("measure"):
            time = measure.find("attributes/time")
            if time is not None:
                metre = BAR_TICKS[f"{time.findtext('beats')}/{time.findtext('beat-type')}"]
            now, filled = 0, defaultdict(int)
            for element in measure:
                length = int(element.findtext("duration") or 0)
                if element.tag == "backup":
                    now -= length
                elif element.tag == "note":
                    check_value(element, length, metre)
                    voice = (number, element.findtext("voice"))
                    start = now if element.find("chord") is None else now - length
                    pitch = element.find("pitch")
                    if pitch is not None:
                        midi = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")]
                        midi += int(pitch.findtext("alter") or 0)
                        add(found[voice], first + start, length, midi, {t.get("type") for t in element.findall("tie")})
                    if element.find("chord") is None:
                        now += length
                        filled[voice] += length
            assert set(filled.values()) == {metre}
            first += metre
    return found


def check_value(note, length, metre):
    kind = note.findtext("type")
    if kind is None:
        assert note.find("rest").get("measure") == "yes"
        assert length == metre
        return
    value = SIGNS[kind] * (1.5 if note.find("dot") is not None else 1)
    assert length == value * (2 / 3 if note.find("time-modification") is not None else 1)


def add(notes, onset, length, midi, ties):
    before = [n for n in notes if n[2] == midi and n[0] + n[1] == onset]
    if "stop" in ties:
        assert before
        notes.remove(before[-1])
        notes.append((before[-1][0], before[-1][1] + length, midi))
    else:
        notes.append((onset, length, midi))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("metre", BAR_TICKS)
def test_what_is_written_is_what_sounds_and_fills_every_bar(tiny, style, metre):
    for seed in range(3):
        score = compose(tiny, seed, style=style, time_signature=metre, key="Eb")
        found = read(write_musicxml(score))
        for number, part in enumerate(PARTS[style]):
            for place, voice in enumerate((v for staff in part.staves for v in staff.voices), start=1):
                if voice == DRUMS:
                    continue
                sounding = covered((n.start_ticks, n.length_ticks, n.pitch) for n in score.notes if n.voice == voice)
                assert covered(found[number, str(place)]) == sounding


def covered(notes):
    return {(tick, pitch) for onset, length, pitch in notes for tick in range(int(onset), int(onset + length))}


def test_a_tune_keeps_its_very_notes(tiny):
    score = compose(tiny, style="dance", bars=8)
    found = read(write_musicxml(score))
    assert sorted(found[0, "1"]) == sorted((n.start_ticks, n.length_ticks, n.pitch) for n in score.notes)


@pytest.mark.parametrize("key", TONICS)
@pytest.mark.parametrize("mode", MODES)
def test_a_scale_is_spelled_with_each_letter_once_and_no_accidental(tiny, key, mode):
    score = compose(tiny, style="dance", key=key, mode=mode)
    fifths = count_fifths(score)
    scale = [spell(60 + TONICS.index(key) + step, fifths) for step in MODES[mode]]
    assert sorted(step for step, _, _ in scale) == list("ABCDEFG")
    assert all(12 * (octave + 1) + STEPS[step] + alter == 60 + TONICS.index(key) + degree
               for (step, alter, octave), degree in zip(scale, MODES[mode], strict=True))  # fmt: skip
    assert sum(alter for _, alter, _ in scale) == fifths


def test_every_pitch_is_spelled_as_itself():
    for fifths in range(-6, 8):
        for pitch in range(128):
            step, alter, octave = spell(pitch, fifths)
            assert 12 * (octave + 1) + STEPS[step] + alter == pitch
            assert -2 <= alter <= 2


def test_chord_names_stand_in_place_of_the_sounded_chords(tiny):
    score = compose(tiny, style="lead", chords="Dm | G7 C", key="C")
    root = ElementTree.fromstring(write_musicxml(score))
    told = [(h.findtext("root/root-step"), h.findtext("kind")) for h in root.iter("harmony")]
    assert told[:3] == [("D", "minor"), ("G", "dominant"), ("C", "major")]
    assert any(note.voice == ACCOMPANIMENT for note in score.notes)
    assert len(root.findall("part")) == 1


@pytest.mark.parametrize("style", STYLES)
def test_it_is_engraved(tiny, style):
    from studio.engraving import engrave

    score = compose(tiny, style=style)
    engraving = engrave(write_musicxml(score), 900)
    pages = engraving.pages
    assert pages
    begun = [identity for _, ids, _ in engraving.times for identity in ids]
    assert len(set(begun)) == len(begun) > 0
    assert all(f'id="{identity}"' in "".join(pages) for identity in begun)
    onsets = {note.start_ticks for note in score.notes if note.voice != ACCOMPANIMENT}
    assert {round(quarters * 24) for quarters, ids, _ in engraving.times if ids} >= onsets
    assert all(page.startswith("<svg") and "<script" not in page for page in pages)
    assert 'class="note' in "".join(pages)


def test_drums_laid_under_a_piece_have_a_staff_of_their_own(tiny):
    score = compose(tiny, style="song", edits="+0,5,36,3;+24,5,38,3")
    root = ElementTree.fromstring(write_musicxml(score))
    assert [part.findtext("part-name") for part in root.iter("score-part")][-1] == "Drums"
    *_, drums = root.findall("part")
    assert len(drums.findall(".//unpitched")) == 2


def test_voices_with_players_of_their_own_have_staves_of_their_own(tiny):
    def name(**values):
        root = ElementTree.fromstring(write_musicxml(compose(tiny, **values)))
        assert len(root.findall("part")) == len(list(root.iter("score-part")))
        return [part.findtext("part-name") for part in root.iter("score-part")]

    assert name(style="song") == ["Oboe", "Piano"]
    assert name(style="song", bass_instrument="cello") == ["Oboe", "Piano", "Cello"]
    assert name(style="quartet", third_instrument="harp") == ["Violin I", "Violin II", "Harp", "Violoncello"]
    assert name(style="chorale") == ["Choir"]
    assert name(style="chorale", instrument="strings", bass_instrument="cello") == ["Strings"] * 3 + ["Cello"]
    mixed = compose(tiny, style="chorale", second_instrument="flute")
    told = read(write_musicxml(mixed))
    assert sorted(len(line) for line in told.values()) == sorted(
        sum(note.voice == voice for note in mixed.notes) for voice in range(4)
    )


def test_it_is_engraved_for_several_visitors(tiny):
    from concurrent.futures import ThreadPoolExecutor

    from studio.engraving import engrave

    score = write_musicxml(compose(tiny, style="song"))
    for _ in range(2):
        with ThreadPoolExecutor(3) as visitors:  # each time threads that verovio has not seen
            assert all(visitors.map(lambda width: engrave(score, width), (400, 700, 900)))
