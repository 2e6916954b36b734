"""A look at a word is answered where the model can, and otherwise says nothing, unless it was asked aloud."""

import json

import pytest

from pipelines.errors import NotOnServer, NotText, OutOfMemory, TooLong
from pipelines.text import TextParams, TextPipeline
from studio.advice import Look, answer_look, read_look


class Refusing:
    """A model that can't be looked into."""

    def __init__(self, error):
        self.error = error

    @property
    def tokenizer(self):
        raise self.error


def test_a_look_tells_what_nearly_stood_there():
    page = "the moon,"
    told = json.loads(answer_look(TextPipeline.tiny(), TextParams(prompt=page), Look(page, 40, aloud=False)))
    assert (told["kind"], told["from"], told["page"]) == ("weighed", 40, page)
    pieces = [piece for piece, _, _ in told["tokens"]]
    assert page.endswith("".join(pieces))
    assert all(0 <= chance <= 1 and len(others) == 8 for _, chance, others in told["tokens"])


@pytest.mark.parametrize(("error", "never"), [(NotOnServer(host="h"), True), (OutOfMemory(), False)])
def test_what_can_not_be_told_is_told_only_where_it_was_asked_aloud(error, never):
    told = json.loads(answer_look(Refusing(error), TextParams(prompt="a"), Look("a", 0, aloud=False)))
    assert (told["kind"], told["never"]) == ("untold", never)
    with pytest.raises(type(error)):
        answer_look(Refusing(error), TextParams(prompt="a"), Look("a", 0, aloud=True))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (None, NotText),
        ([], NotText),
        ({"page": 1}, NotText),
        ({"page": "\ud800"}, NotText),
        ({"page": "a" * 20_001}, TooLong),
    ],
)
def test_a_look_is_checked(body, error):
    with pytest.raises(error):
        read_look(body)


def test_only_true_is_aloud():
    assert not read_look({"page": "a", "from": 3, "aloud": "yes"}).aloud
    assert read_look({"page": "a", "from": 3, "aloud": True}) == Look("a", 3, aloud=True)
