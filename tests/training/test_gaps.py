import numpy as np
import pytest

from training import text
from training.gaps import Gaps
from training.rhymes import name_scheme

POEM = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
PROSE = "The sea rose in the night. The moon was over it;\nnobody spoke, and the ship went on.\nThen came the day."


@pytest.fixture(scope="module")
def tokenizer():
    return text.learn_vocabulary(iter([POEM * 3, PROSE * 9]), 420, 60)


@pytest.mark.parametrize("work", [POEM, PROSE])
def test_a_gap_ends_between_words_and_what_follows_joins_on(tokenizer, work):
    cutter, chance = Gaps(tokenizer), np.random.default_rng(0)
    tokens = tokenizer(work)["input_ids"]
    found = set()
    for _ in range(60):
        kept, after = cutter.open(tokens, chance)
        first, second = tokenizer.decode(kept), tokenizer.decode(after)
        assert work.startswith(first + second)
        assert first
        if second and second[0].isascii() and second[0].isalpha():
            assert not first[-1].isalpha()
        found.add(len(kept))
    assert len(found) > 5


def test_a_passage_of_a_word_or_two_has_no_gap(tokenizer):
    tokens = tokenizer("月光。")["input_ids"]
    assert Gaps(tokenizer).open(tokens, np.random.default_rng(0)) == (tokens, [])


def test_a_gap_tells_in_the_header_what_follows_it_and_then_ends(tokenizer):
    work = text.Document(language="zh", form="verse", text=POEM)
    laid = [
        tokenizer.decode(tokens) for seed in range(8) for _, tokens in text.lay_out([work], tokenizer, 200, seed, 1)
    ]
    for document in laid:
        after, _, body = document.removeprefix("<|zh|><|verse|><|after|>").partition("<|text|>")
        assert body.endswith("<|end|>")
        assert POEM.startswith(body.removesuffix("<|end|>") + after)


@pytest.mark.parametrize(
    ("scheme", "ends"),
    [
        ("couplets", "night light day way"),
        ("alternate", "night day light way"),
        ("ballad", "night day tree way"),
        ("", "night day tree silver"),
        ("alternate", "night day light way  hill sea still thee"),
    ],
)
def test_a_poems_rhymes_are_named(scheme, ends):
    stanzas = ["\n".join(f"And so the {word}," for word in stanza.split()) for stanza in ends.split("  ")]
    assert name_scheme("\n\n".join(stanzas)) == scheme
