"""A line being tried, and the tokens that it may take next."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.text.forms.verse import Verse
from pipelines.text.params import TextParams

LIKING = 0.3  # how much the model's own liking of a line counts beside how little the rules bent it

Extension = tuple[int, str, bytes]  # a token, the characters that it completes, half a character


@dataclass(frozen=True)
class Draft:
    """A line being tried: the poem with it, half a character, its tokens, the logarithm of its weight.

    `text` is the poem's latest text, what stood before the line too.
    """

    verse: Verse
    half: bytes = b""
    tokens: tuple[int, ...] = ()
    text: str = ""
    weight: float = 0.0

    def is_in(self, line: int) -> bool:
        """Tell whether the draft is still in this line."""
        return self.verse.line == line and not self.verse.done


@dataclass(frozen=True)
class Choices:
    """What a draft may take next, likeliest first, with the logits; `scale` is all tokens' log-sum-exp."""

    draft: Draft
    extensions: list[Extension]
    logits: list[float]
    scale: float

    def draw(self, params: TextParams, chance: float, rank: int = 0) -> Draft:
        """Return the draft with one of them, by a chance in [0, 1); at temperature 0 that of this rank."""
        last = len(self.logits) - 1
        place = min(rank, last) if params.temperature == 0 else draw(self.logits, params, chance)
        token, text, half = self.extensions[place]
        top, draft = self.logits[0], self.draft
        freedom = top - self.scale + math.log(sum(math.exp(logit - top) for logit in self.logits))
        weight = draft.weight + freedom + LIKING * (self.logits[place] - self.scale)
        return Draft(extend(draft.verse, text), half, (*draft.tokens, token), draft.text + text, weight)


def extend(verse: Verse, text: str) -> Verse:
    """Return the poem after a text that it takes, none for half a character."""
    for part in filter(None, (text[:1], text[1:])):
        after = verse.advance(part)
        assert after is not None, "what is chosen keeps the form"
        verse = after
    return verse


def draw(logits: Sequence[float], params: TextParams, chance: float) -> int:
    """Return the place of one of these falling logits under the sliders.

    The same as the functions of `sampling` one after another: of a falling list each keeps a beginning.
    """
    kept = logits[: params.top_k or None]
    if params.top_p < 1:
        sums = list(accumulate(math.exp(logit - kept[0]) for logit in kept))
        kept = kept[: 1 + sum(total < params.top_p * sums[-1] for total in sums[:-1])]
    if params.min_p > 0:
        floor = kept[0] + math.log(params.min_p)
        kept = [logit for logit in kept if logit >= floor]
    sums = list(accumulate(math.exp((logit - kept[0]) / params.temperature) for logit in kept))
    return min(bisect_right(sums, chance * sums[-1]), len(kept) - 1)
