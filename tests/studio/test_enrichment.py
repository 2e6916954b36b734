"""A prompt is made richer by the writer's choice among what the painter knows, or by what the writer adds."""

import json
from pathlib import Path

import pytest
import torch

from pipelines.image.lexicon import Lexicon
from pipelines.text import TextPipeline
from studio.enrichment import OFFERS, compose, enrich, write_on

MODELS = Path(__file__).parents[2] / "assets" / "models"
TABLES = json.loads((MODELS / "painter" / "words.json").read_text())


@pytest.fixture(scope="module")
def writer():
    return TextPipeline.load(MODELS / "writer", torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("prompt", ["a boat on the sea", "a house in the mountains", "月光下山间的小屋", "湖上的石桥"])
def test_what_is_offered_holds_the_prompt_and_only_words_the_painter_knows(writer, prompt):
    vocabulary = json.loads((MODELS / "painter" / "tokenizer" / "tokenizer.json").read_text())["model"]["vocab"]
    lexicon = Lexicon.read(MODELS / "painter", vocabulary)
    offered = enrich(writer, prompt, TABLES, 1)
    assert 1 <= len(offered) <= OFFERS
    assert len(set(offered)) == len(offered)
    for text in offered:
        assert prompt in text
        assert len(text) > len(prompt)
        assert not list(lexicon.find_unknown(text.lower()))


def test_the_writer_chooses(writer):
    texts = list(compose("a boat on the sea", TABLES, "en", 3))
    offered = enrich(writer, "a boat on the sea", TABLES, 3)
    assert set(offered) < set(texts)
    assert texts[:OFFERS] != offered


def test_what_is_said_is_not_said_again_and_no_rainbow_stands_at_night():
    night = [entry for entry in TABLES["time"]["night"]["en"]]
    for text in compose("a castle at night", TABLES, "en", 1):
        assert sum(word in text for word in night) == 1
        assert "rainbow" not in text
        assert "cloud" not in text
    assert any("moon" in text for text in compose("a castle at night", TABLES, "en", 1))


def test_for_a_painter_that_tells_nothing_the_writer_writes_on(writer):
    offered = enrich(writer, "a boat on the sea", {}, 2)
    assert 1 <= len(offered) <= OFFERS
    assert all(text.startswith("a boat on the sea, with ") and "\n" not in text for text in offered)
    assert write_on(writer, "湖上的石桥", "zh", 1) == write_on(writer, "湖上的石桥", "zh", 1)
