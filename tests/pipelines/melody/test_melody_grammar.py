import numpy as np
import pytest

from pipelines.melody.grammar import Grammar, decode
from pipelines.melody.score import BAR_TICKS, MODES, STYLES, Header
from pipelines.melody.vocabulary import BAR, END, IDS, MAX_BARS_LEFT, POSITIONS, WORDS, encode, encode_header


def improvise(header: Header, bars: int, seed: int) -> tuple[Grammar, list[int]]:
    """Let random logits choose among what is allowed."""
    grammar, tokens = Grammar(header, bars), encode_header(header)
    chance = np.random.default_rng(seed)
    while not grammar.done:
        allowed = np.flatnonzero(grammar.allowed())
        assert len(allowed)
        tokens.append(int(chance.choice(allowed)))
        grammar.push(tokens[-1])
        assert len(tokens) < 100_000
    return grammar, tokens


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("metre", BAR_TICKS)
@pytest.mark.parametrize("bars", [1, 5])
def test_random_choices_make_valid_music(style, metre, bars):
    header = Header(style=style, mode="dorian", metre=metre)
    for seed in range(4):
        grammar, tokens = improvise(header, bars, seed)
        whole = bars * BAR_TICKS[metre]
        assert sum(BAR <= t <= BAR + MAX_BARS_LEFT for t in tokens) == bars
        assert tokens[-1] == END
        assert all(0 <= t.start_ticks < whole for t in grammar.tones)
        assert all(t.start_ticks + t.length_ticks <= whole for t in grammar.tones)
        times = [t.start_ticks for t in grammar.tones]
        assert times == sorted(times)
        for voice in STYLES[style].voices:
            line = [t for t in grammar.tones if t.voice == voice]
            if voice not in STYLES[style].chordal:
                ends = [t.start_ticks + t.length_ticks for t in line]
                assert all(end <= after.start_ticks for end, after in zip(ends, line[1:], strict=False))
        assert {t.voice for t in grammar.tones} <= set(STYLES[style].voices)
        assert bool(grammar.harmonies) <= STYLES[style].harmonies


@pytest.mark.parametrize("style", STYLES)
def test_what_the_grammar_lets_through_reads_back_word_for_word(style):
    for seed in range(5):
        header = Header(style=style, mode="minor", metre="6/8", tempo="fast", opens=False)
        grammar, tokens = improvise(header, 40, seed)
        assert decode(tokens) == grammar.sketch()
        assert encode(decode(tokens)) == tokens


def test_no_bar_is_empty_unless_a_tone_is_held_through_it():
    for seed in range(20):
        grammar, _ = improvise(Header(style="dance", mode="major", metre="3/8"), 12, seed)
        for bar in range(12):
            start, end = bar * 36, (bar + 1) * 36
            assert any(t.start_ticks < end and t.start_ticks + t.length_ticks > start for t in grammar.tones)


def test_a_word_out_of_place_is_refused():
    header = encode_header(Header(style="dance", mode="major", metre="4/4"))
    with pytest.raises(ValueError, match="may not stand here"):
        decode([*header, IDS["bar:0"], IDS["for:24"], END])
    with pytest.raises(ValueError, match="does not end"):
        decode([*header, IDS["bar:0"], IDS["at:0"], IDS["v0:60"], IDS["for:24"]])


def test_words_are_one_of_a_kind_and_every_control_has_one():
    assert len(set(WORDS)) == len(WORDS) < 500
    assert all(f"style:{s}" in IDS for s in STYLES)
    assert all(f"mode:{m}" in IDS for m in MODES)
    assert all(f"metre:{m}" in IDS for m in BAR_TICKS)
    assert len(POSITIONS) == 72
