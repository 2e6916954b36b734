import math

import numpy as np
import pytest
import torch

from pipelines.melody.score import BASS, MELODY, SECOND, THIRD, Header, Sketch, Tone
from training.composer import count_notes
from training.listening import clash, compare, describe, follow, harmonise, is_exact, list_runs
from training.markov import measure_markov


def test_a_markov_chain_knows_what_it_saw_and_spreads_the_rest():
    pattern = np.tile(np.array([3, 5, 7], np.uint16), 40)
    noise = np.array([1, 9, 2, 8, 4, 6], np.uint16)
    assert measure_markov([pattern], [pattern], 10) / (len(pattern) - 1) < 0.2
    assert measure_markov([pattern], [noise], 10) / (len(noise) - 1) > math.log(10) - 0.1


def test_listening_tells_a_plain_tune():
    header = Header(style="dance", mode="major", metre="2/4")
    tones = [Tone(bar * 48, MELODY, 60 + pitch, 48) for bar, pitch in enumerate((0, 4, 0, 6, 0))]
    numbers = describe([Sketch(header, 5, tuple(tones))])
    assert numbers["in key"] == pytest.approx(0.8)
    assert numbers["again"] == pytest.approx(0.4)
    assert (numbers["tones a bar"], numbers["sounding"], numbers["close"], numbers["tonic"]) == (1, 1, 1, 1)


def test_notes_are_counted():
    from pipelines.melody.vocabulary import encode

    sketch = Sketch(Header(style="dance", mode="major", metre="2/4"), 1, (Tone(0, MELODY, 60, 24), Tone(24, 0, 62, 24)))
    assert count_notes([np.array(encode(sketch), np.uint16)]) == 2


def test_what_is_compared_tells_like_from_unlike():
    header = Header(style="dance", mode="major", metre="4/4")
    rising = Sketch(header, 4, tuple(Tone(i * 24, MELODY, 60 + i, 24) for i in range(16)))
    falling = Sketch(header, 4, tuple(Tone(i * 24, MELODY, 75 - i, 24) for i in range(16)))
    known = set(list_runs(rising))
    assert len(known) == 5
    same = compare([rising], [rising], known)
    assert (same["classes"], same["intervals"], same["copied"]) == (pytest.approx(1), 1, 1)
    other = compare([falling], [rising], known)
    assert (other["intervals"], other["copied"]) == (0, 0)
    assert other["classes"] == pytest.approx(1)


def test_a_piece_that_spills_or_sings_two_at_once_is_not_exact():
    header = Header(style="dance", mode="major", metre="4/4")
    assert is_exact(Sketch(header, 1, (Tone(0, MELODY, 60, 48), Tone(48, MELODY, 62, 48))))
    assert not is_exact(Sketch(header, 1, (Tone(48, MELODY, 60, 72),)))
    assert not is_exact(Sketch(header, 1, (Tone(0, MELODY, 60, 48), Tone(24, MELODY, 62, 24))))


def test_the_sliders_move_what_they_are_for():
    from pipelines.melody.pipeline import MelodyPipeline

    tiny = MelodyPipeline.tiny()
    assert follow(tiny, "song", "register", 2) > 0.8
    assert follow(tiny, "song", "density", 2) > 0.8


def test_voices_that_clash_with_a_melody_are_counted_and_composed_anew():
    from pipelines.melody.pipeline import MelodyPipeline

    header = Header(style="chorale", mode="major", metre="4/4")
    melody = [Tone(beat * 24, MELODY, 67 + beat % 3, 24) for beat in range(16)]
    sweet = Sketch(header, 4, (*melody, *(Tone(tone.start_ticks, BASS, tone.pitch - 16, 24) for tone in melody)))
    harsh = Sketch(header, 4, (*melody, *(Tone(tone.start_ticks, BASS, tone.pitch - 13, 24) for tone in melody)))
    assert (clash([sweet]), clash([harsh]), clash([sweet, harsh]), clash([])) == (0, 1, 0.5, 0)
    anew = harmonise(MelodyPipeline.tiny(), harsh, 1)
    assert [tone for tone in anew.tones if tone.voice == MELODY] == melody
    assert {tone.voice for tone in anew.tones} == {MELODY, SECOND, THIRD, BASS}


def test_a_piece_that_could_be_heard_in_another_key_is_led_home():
    from pipelines.melody.grammar import Grammar
    from pipelines.melody.tonality import Tonality
    from pipelines.melody.vocabulary import AT, POSITIONS, RANGES, VOICES, WORDS

    first = VOICES[MELODY] - RANGES[MELODY][0]
    leans = {}
    for name, pitches in {"home": (60, 64, 67, 60), "a fifth away": (67, 71, 74, 67)}.items():
        grammar = Grammar(Header(style="dance", mode="major", metre="4/4"), 16)
        grammar.tones = [Tone(i * 24, MELODY, pitch, 24) for i, pitch in enumerate(pitches * 3)]
        grammar.bar, grammar.position = 3, 0
        leans[name] = Tonality().lean(torch.zeros(len(WORDS)), grammar)
    assert not leans["home"].any()
    grammar = Grammar(Header(style="lead", mode="major", metre="4/4"), 16)
    grammar.tones = [Tone(i * 24, MELODY, pitch, 24) for i, pitch in enumerate((60, 64, 67, 60) * 3)]
    grammar.bar, grammar.position = 3, 0
    coloured = Tonality().lean(torch.zeros(len(WORDS)), grammar)[first + 60 : first + 72]
    assert [index for index, nats in enumerate(coloured) if nats > 0] == [1, 3, 6, 8, 10]
    assert coloured.min() == 0
    away = leans["a fifth away"]
    assert away[first + 60] > 0.1 > -0.1 > away[first + 66]
    assert away[first + 72] == away[first + 60]
    assert not away[AT : AT + len(POSITIONS)].any()
