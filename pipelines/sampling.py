"""Turn logits into a choice: temperature, top-k, top-p, min-p, repetition penalty. Pure functions, one row each.

Every function takes and returns float32 logits of shape (vocabulary,); excluded tokens become -inf.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

NOTHING = float("-inf")
HEAD = (
    256  # so many of the likeliest tokens nearly always hold the whole of top-p; sorting all takes five times as long
)


def penalise_repetition(logits: Tensor, tokens: Sequence[int], penalty: float) -> Tensor:
    """Make tokens already used less likely (CTRL, Keskar et al. 2019, section 4.1); 1 is off."""
    if penalty == 1 or not tokens:
        return logits
    used = torch.tensor(sorted(set(tokens)))
    values = logits[used]
    return logits.index_copy(0, used, torch.where(values > 0, values / penalty, values * penalty))


def keep_top_k(logits: Tensor, top_k: int) -> Tensor:
    """Keep the `top_k` likeliest tokens; 0 keeps all."""
    if not 0 < top_k < logits.numel():
        return logits
    threshold = logits.topk(top_k).values[-1]
    return logits.masked_fill(logits < threshold, NOTHING)


def keep_top_p(logits: Tensor, top_p: float) -> Tensor:
    """Keep the smallest set of tokens whose probability reaches `top_p` (Holtzman et al. 2020); 1 keeps all."""
    if top_p >= 1:
        return logits
    chances = logits.softmax(0)
    likeliest, order = chances.topk(min(HEAD, len(chances)))
    if likeliest.sum() < top_p:
        likeliest, order = chances.sort(descending=True)
    kept = order[likeliest.cumsum(0) - likeliest < top_p]
    return torch.full_like(logits, NOTHING).index_copy(0, kept, logits[kept])


def keep_min_p(logits: Tensor, min_p: float) -> Tensor:
    """Keep tokens at least `min_p` times as likely as the likeliest (Nguyen et al. 2024); 0 keeps all."""
    if min_p <= 0:
        return logits
    return logits.masked_fill(logits < logits.max() + torch.tensor(min_p).log(), NOTHING)


def sample(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    """Draw a token; a temperature of 0 takes the likeliest and leaves the generator alone."""
    if temperature == 0:
        return int(logits.argmax())
    return int(torch.multinomial(torch.softmax(logits / temperature, 0), 1, generator=generator))
