"""Every word on the page is there in both languages."""

import json
import re
from string import Formatter

import pytest

from pipelines.errors import PipelineError, ServerDropped
from pipelines.params import Choice
from studio.errors import tell
from studio.words import FOLDER, LANGUAGES, Words

TABLES = {language: json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES}


def blanks(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def children(kind):
    return {kind, *(grandchild for child in kind.__subclasses__() for grandchild in children(child))}


def test_the_languages_have_the_same_keys_and_blanks():
    assert TABLES["en"].keys() == TABLES["zh"].keys()
    assert {k: blanks(v) for k, v in TABLES["en"].items()} == {k: blanks(v) for k, v in TABLES["zh"].items()}


def test_the_chinese_is_chinese():
    named = {key for key in TABLES["zh"] if key.startswith("painting.sampler.")}  # by their names everywhere
    latin = {word for key, word in TABLES["zh"].items() if key not in named and not re.search(r"[\u4e00-\u9fff]", word)}
    assert {word for word in latin if not re.fullmatch(r"[\d/]+|[A-G][♯♭]?|(Top|Min)-[kp]|English", word)} == set()


@pytest.mark.parametrize("error", sorted(children(PipelineError), key=lambda e: e.__name__))
def test_every_error_can_be_told(error):
    if error.sentence is PipelineError.sentence and error is not PipelineError:
        return  # a family, never raised itself
    for table in TABLES.values():
        assert blanks(table[f"error.{error.__name__}"]) <= blanks(error.sentence)


def test_every_knob_and_choice_has_words():
    from pipelines.image.params import ImageParams
    from pipelines.melody.params import MelodyParams
    from pipelines.text.params import TextParams

    for art, kind in {"literature": TextParams, "painting": ImageParams, "music": MelodyParams}.items():
        for knob in kind.knobs().values():
            assert f"{art}.{knob.name}" in TABLES["en"]
            if isinstance(knob.domain, Choice):
                named = "instrument" if knob.name.endswith("_instrument") else knob.name
                assert {f"{art}.{named}.{c}" for c in knob.domain.choices} <= TABLES["en"].keys()


def test_an_error_is_told_with_the_advice_of_the_art_it_comes_from():
    words = Words()
    dropped, writer = ServerDropped(host="x"), ServerDropped(host="x")
    writer.art = "literature"
    assert "press Paint" in tell(dropped, words, "en", "painting")
    assert "press Continue" in tell(writer, words, "en", "painting")
    assert "try again" in tell(dropped, words, "en")
