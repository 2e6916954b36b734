import pytest
from byte_models import byte_tokenizer

from pipelines.text import TextPipeline
from pipelines.text.forms.spelling import Speller, split_half


@pytest.mark.parametrize("name", ["writer", "hub"])
def test_tokens_spell_their_text_byte_by_byte(name):
    tokenizer = TextPipeline.tiny().tokenizer if name == "writer" else byte_tokenizer()
    speller = Speller(tokenizer)
    for text in ("the moon, and", "山月 鱄—㛀", "O Night!\nAnd"):
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert b"".join(speller.spell(token) for token in tokens).decode() == text


def test_control_tokens_spell_nothing():
    tokenizer = TextPipeline.tiny().tokenizer
    speller = Speller(tokenizer)
    assert all(speller.spell(token) == b"" for token in tokenizer.all_special_ids)


def test_half_a_character_is_kept_apart():
    moon = "月".encode()
    assert split_half(b"a" + moon[:2]) == ("a", moon[:2])
    assert split_half(moon) == ("月", b"")
    assert split_half(b"\xff") == ("", b"\xff")
    assert split_half(moon[1:] + b"abcdef") is None
