"""MusicXML is heard as what it says; what is damaged, hostile or huge ends in a sentence, soon."""

import io
import random
import time
import zipfile

import pytest

from pipelines.errors import MusicXmlTooLarge, NoNotes, PipelineError, UnreadableMusicXml
from pipelines.melody.hearing import hear
from pipelines.melody.midi import write_midi
from pipelines.melody.musicxml import write_musicxml
from pipelines.melody.opening import write_opening
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import BASS, MELODY, SECOND, THIRD
from pipelines.melody.transcript import MAX_BYTES, hear_musicxml
from pipelines.params import build

NOTE = "<note>{extra}<pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{length}</duration></note>"


def note(step, octave=4, length=1, extra=""):
    return NOTE.format(step=step, octave=octave, length=length, extra=extra)


def score(*measures, attributes="<divisions>1</divisions><time><beats>3</beats><beat-type>4</beat-type></time>"):
    first = f"<attributes>{attributes}</attributes>"
    body = "".join(f"<measure>{first if not place else ''}{m}</measure>" for place, m in enumerate(measures))
    return f"<score-partwise><part-list/><part id='P1'>{body}</part></score-partwise>".encode()


def compose(seed=2, **values):
    params = build(MelodyParams, {"bars": 6, "density": 1.0, "key": "Bb"} | values)
    *_, last = MelodyPipeline.tiny().generate(lambda: params, seed)
    return last.score


def pack(data, name="score.musicxml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("metre", ["3/4", "6/8"])
def test_our_own_scores_are_heard_as_our_own_midi_is(metre):
    made = compose(style="dance", time_signature=metre, mode="dorian", tempo=120)
    heard, midi = hear_musicxml(write_musicxml(made)), hear(write_midi(made))
    assert heard.voices[MELODY] == midi.voices[MELODY]
    assert (heard.metre, heard.key, heard.mode, heard.tempo) == (metre, "Bb", "dorian", midi.tempo)
    assert hear_musicxml(pack(write_musicxml(made))) == heard
    assert write_opening(heard)


def test_a_quartet_keeps_its_four_lines():
    made = compose(style="quartet")
    heard = hear_musicxml(write_musicxml(made))
    assert heard.style == "quartet"
    by_height = sorted(heard.voices.values(), key=lambda line: -sum(p for _, _, p in line) / len(line))
    lines = [[(n.start_ticks, n.length_ticks, n.pitch) for n in made.notes if n.voice == v]
             for v in (MELODY, SECOND, THIRD, BASS)]  # fmt: skip
    assert sorted(map(sorted, by_height)) == sorted(map(sorted, lines))


def test_chords_ties_graces_transposition_and_an_upbeat():
    heard = hear_musicxml(
        score(
            note("C"),  # an upbeat
            note("D", length=2) + note("E", extra="<grace/>", length=0) + note("F") + note("A", extra="<chord/>"),
            "<note><pitch><step>G</step><alter>1</alter><octave>4</octave></pitch><duration>1</duration>"
            "<tie type='stop'/></note>" + note("B", length=2),
            attributes="<divisions>1</divisions><key><fifths>-3</fifths><mode>minor</mode></key>"
            "<time><beats>3</beats><beat-type>4</beat-type></time><transpose><chromatic>-2</chromatic></transpose>",
        )
    )
    sounds = sorted(sound for voice in heard.voices.values() for sound in voice)
    assert [(onset, pitch) for onset, _, pitch in sounds] == [(0, 60), (48, 63), (48, 67), (72, 66), (96, 69)]
    assert (heard.key, heard.mode, heard.metre) == ("C", "minor", "3/4")


@pytest.mark.parametrize("data", [b"", b"<", b"PK\x03\x04", b"<score-timewise/>", b"<html></html>", b"\xff\xfe<\x00",
                                  score("<note><pitch><step>H</step><octave>4</octave></pitch><duration>1</duration></note>"),
                                  score(note("C", 99)), score("<backup><duration>x</duration></backup>"),
                                  score(note("C"), attributes="<divisions>0</divisions>"),
                                  score("<note><pitch><step>C</step><octave>4</octave></pitch><duration>nan</duration></note>"),
                                  pack(b"x", "notes.txt")])  # fmt: skip
def test_what_is_no_score_is_told(data):
    with pytest.raises(UnreadableMusicXml):
        hear_musicxml(data)


def test_a_score_of_rests_has_no_notes():
    with pytest.raises(NoNotes):
        hear_musicxml(score("<note><rest/><duration>3</duration></note>"))


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><score-partwise>&l9;</score-partwise>'.encode(), UnreadableMusicXml),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hosts">]><a>&e;</a>', UnreadableMusicXml),
        (b"<a>" * 300_000, UnreadableMusicXml),
        (b"<score-partwise>" + b"<part>" * 200_000 + b"</part>" * 200_000 + b"</score-partwise>", NoNotes),
        (score(note("C") * 40_000), None),
        (score(*[note("C", length=3)] * 30_000), None),
        (b" " * (MAX_BYTES + 1), MusicXmlTooLarge),
        (pack(b"<score-partwise>" + b" " * 300_000_000), MusicXmlTooLarge),
        (b"PK\x03\x04" + bytes(2_000_000), MusicXmlTooLarge),
    ],
)  # fmt: skip
def test_what_is_hostile_or_huge_ends_soon(data, error):
    begun = time.monotonic()
    if error:
        with pytest.raises(error):
            hear_musicxml(data)
    else:
        hear_musicxml(data)
    assert time.monotonic() - begun < 10  # a quarter of a second on an idle machine


def test_damaged_files_end_in_a_sentence():
    dice = random.Random(4)
    whole = write_musicxml(compose(style="song", bars=4))
    packed = pack(whole)
    for turn in range(1500):
        data = bytearray(packed if turn % 3 == 0 else whole)
        for _ in range(dice.randint(1, 12)):
            place = dice.randrange(len(data))
            match dice.randrange(4):
                case 0:
                    data[place] = dice.randrange(256)
                case 1:
                    del data[place : place + dice.randint(1, 60)]
                case 2:
                    data[place:place] = data[place : place + dice.randint(1, 60)]
                case 3:
                    data[place : place + 1] = dice.choice([b"-9", b"1e99", b"</note>", b"<chord/>", b"&amp;"])
        try:
            heard = hear_musicxml(bytes(data))
        except PipelineError:
            continue
        write_opening(heard)
