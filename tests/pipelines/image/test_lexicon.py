"""An unknown word degrades softly: the painter reads the nearest it knows, or nothing, and says so."""

import json

import pytest
import torch

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.denoiser import PainterDenoiser
from pipelines.image.lexicon import Lexicon
from pipelines.image.wording import join_parts, read_parts
from training.scenes.words import TABLES
from training.vocabulary import build_tokenizer, caption_words, export_words, list_synonyms


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    export_words(folder)
    return Lexicon.read(folder, build_tokenizer().get_vocab())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cat by the sea at night", []),
        ("a stallion by the seaside", [("stallion", "horse"), ("seaside", "sea")]),
        ("cathedrals, zorp", [("cathedrals", "church"), ("zorp", "")]),
        ("a boatt", [("boatt", "boat")]),
        ("a boar near a lighthose", [("boar", ""), ("lighthose", "lighthouse")]),
        ("a café, fire, Ωμέγα", [("café", ""), ("fire", ""), ("ωμέγα", "")]),
        ("月光下的猫咪", [("猫咪", "猫")]),
        ("海鸥与灯塔，霓虹", [("海鸥", "鸟"), ("霓", "")]),
        ("3 + 4 = 7 ,,, -", []),
        ("", []),
    ],
)
def test_an_unknown_word_is_the_nearest_known_one_or_nothing(lexicon, text, expected):
    found = list(lexicon.find_unknown(text.lower()))
    assert [(one.word, one.taken) for one in found] == expected
    assert all(text.lower()[one.start : one.end] == one.word for one in found)


def test_a_number_that_a_painter_lacks_is_no_slip_of_the_pen():
    lexicon = Lexicon(["a", "tree", "boats"], ["a tree"], {"yacht": "boats"})
    assert [(one.word, one.taken) for one in lexicon.find_unknown("three boats, a treee")] == [
        ("three", ""), ("treee", "tree"),
    ]  # fmt: skip


def test_every_wording_of_the_captions_is_known_as_it_is(lexicon):
    tables = (*lexicon.chinese, " ".join(lexicon.things))
    assert [list(lexicon.find_unknown(text)) for text in tables] == [[]] * len(tables)


def test_what_a_word_is_taken_for_is_known(lexicon):
    assert len(lexicon.synonyms) > 400
    for taken in lexicon.synonyms.values():
        assert list(lexicon.find_unknown(taken)) == []
    assert not set(caption_words()).intersection(list_synonyms(caption_words(), TABLES))


def test_what_stands_for_a_weighted_word_has_its_weight(lexicon):
    folded = lexicon.fold(join_parts(read_parts("a (cathedral:1.3) of zorp")))
    assert folded.text.startswith("a church")
    assert set(folded.weights[2:8]) == {1.3}
    assert folded.weights[0] == folded.weights[-1] == 1.0


def test_the_painter_reads_the_known_word_and_paints_the_same_picture():
    plain = ImagePipeline.tiny()
    assert plain.find_unknown("a zorp kitty") == []
    tokens = plain.pipe.tokenizer.get_vocab()
    told = ImagePipeline.tiny()
    told.denoiser = PainterDenoiser(told.pipe, Lexicon(tokens, ["the boat", "船"], {"yacht": "boat"}))
    assert [(one.word, one.taken) for one in told.find_unknown("a zorp (Yacht:1.2)")] == [
        ("zorp", ""),
        ("yacht", "boat"),
    ]

    def paint(pipeline, prompt):
        params = ImageParams(prompt=prompt, size="64", num_inference_steps=2)
        return list(pipeline.generate(lambda: params, 3))[-1].finish()[0].tobytes()

    assert paint(told, "a zorp yacht") == paint(told, "a boat") == paint(plain, "a boat")
    assert paint(plain, "a zorp yacht") != paint(plain, "a boat")


def test_a_folder_without_synonyms_reads_as_it_always_did(tmp_path):
    (tmp_path / "words.json").write_text(json.dumps({"subject": {"cat": {"en": ["a cat"], "zh": ["猫"]}}}))
    assert Lexicon.read(tmp_path, ["cat"]) is None


def test_a_saved_painter_brings_its_synonyms(tmp_path):
    pipeline = ImagePipeline.tiny()
    pipeline.pipe.save_pretrained(tmp_path)
    (tmp_path / "synonyms.json").write_text(json.dumps({"yacht": "boat"}))
    loaded = ImagePipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    assert [one.taken for one in loaded.find_unknown("a yacht")] == ["boat"]
