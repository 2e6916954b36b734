"""Batches drawn ahead of a training, in worker processes, so that a fast card need not wait for them."""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from torch.utils.data import DataLoader, Dataset

T = TypeVar("T")


class Steps(Dataset[T], Generic[T]):
    """The batches of a training by their step, without end."""

    def __init__(self, draw: Callable[[int], T]) -> None:
        self.draw = draw

    def __getitem__(self, step: int) -> T:
        return self.draw(step)


class Feed(Generic[T]):
    """Give the batch of each step: drawn by `workers` ahead of time, or with none of them when it is asked for."""

    def __init__(self, draw: Callable[[int], T], workers: int) -> None:
        self.draw, self.workers = draw, workers
        self.ahead: Iterator[tuple[int, T]] = iter(())

    def __call__(self, step: int) -> T:
        """Return what `draw(step)` returns; with workers quickest for steps in a row."""
        if not self.workers:
            return self.draw(step)
        found, batch = next(self.ahead, (None, None))
        if found != step or batch is None:
            self.ahead = self._start(step)
            _, batch = next(self.ahead)
        return batch

    def _start(self, step: int) -> Iterator[tuple[int, T]]:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # a tokenizer's threads do not survive the fork
        loader: DataLoader[T] = DataLoader(
            Steps(self.draw),
            sampler=itertools.count(step),
            batch_size=None,
            num_workers=self.workers,
            prefetch_factor=3,
            multiprocessing_context="fork",
        )
        return zip(itertools.count(step), loader)
