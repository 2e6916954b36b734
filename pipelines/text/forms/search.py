"""Write a poem line by line: several drafts of each under the form's rules, and the one the model likes best.

Masking alone forces a line's last word when it is too late to lead up to it. So every line is drafted several times at
once, each draft sampled with all that breaks the form left out; the draft that the rules had to bend least is kept and
written out token by token. A slider moved within a line makes the rest of it be drafted anew.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pipelines import sampling
from pipelines.decoding import Decoder
from pipelines.errors import NoWay
from pipelines.text.forms.spelling import Speller
from pipelines.text.forms.verse import Verse
from pipelines.text.params import TextParams

DRAFTS = 8
LONGEST_LINE = 96  # tokens
LIKING = 0.3  # how much the model's own liking of a line counts beside how little the rules bent it
CHUNKS = (256, 2048)  # so many of the likeliest tokens are tried first; all only where none of these may stand

Weigh = Callable[[Tensor, Sequence[int], TextParams], Tensor]


@dataclass(frozen=True)
class Draft:
    """A line being tried: the poem with it, half a character, its tokens, and the logarithm of its weight."""

    verse: Verse
    half: bytes = b""
    tokens: tuple[int, ...] = ()
    weight: float = 0.0

    def is_in(self, line: int) -> bool:
        """Tell whether the draft is still in this line."""
        return self.verse.line == line and not self.verse.done


class Poet:
    """Chooses the tokens of one poem, so that it keeps its form whatever the model says."""

    def __init__(self, verse: Verse, speller: Speller, weigh: Weigh, decoder: Decoder) -> None:
        self.speller = speller
        self.weigh = weigh
        self.decoder = decoder
        self._draft = Draft(verse)
        self._plan: list[int] = []
        self._settings: TextParams | None = None

    @property
    def done(self) -> bool:
        """Whether the poem is complete."""
        return self._draft.verse.done

    def choose(self, logits: Tensor, tokens: Sequence[int], params: TextParams, generator: torch.Generator) -> int:
        """Return the next token; raise NoWay where the vocabulary can't spell what the form needs."""
        settings = replace(params, max_tokens=0)
        if not self._plan or settings != self._settings:
            self._plan = self._draft_line(logits, tokens, params, generator)
            self._settings = settings
        token = self._plan.pop(0)
        after = self._extend(self._draft, token, {})
        assert after is not None, "a planned token keeps the form"
        self._draft = replace(after, tokens=(), weight=0.0)
        return token

    def _draft_line(
        self, logits: Tensor, tokens: Sequence[int], params: TextParams, generator: torch.Generator
    ) -> list[int]:
        line = self._draft.verse.line
        choices = self._list_choices(self._draft, logits, tokens, params)
        chances = _split(generator)
        drafts = [choices.draw(params, chance, rank) for rank, chance in enumerate(chances)]
        room = min(LONGEST_LINE, self.decoder.context - len(tokens))
        branches = self.decoder.branch(DRAFTS) if room > 0 and any(d.is_in(line) for d in drafts) else None
        if branches is None:
            return list(drafts[0].tokens)
        for _ in range(room):
            rows = branches.step([draft.tokens[-1] for draft in drafts])
            for place, draft in enumerate(drafts):
                if draft.is_in(line):
                    choices = self._list_choices(draft, rows[place], [*tokens, *draft.tokens], params)
                    drafts[place] = choices.draw(params, chances[place])
            if not any(draft.is_in(line) for draft in drafts):
                break
        return list(max(drafts, key=lambda draft: draft.weight).tokens)

    def _list_choices(self, draft: Draft, logits: Tensor, tokens: Sequence[int], params: TextParams) -> "Choices":
        """Return the likeliest tokens that keep the form."""
        logits = self.weigh(logits, tokens, params)
        floor = math.log(params.min_p) if params.min_p else -math.inf
        scale = float(logits.logsumexp(0))
        for width in (*CHUNKS, len(logits)):
            values, ids = logits.topk(min(width, len(logits)))
            drafts: list[Draft] = []
            heads: dict[str, Verse | None] = {}
            kept: list[float] = []
            for value, token in zip(values.tolist(), ids.tolist(), strict=True):
                if value == sampling.NOTHING or (kept and value < kept[0] + floor):
                    break
                if after := self._extend(draft, token, heads):
                    drafts.append(after)
                    kept.append(value)
            if drafts:
                return Choices(drafts, torch.tensor(kept), scale)
        raise NoWay

    def _extend(self, draft: Draft, token: int, heads: dict[str, Verse | None]) -> Draft | None:
        """Return the draft with one more token, or None where that breaks the form.

        `heads` remembers the poem with one character more: the same blank begins a thousand tokens.
        """
        found = self.speller.split(draft.half, token)
        if found is None:
            return None
        text, half = found
        verse: Verse | None = draft.verse
        if text:
            if text[0] not in heads:
                heads[text[0]] = draft.verse.advance(text[0])
            verse = heads[text[0]]
            verse = verse.advance(text[1:]) if verse and text[1:] else verse
        if verse is None or (half and not any(verse.advance(sign) for sign in verse.signs(half))):
            return None
        return Draft(verse, half, (*draft.tokens, token), draft.weight)


def _split(generator: torch.Generator) -> list[torch.Generator]:
    """Return a generator for each draft, so that what one of them draws is no other's affair."""
    seeds = torch.randint(2**63 - 1, (DRAFTS,), generator=generator)
    return [torch.Generator().manual_seed(int(seed)) for seed in seeds]


@dataclass(frozen=True)
class Choices:
    """A draft's possible next states, likeliest first, with their logits; `scale` is all tokens' log-sum-exp."""

    drafts: list[Draft]
    logits: Tensor
    scale: float

    def draw(self, params: TextParams, generator: torch.Generator, rank: int = 0) -> Draft:
        """Return one of them; at temperature 0 the one of this rank, so that drafts differ."""
        if params.temperature == 0:
            place = min(rank, len(self.drafts) - 1)
        else:
            logits = sampling.keep_top_k(self.logits, params.top_k)
            logits = sampling.keep_top_p(logits, params.top_p)
            place = sampling.sample(sampling.keep_min_p(logits, params.min_p), params.temperature, generator)
        chosen = self.drafts[place]
        freedom = float(self.logits.logsumexp(0)) - self.scale
        chance = float(self.logits[place]) - self.scale
        return replace(chosen, weight=chosen.weight + freedom + LIKING * chance)
