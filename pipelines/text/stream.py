"""Turn tokens into text as they come: whole characters only, never half of a UTF-8 sequence."""

from collections.abc import Callable, Sequence

HALF = "\N{REPLACEMENT CHARACTER}"
TAIL = 8


class Stream:
    """Decodes a growing list of tokens, piece by piece.

    Some decoders drop a leading space, so each piece is decoded together with the one before it and the difference is
    what is new. A piece that ends in half a character waits for the tokens that complete it; bytes that never make
    a character are left out.
    """

    def __init__(self, decode: Callable[[list[int]], str], prompt: Sequence[int]) -> None:
        self._decode = decode
        self._tokens = list(prompt[-TAIL:])
        starts = range(len(self._tokens) + 1)
        self._start = next(
            s for s in starts if not decode(self._tokens[s:]).startswith(HALF)
        )  # no half character first
        self._told = len(self._tokens)

    def peek(self, token: int) -> str:
        """Return what `add` would, and leave everything as it is."""
        start, told, count = self._start, self._told, len(self._tokens)
        piece = self.add(token)
        self._start, self._told = start, told
        del self._tokens[count:]
        return piece

    def add(self, token: int) -> str:
        """Return the whole characters that this token completes, often one word, sometimes nothing."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._start : self._told])
        after = self._decode(self._tokens[self._start :])
        if len(after) <= len(before) or after.endswith(HALF):
            return ""
        self._start, self._told = self._told, len(self._tokens)
        return after[len(before) :].replace(HALF, "")
