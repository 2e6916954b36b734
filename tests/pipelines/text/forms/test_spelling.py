import pytest
from byte_models import byte_tokenizer
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from pipelines.text import TextPipeline
from pipelines.text.forms.spelling import Speller, split_half


def piece_tokenizer():
    """Make a SentencePiece-like vocabulary: ▁ for a blank, bytes for what it lacks, no blank at a text's start."""
    names = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *"▁themonad", "▁t", "▁th", "▁the", "on", "oon"]
    vocabulary = {name: place for place, name in enumerate(dict.fromkeys(names))}
    merges = [("▁", "t"), ("▁t", "h"), ("▁th", "e"), ("o", "n"), ("o", "on")]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=False)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer)


TOKENIZERS = {"writer": lambda: TextPipeline.tiny().tokenizer, "bytes": byte_tokenizer, "pieces": piece_tokenizer}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_tokens_spell_their_text_byte_by_byte(name):
    tokenizer = TOKENIZERS[name]()
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
