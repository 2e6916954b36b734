import re
from pathlib import Path

import pytest
import torch

from pipelines.params import build, narrow
from pipelines.text import TextParams, TextPipeline
from pipelines.weights import read_card

WRITER = Path(__file__).parents[3] / "assets" / "models" / "writer"


@pytest.fixture(scope="module")
def writer():
    return TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)


def write(writer, seed, **values):
    params = build(TextParams, {"max_tokens": 90, **values}, narrow(TextParams.knobs(), read_card(WRITER)))
    text = ""
    for step in writer.generate(lambda: params, seed):
        text = step.text
    return text


def test_chinese_verse_has_lines_of_five_or_seven(writer):
    kept = 0
    for seed in range(8):
        clauses = [c for c in re.split(r"[，。！？；、\n]+", write(writer, seed, language="zh", title="春夜")) if c][:4]
        kept += {len(c) for c in clauses} in ({5}, {7})
    assert kept >= 6


def test_english_verse_has_lines_and_no_chinese(writer):
    text = write(writer, 1, language="en", prompt="The moon is on the silent sea,\n")
    assert text.count("\n") >= 4
    assert not re.search(r"[\u4e00-\u9fff]", text)


def test_it_runs_through_the_fused_pass_and_is_small(writer):
    assert writer.llama is not None
    assert sum(file.stat().st_size for file in WRITER.iterdir()) < 24_000_000
