"""A Markov chain over words, interpolated over its orders: what a model of the composer's kind must beat."""

import math
from collections import defaultdict
from collections.abc import Iterable

from training.decoder import Tokens

Counts = dict[tuple[int, ...], dict[int, int]]


def measure_markov(training: Iterable[Tokens], held_out: Iterable[Tokens], size: int, order: int = 5) -> float:
    """Return the summed surprise, in nats, of every held-out word but each piece's first.

    Orders 0 to `order` are interpolated by Witten and Bell's rule (1991): the more kinds of words followed a context,
    the more weight goes to the next shorter one.
    """
    counts: Counts = defaultdict(lambda: defaultdict(int))
    for tokens in training:
        words = tokens.tolist()
        for place in range(1, len(words)):
            for length in range(min(order, place) + 1):
                counts[tuple(words[place - length : place])][words[place]] += 1
    totals = {context: sum(following.values()) for context, following in counts.items()}
    nats = 0.0
    for tokens in held_out:
        words = tokens.tolist()
        for place in range(1, len(words)):
            chance = 1 / size
            for length in range(min(order, place) + 1):
                context = tuple(words[place - length : place])
                following = counts.get(context)
                if not following:
                    break
                kinds, total = len(following), totals[context]
                chance = (following.get(words[place], 0) + kinds * chance) / (total + kinds)
            nats -= math.log(chance)
    return nats
