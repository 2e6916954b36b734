"""What each token of any tokenizer adds to a text, in bytes: half characters too."""

import re
from typing import Any

BYTE = re.compile(r"<0x([0-9A-F]{2})>")
HALF = "\N{REPLACEMENT CHARACTER}"
ANCHOR = "a"


def _byte_alphabet() -> dict[str, int]:
    """Return the letters by which byte-level vocabularies write bytes (GPT-2): printable ones as themselves."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + place): byte for place, byte in enumerate(others)}


class Speller:
    """Spells tokens, each once.

    A token is decoded behind a letter, because some tokenizers drop a blank at the start of a text.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._spelled: dict[int, bytes] = {}
        self._split: dict[int, tuple[str, bytes] | None] = {}
        self.firsts: dict[int, str] = {}  # the first character of each token that was split and has a whole one
        self._alphabet = _byte_alphabet()
        self._anchor: list[int] = tokenizer(ANCHOR, add_special_tokens=False)["input_ids"][-1:]
        self._before = len(self._decode(self._anchor))

    def _decode(self, tokens: list[int]) -> str:
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def spell(self, token: int) -> bytes:
        """Return the token's bytes; none for a control token."""
        if token not in self._spelled:
            self._spelled[token] = self._spell(token)
        return self._spelled[token]

    def split(self, before: bytes, token: int) -> tuple[str, bytes] | None:
        """Return the whole characters of half a character `before` and the token, and the half one at the end.

        None for a control token and for what isn't UTF-8.
        """
        if before:
            piece = self.spell(token)
            return split_half(before + piece) if piece else None
        try:
            return self._split[token]
        except KeyError:
            piece = self.spell(token)
            found = self._split[token] = split_half(piece) if piece else None
            if found and found[0]:
                self.firsts[token] = found[0][0]
            return found

    def _spell(self, token: int) -> bytes:
        text = self._decode([*self._anchor, token])[self._before :]
        if HALF not in text:
            return text.encode()
        name: str = self._tokenizer.convert_ids_to_tokens(token)
        if found := BYTE.fullmatch(name):
            return bytes([int(found[1], 16)])
        return bytes(self._alphabet[letter] for letter in name) if set(name) <= self._alphabet.keys() else b""


def split_half(data: bytes) -> tuple[str, bytes] | None:
    """Return the whole characters of `data` and the half one at its end, or None where it isn't UTF-8."""
    for cut in range(4):
        try:
            text = data[: len(data) - cut].decode()
        except UnicodeDecodeError:
            continue
        return text, data[len(data) - cut :]
    return None
