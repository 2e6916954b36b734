"""A Kneser-Ney n-gram model: what a writer must beat on the same tokens."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Order:
    """The n-grams of one length: a sorted key each, and for each the discounted chance; for contexts what was taken.

    A key is the number of the (n-1)-gram that leads up to the last word, times the vocabulary, plus that word.
    """

    keys: Indices
    chances: Floats
    left_over: Floats


class KneserNey:
    """Interpolated, with three discounts an order: S. F. Chen and J. Goodman (1998), section 3.

    No n-gram reaches over a document's border. The longest order counts words; the shorter ones count the different
    words that an n-gram was seen behind.
    """

    def __init__(self, documents: Iterable[ArrayLike], vocabulary: int, order: int = 5) -> None:
        self.vocabulary = vocabulary
        flat, depth = _lay(documents)
        self.orders: list[Order] = []
        ids: list[Indices] = []  # for each place, which n-gram ends there; -1 where a document is too young
        found: list[tuple[Indices, Indices, Indices]] = []
        context = np.zeros(len(flat), np.int64)
        for length in range(1, order + 1):
            old = depth >= length - 1
            keys = np.where(old, context * vocabulary + flat, -1)
            unique, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
            if not old.all():
                unique, first, inverse, counts = unique[1:], first[1:], inverse - 1, counts[1:]
            ids.append(inverse)
            found.append((unique, first, counts))
            context = np.concatenate([[0], inverse[:-1]])
        for place, (unique, _, counts) in enumerate(found):
            if place + 1 < len(found):
                longer = found[place + 1][1]
                counts = np.bincount(ids[place][longer], minlength=len(unique))  # noqa: PLW2901  continuations
            contexts = len(found[place - 1][0]) if place else 1
            self.orders.append(_discount(unique, counts, vocabulary, contexts))

    def measure_nats(self, documents: Iterable[ArrayLike]) -> float:
        """Return the summed surprise, in nats, of every word but each document's first."""
        flat, depth = _lay(documents)
        chances = np.full(len(flat), 1 / self.vocabulary)
        context = np.zeros(len(flat), np.int64)
        for length, order in enumerate(self.orders, start=1):
            known = (context >= 0) & (depth >= length - 1)
            keys = context * self.vocabulary + flat
            place = np.searchsorted(order.keys, keys).clip(0, len(order.keys) - 1)
            there = known & (order.keys[place] == keys)
            chances = np.where(known, order.left_over[np.where(known, context, 0)] * chances, chances)
            chances = chances + np.where(there, order.chances[place], 0)
            ids = np.where(there, place, -1)
            context = np.concatenate([[-1], ids[:-1]])
        return float(-np.log(chances[depth > 0]).sum())


def _lay(documents: Iterable[ArrayLike]) -> tuple[Indices, Indices]:
    """Return all words in a row, and for each how many of its own document stand before it."""
    arrays = [np.asarray(document, np.int64) for document in documents]
    return np.concatenate(arrays), np.concatenate([np.arange(len(array)) for array in arrays])


def _discount(keys: Indices, counts: Indices, vocabulary: int, contexts: int) -> Order:
    """Take something from every count; tell for each context the share that was taken, for the shorter order."""
    seen = [max(1, int((counts == number).sum())) for number in (1, 2, 3, 4)]
    rate = seen[0] / (seen[0] + 2 * seen[1])
    steps = [0.0, *((number - (number + 1) * rate * seen[number] / seen[number - 1]) for number in (1, 2, 3))]
    discount = np.clip(np.array(steps), 0, [0, 1, 2, 3])[np.minimum(counts, 3)]
    context = keys // vocabulary
    total = np.bincount(context, counts, minlength=contexts)
    taken = np.bincount(context, np.minimum(discount, counts), minlength=contexts)
    whole = np.maximum(total, 1e-9)
    chances = np.maximum(counts - discount, 0) / whole[context]
    return Order(keys, chances, np.where(total > 0, taken / whole, 1.0))
