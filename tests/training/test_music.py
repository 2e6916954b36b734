import pytest

from pipelines.melody.grammar import decode
from pipelines.melody.keys import find_key
from pipelines.melody.score import MELODY
from training.music import Piece, cut, read_chord
from training.tunes import Unreadable, read_collection, read_key, read_tune

JIG = """X:1
T:A jig
M:6/8
L:1/8
K:D
A|:dfa agf|[1 g2e ecA:|[2 e3 d2||
"""


def test_a_tune_is_read_with_its_last_ending_and_without_its_upbeat():
    tune = read_tune(JIG)
    assert (tune.tonic, tune.mode, tune.metre, tune.bars) == (2, "major", "6/8", 2)
    assert tune.notes[:3] == [(0, 12, 74), (12, 12, 78), (24, 12, 81)]
    assert tune.notes[-2:] == [(72, 36, 76), (108, 24, 74)]


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        ("A>B c<d", [(0, 18, 69), (18, 6, 71), (24, 6, 72), (30, 18, 74)]),
        ("(3ABc d2", [(0, 8, 69), (8, 8, 71), (16, 8, 72), (24, 24, 74)]),
        ("A2-A2", [(0, 48, 69)]),
        ("^F2F2", [(0, 24, 66), (24, 24, 66)]),
        ("{g}A/2B3/2 z2", [(0, 6, 69), (6, 18, 71)]),
        ("[Ace]2 C,2", [(0, 24, 76), (24, 24, 48)]),
    ],
)
def test_notation(body, notes):
    assert read_tune(f"X:1\nM:2/4\nL:1/8\nK:C\n{body}|\n").notes == notes


def test_an_accidental_holds_for_its_bar_only():
    tune = read_tune("X:1\nM:2/4\nL:1/4\nK:F\n=BB|BA|\n")
    assert [n[2] for n in tune.notes] == [71, 71, 70, 69]


@pytest.mark.parametrize(
    ("value", "key"),
    [("D", (2, "major", 2)), ("A Dorian", (9, "dorian", 1)), ("Em", (4, "minor", 1)), ("Amix", (9, "mixolydian", 2))],
)
def test_keys_are_read(value, key):
    assert read_key(value) == key


def test_what_is_outside_the_subset_is_passed_over():
    with pytest.raises(Unreadable):
        read_tune("X:1\nM:2/4\nK:HP\nAB|\n")
    assert len(list(read_collection(JIG + "\nX:2\nM:2/4\nL:1/8\nK:C\nAAAAAAA|\n"))) == 1


def test_krumhansl_finds_plain_keys():
    assert find_key([(0, 24, p) for p in (60, 62, 64, 65, 67, 69, 71, 72, 60)]) == (0, "major")
    assert find_key([(0, 24, p) for p in (69, 71, 72, 74, 76, 77, 80, 81, 69, 76)]) == (9, "minor")


@pytest.mark.parametrize(
    ("name", "chord"),
    [("C", (0, "maj")), ("Bb7", (10, "7")), ("F#m7b5", (6, "dim")), ("Am", (9, "min")), ("Ebmaj7", (3, "maj7"))]
    + [("Gm7", (7, "m7")), ("Cdim7", (0, "dim")), ("Daug7", (2, "aug")), ("C/E", (0, "maj")), ("Cm6", (0, "min"))],
)
def test_chord_symbols(name, chord):
    assert read_chord(name) == chord


def test_a_piece_is_cut_at_bar_lines_and_written_from_its_tonic():
    notes = [(bar * 96 + beat * 24, 24, 62 + step) for bar in range(12) for beat, step in enumerate((0, 4, 7, 4))]
    piece = Piece(name="x", style="dance", voices={MELODY: notes}, runs=[(0, 12, "4/4")], end_run=0, key=(2, "major"))
    cuts = [decode(tokens) for tokens in cut(piece, 200, [8])]
    assert [sketch.bars for sketch in cuts] == [8, 4]
    assert [(s.header.opens, s.header.closes) for s in cuts] == [(True, False), (False, True)]
    assert [t.pitch for t in cuts[0].tones[:4]] == [60, 64, 67, 64]
    assert cuts[1].tones[0].start_ticks == 0
