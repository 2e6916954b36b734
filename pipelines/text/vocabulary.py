"""Put the writer's tokenizer together from its tokens; training learns them, `tiny` makes them up."""

from collections.abc import Iterable, Sequence
from typing import Any

from pipelines.text.prompt import CONTROL_TOKENS, END, PAD

# A line end, a Han character, a word with the space before it, a digit, a mark: each is a word of its own.
WORDS = r"\n| ?\p{Han}|[ ]?[\p{Latin}\p{M}]+|'[a-z]{1,2}\b|[ ]?\p{N}|[ ]?[^\s\p{L}\p{N}]|\s"


def assemble(learned: Iterable[str], merges: Sequence[tuple[str, str]]) -> Any:
    """Return a tokenizer of the control tokens, the 256 bytes and the `learned` tokens, in this order.

    A character that isn't among them falls back to its UTF-8 bytes: nothing is unknown.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    names = [*CONTROL_TOKENS, *(f"<0x{byte:02X}>" for byte in range(256)), *learned]
    vocabulary = {name: place for place, name in enumerate(names)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=list(merges), byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=list(CONTROL_TOKENS[2:]),
        clean_up_tokenization_spaces=False,
    )
