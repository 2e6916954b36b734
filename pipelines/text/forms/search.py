"""Write a poem line by line: several drafts of each under the form's rules, and the one the model likes best.

Masking alone forces a line's last word when it is too late to lead up to it. So every line is drafted several times at
once, each draft sampled with all that breaks the form left out; the draft that the rules had to bend least is kept and
written out token by token. A slider moved within a line makes the rest of it be drafted anew.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from pipelines import sampling
from pipelines.decoding import Branches, Decoder
from pipelines.errors import AllBanned, NoWay
from pipelines.text.forms.draft import Choices, Draft, Extension, extend
from pipelines.text.forms.spelling import Speller
from pipelines.text.forms.verse import Judge, Verse
from pipelines.text.params import TextParams
from pipelines.text.phrases import LONGEST, find_end, split_phrases

DRAFTS = 8
TRIES = 4  # so often a line is drafted where banned words have made all its drafts fall
LONGEST_LINE = 96  # tokens
CHUNKS = (256, 2048)  # so many of the likeliest tokens are tried first; all only where none of these may stand
FALLEN = -math.inf  # the weight of a draft that nothing may follow

Weigh = Callable[[Tensor, Sequence[Sequence[int]], TextParams], Tensor]
Heads = dict[str, Judge | None]


class Poet:
    """Chooses the tokens of one poem, so that it keeps its form whatever the model says.

    `page` is what the artist has written: a banned phrase may begin there.
    """

    def __init__(self, verse: Verse, page: str, speller: Speller, weigh: Weigh, decoder: Decoder) -> None:
        self.speller = speller
        self.weigh = weigh
        self.decoder = decoder
        self._draft = Draft(verse, text=page.rstrip(" ")[-LONGEST:])
        self._plan: list[int] = []
        self._settings: TextParams | None = None

    @property
    def done(self) -> bool:
        """Whether the poem is complete."""
        return self._draft.verse.done

    def choose(self, logits: Tensor, tokens: Sequence[int], params: TextParams, generator: torch.Generator) -> int:
        """Return the next token.

        Raises NoWay where the vocabulary can't spell what the form needs, and AllBanned where banned words leave
        nothing that the form could take: the poem ends there, neither its form nor the ban is broken.
        """
        settings = replace(params, max_tokens=0)
        if not self._plan or settings != self._settings:
            self._plan = self._draft_line(logits, tokens, params, generator)
            self._settings = settings
        token = self._plan.pop(0)
        found = self.speller.split(self._draft.half, token)
        assert found is not None, "a planned token is text"
        text, half = found
        self._draft = Draft(extend(self._draft.verse, text), half, text=(self._draft.text + text)[-LONGEST:])
        return token

    def _draft_line(
        self, logits: Tensor, tokens: Sequence[int], params: TextParams, generator: torch.Generator
    ) -> list[int]:
        """Return the tokens of the line's best draft.

        A token that would complete a banned phrase is refused, so a draft may come where nothing follows (“moonlig”,
        and “moonlight” is banned): it falls. Where all have fallen, others are tried.
        """
        (choices,) = self._list_choices([self._draft], logits.unsqueeze(0), tokens, params)
        banned = bool(split_phrases(params.banned_words))
        for turn in range(TRIES if banned else 1):
            if choices is None:
                break
            chances = torch.rand(DRAFTS, LONGEST_LINE + 1, generator=generator).tolist()
            first = turn * DRAFTS
            drafts = [choices.draw(params, chances[p][0], first + p) for p in range(DRAFTS)]
            best = self._finish(drafts, chances, tokens, params)
            if best.weight > FALLEN:
                return list(best.tokens)
        raise AllBanned if banned else NoWay

    def _finish(
        self, drafts: list[Draft], chances: Sequence[Sequence[float]], tokens: Sequence[int], params: TextParams
    ) -> Draft:
        """Go on with the drafts to the line's end and return the best, the first where they can't be gone on with.

        Weights only fall: a draft that is below a finished one is left where it is.
        """
        line = self._draft.verse.line
        branches: Branches | None = None
        for step in range(1, 1 + min(LONGEST_LINE, self.decoder.context - len(tokens))):
            goal = max((draft.weight for draft in drafts if not draft.is_in(line)), default=FALLEN)
            places = [p for p, draft in enumerate(drafts) if draft.is_in(line) and draft.weight > goal]
            if places and branches is None:
                branches = self.decoder.branch(DRAFTS)
            if not places or branches is None:
                break
            rows = branches.step([draft.tokens[-1] for draft in drafts])[places]
            found = self._list_choices([drafts[p] for p in places], rows, tokens, params)
            for place, choices in zip(places, found, strict=True):
                draft = choices and choices.draw(params, chances[place][step])
                drafts[place] = draft or replace(drafts[place], weight=FALLEN)
        return drafts[0] if branches is None else max(drafts, key=lambda draft: draft.weight)

    def _list_choices(
        self, drafts: Sequence[Draft], rows: Tensor, tokens: Sequence[int], params: TextParams
    ) -> Iterator[Choices | None]:
        """Yield for each draft the likeliest tokens that keep its form, None where there are none."""
        rows = self.weigh(rows, [[*tokens, *draft.tokens] for draft in drafts], params)
        for draft, logits, scale in zip(drafts, rows, rows.logsumexp(-1).tolist(), strict=True):
            for width in (*CHUNKS, len(logits)):
                values, ids = logits.topk(min(width, len(logits)))
                extensions, kept = self._sift(draft, values.tolist(), ids.tolist(), params)
                if kept:
                    break
            yield Choices(draft, extensions, kept, scale) if kept else None

    def _sift(
        self, draft: Draft, values: Sequence[float], ids: Sequence[int], params: TextParams
    ) -> tuple[list[Extension], list[float]]:
        """Return those of the tokens, likeliest first, that keep the form and complete no banned phrase."""
        reach = math.log(params.min_p) if params.min_p else -math.inf
        banned = split_phrases(params.banned_words)
        split, firsts, opening, verse = self.speller.split, self.speller.firsts, draft.half, draft.verse
        judge = verse.judge()
        heads: Heads = {}
        floor = sampling.NOTHING
        extensions: list[Extension] = []
        kept: list[float] = []
        for value, token in zip(values, ids, strict=True):
            if value <= floor:
                break
            if not opening and heads.get(firsts.get(token, ""), judge) is None:
                continue  # most are refused here
            found = split(opening, token)
            if found is None or not _takes(verse, *found, judge, heads):
                continue
            if banned and find_end(draft.text, found[0], banned) is not None:
                continue
            floor = floor if kept else value + reach
            extensions.append((token, *found))
            kept.append(value)
        return extensions, kept


def _takes(verse: Verse, text: str, half: bytes, judge: Judge, heads: Heads) -> bool:
    """Tell whether the poem takes `text` and some character that begins with `half`.

    `heads` remembers what may follow a first character: the same blank begins a thousand tokens.
    """
    if half:
        after = verse.advance(text) if text else verse
        return after is not None and any(map(after.judge(), after.signs(half)))
    if len(text) == 1:
        taken = judge(text)
        heads.update({} if taken else {text: None})
        return taken
    head = text[0]
    if head not in heads:
        after = verse.advance(head)
        heads[head] = None if after is None else after.judge()
    follow = heads[head]
    return follow is not None and follow(text[1:])
