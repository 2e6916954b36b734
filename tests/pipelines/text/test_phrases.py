from pathlib import Path

import pytest
import torch

from pipelines.text import TextParams, TextPipeline
from pipelines.text.phrases import find_end, split_phrases

WRITER = Path(__file__).parents[3] / "assets" / "models" / "writer"


def test_one_phrase_a_line_without_case_or_blanks():
    assert split_phrases(" The End \n\n月亮\n") == ("the end", "月亮")


@pytest.mark.parametrize(
    ("text", "piece", "end"),
    [
        ("and so THE", " end.", 4),
        ("heart of the ", "ending", 3),
        ("the end", " of it", None),
        ("weekend", " the", None),
        ("看见月", "亮了", 1),
        ("so the", "\nend", 4),
        ("b", "end", None),
        ("", "", None),
    ],
)
def test_a_phrase_ends_where_its_last_piece_completes_it(text, piece, end):
    assert find_end(text, piece, ("the end", "end", "月亮")) == end


@pytest.fixture(scope="module")
def tiny():
    return TextPipeline.tiny()


def write(pipeline, seed, **values):
    params = TextParams(prompt="a moon", max_tokens=200, **values)
    text = ""
    for step in pipeline.generate(lambda: params, seed):
        text = step.text
    return text


def test_a_stop_word_is_the_last_thing_written(tiny):
    texts = [write(tiny, seed, stop_words="月") for seed in range(12)]
    assert all("月" not in text[:-1] for text in texts)
    assert any(text.endswith("月") for text in texts)


def test_a_banned_word_is_never_completed(tiny):
    assert any("月" in write(tiny, seed) for seed in range(12))
    assert not any("月" in write(tiny, seed, banned_words="月\n山") for seed in range(12))


def test_a_banned_phrase_may_begin_in_the_pages_last_word_and_blank():
    pipeline = TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)
    ask = {"prompt": "The moon is on ", "max_tokens": 16, "temperature": 0.0}
    word = next(pipeline.generate(lambda: TextParams(**ask), 0)).text
    assert next(pipeline.generate(lambda: TextParams(**ask, banned_words=f"on {word}"), 0)).text != word


def test_a_banned_word_may_be_added_while_it_writes(tiny):
    free = TextParams(prompt="a moon", max_tokens=300, repetition_penalty=1.0)
    strict = TextParams(prompt="a moon", max_tokens=300, repetition_penalty=1.0, banned_words="月")
    for seed in range(12):
        reads = iter([free] * 5 + [strict] * 300)
        texts = [step.text for step in tiny.generate(lambda reads=reads: next(reads), seed)]
        assert "月" not in texts[-1][len(texts[min(5, len(texts)) - 1]) :]
