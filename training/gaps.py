"""Open gaps in passages, so that a writer that only goes forward learns to fill one.

What follows the gap is told in the header, before the text; the text then runs up to the gap's end. Where the gap began
needn't be told: the artist's page decides that. After M. Bavarian et al., "Efficient Training of Language Models to
Fill in the Middle" (2022), who found that half of the data may be turned so at no cost to the rest.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("words", "lines", "sentences")  # what a gap ends with, and how often
SHARES = (0.35, 0.4, 0.25)
SHORTEST_AFTER, LONGEST_AFTER = 4, 120
SENTENCE_END = re.compile(r"[。！？；.!?;\n]$")


class Gaps:
    """Knows where words, lines and sentences end in a tokenizer's tokens."""

    def __init__(self, tokenizer: Any) -> None:
        names = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        self.inside = np.array([n.startswith("<0x") or (n[:1].isascii() and n[:1].isalpha()) for n in names])
        self.ends_line = np.array([name == "\n" for name in names])
        self.ends_sentence = np.array([bool(SENTENCE_END.search(name)) for name in names])

    def open(self, tokens: Sequence[int], chance: np.random.Generator) -> tuple[list[int], list[int]]:
        """Return a passage's tokens up to a gap's end, and some of what follows; nothing where no gap can be made."""
        passage = list(tokens)
        ends = self._find_ends(np.array(passage), str(chance.choice(KINDS, p=SHARES)))
        ends = ends[ends <= len(passage) - SHORTEST_AFTER]
        if not len(ends):
            return passage, []
        end = int(chance.choice(ends))
        if end > 1 and self.ends_line[passage[end - 1]] and chance.random() < 0.5:
            end -= 1  # the line's end is the first thing that follows as often as the last of the gap
        length = int(chance.integers(SHORTEST_AFTER, LONGEST_AFTER + 1))
        return passage[:end], passage[end : end + length]

    def _find_ends(self, tokens: NDArray[np.int64], kind: str) -> NDArray[np.int64]:
        """Return the places where a gap of this kind may end: never inside a word or a character."""
        before, next_one = tokens[:-1], tokens[1:]
        whole = ~self.inside[next_one] | self.ends_line[before]
        if kind == "lines":
            whole = self.ends_line[before]
        elif kind == "sentences":
            whole &= self.ends_sentence[before]
        places: NDArray[np.int64] = np.arange(1, len(tokens))[whole]
        return places
