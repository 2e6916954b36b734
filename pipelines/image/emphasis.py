"""How the weights of words act: on which tokens, and on the states that a text encoder makes of them."""

import torch
from torch import Tensor

from pipelines.image.wording import Weighted

Offsets = list[tuple[int, int]]
COMMAS = ",，、;；."
COMMA_REACH = 20
MEAN_LIMITS = 0.5, 2.0


def weigh_tokens(weighted: Weighted, offsets: Offsets) -> list[float]:
    """Return each token's weight: the mean of its characters', 1 for a token that stands for none."""
    return [sum(weighted.weights[a:b]) / (b - a) if b > a else 1.0 for a, b in offsets]


def scale_states(states: Tensor, weights: list[float]) -> Tensor:
    """Scale `(1, words, width)` states by `weights`, the mean put back to what it was, as A1111 did.

    The mean of some encoders is near zero: it is put back by a factor of two at most.
    """
    scale = torch.tensor(weights, dtype=states.dtype, device=states.device)
    scaled = states * scale[None, :, None]
    low, high = MEAN_LIMITS
    after = float(scaled.mean())
    return scaled * (min(max(float(states.mean()) / after, low), high) if after else 1.0)


def split_long(weighted: Weighted, offsets: Offsets, limit: int) -> list[Weighted]:
    """Return chunks of at most `limit` tokens, cut behind a comma near the end or else between two words."""
    chunks, start = [], 0
    while len(offsets) - start > limit:
        end = start + limit
        near = range(end, max(start, end - COMMA_REACH), -1)
        behind_comma = (cut for cut in near if weighted.text[slice(*offsets[cut - 1])] in COMMAS)
        between_words = (cut for cut in near if offsets[cut][0] > offsets[cut - 1][1])
        cut = next(behind_comma, None) or next(between_words, end)
        chunks.append(weighted[offsets[start][0] : offsets[cut][0]])
        start = cut
    return [*chunks, weighted[offsets[start][0] if chunks else 0 :]]
