"""Banned words act within a verse form, and the form holds all the same."""

import re
from pathlib import Path

import pytest
import torch

from pipelines.errors import AllBanned
from pipelines.text import TextParams, TextPipeline
from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.checker import check

WRITER = Path(__file__).parents[4] / "assets" / "models" / "writer"


@pytest.fixture(scope="module")
def tiny():
    return TextPipeline.tiny()


@pytest.fixture(scope="module")
def writer():
    return TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)


def ask(form, **values):
    return TextParams(**{"verse_form": form, "language": kind_of(form).language, "max_tokens": 1024, **values})


def write(pipeline, form, seed=0, **values):
    params, text = ask(form, **values), ""
    for step in pipeline.generate(lambda: params, seed):
        text = step.text
    return text


def assert_holds(form, poem):
    report = check(form, poem)
    assert report.lines, poem
    assert report.lengths, poem
    assert report.rhymes, poem
    assert report.metre == 1, poem


def test_a_banned_english_word_is_never_written(writer):
    free = write(writer, "couplet", 1)
    words = re.findall(r"[A-Za-z]+", free)
    banned = [words[0].upper(), words[3].lower(), words[-1].title()]
    poem = write(writer, "couplet", 1, banned_words="\n".join(banned))
    assert not re.search(rf"\b({'|'.join(banned)})", poem, re.IGNORECASE), (banned, poem)
    assert_holds("couplet", poem)


def test_a_banned_phrase_of_several_words_may_begin_on_the_page(writer):
    page = "The moon is on"
    follows = {seed: write(writer, "couplet", seed, prompt=page).split()[0] for seed in range(3)}
    for seed, word in follows.items():
        poem = write(writer, "couplet", seed, prompt=page, banned_words=f"IS ON {word}")
        assert poem.split()[0][: len(word)].lower() != word.lower()
        assert_holds("couplet", page + poem)


@pytest.mark.parametrize("form", ["wujue", "rumengling"])
def test_banned_characters_and_phrases_over_a_clauses_end_are_never_written(writer, form):
    free = write(writer, form)
    over = re.search(r"\w[，。]\n?\w", free)[0].replace("\n", " ")
    banned = [over, free[1], free[3]]
    poem = write(writer, form, banned_words="\n".join(banned))
    assert not any(phrase in poem.replace("\n", " ") for phrase in banned), (banned, poem)
    assert_holds(form, poem)


def test_drafts_that_letters_lead_astray_are_left(tiny):
    poem = write(tiny, "haiku", 1, banned_words="the\nthat\nand\nwhen\nb\nc\nst")
    assert not re.search(r"\b(the|that|and|when|b|c|st)", poem, re.IGNORECASE), poem
    assert_holds("haiku", poem)


@pytest.mark.parametrize(
    ("form", "banned"), [("haiku", "abcdefghijklmnopqrstuvwxyz"), ("wujue", "，、；。？！")]
)  # fmt: skip
def test_where_nothing_may_stand_it_says_so(tiny, form, banned):
    with pytest.raises(AllBanned):
        write(tiny, form, banned_words="\n".join(banned))


def test_a_word_banned_while_a_line_is_written_is_not_in_its_rest(writer):
    free, strict = ask("qijue"), ask("qijue", banned_words="\n".join(write(writer, "qijue")[3:7]))
    calls = iter(range(10**6))
    texts = [step.text for step in writer.generate(lambda: free if next(calls) < 3 else strict, 0)]
    written = texts[-1][len(texts[2]) :]
    assert not set(strict.banned_words.split()) & set(written)
    assert_holds("qijue", texts[-1])
