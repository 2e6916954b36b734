"""The decode loop that text and melody share: prefill, step, cache. It knows tokens and logits, nothing else."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Picked:
    """A chosen token, the probability the model gave it before sampling, in [0, 1], and the likeliest with theirs."""

    token: int
    probability: float
    likeliest: tuple[tuple[int, float], ...] = ()


Pick = Callable[[Tensor, Sequence[int]], Picked]


class Decoder:
    """A causal language model and its key-value cache: `prefill` once, then `step` token by token.

    Any transformers causal model will do. Logits come back as float32 on the CPU, shape (vocabulary,).
    """

    def __init__(self, model: Any, context: int) -> None:
        self.model = model
        self.context = context
        self._cache: Any = None

    @torch.inference_mode()
    def prefill(self, tokens: Sequence[int]) -> Tensor:
        """Read the whole prompt afresh and return the logits of what follows."""
        self._cache = None
        return self._forward(list(tokens))

    @torch.inference_mode()
    def step(self, token: int) -> Tensor:
        """Read one more token and return the logits of what follows."""
        return self._forward([token])

    def _forward(self, tokens: list[int]) -> Tensor:
        ids = torch.tensor([tokens], device=self.model.device)
        out = self.model(input_ids=ids, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
        self._cache = out.past_key_values
        logits: Tensor = out.logits[0, -1].float().cpu()
        return logits

    def branch(self, count: int) -> "Branches | None":
        """Return `count` copies of the text so far, to be tried side by side; None where no cache can be copied."""
        from transformers import DynamicCache

        if type(self._cache) is not DynamicCache:
            return None
        cache = copy.deepcopy(self._cache)
        cache.batch_repeat_interleave(count)
        return ModelBranches(self.model, cache)


class Branches(Protocol):
    """Several continuations of one text, each a token further with every step."""

    def step(self, tokens: Sequence[int]) -> Tensor:
        """Read one token more in each branch and return the logits of what follows, `(branches, vocabulary)`."""
        ...


class ModelBranches:
    """Branches over any transformers causal model."""

    def __init__(self, model: Any, cache: Any) -> None:
        self.model = model
        self._cache = cache

    @torch.inference_mode()
    def step(self, tokens: Sequence[int]) -> Tensor:
        """Read one token more in each branch and return the logits of what follows, `(branches, vocabulary)`."""
        ids = torch.tensor(tokens, device=self.model.device).unsqueeze(1)
        out = self.model(input_ids=ids, past_key_values=self._cache, use_cache=True)
        logits: Tensor = out.logits[:, -1].float().cpu()
        return logits


def decode(decoder: Decoder, prompt: Sequence[int], pick: Pick, keep: int = 0) -> Iterator[Picked]:
    """Yield tokens without end: `pick(logits, tokens)` chooses each; the caller decides when to stop.

    When the context is full, the first `keep` tokens (a header) and the newest half of the rest are read again and
    the work goes on. The prompt is cut the same way when it is longer than the context.
    """
    tokens = list(prompt)
    assert tokens, "a prompt holds at least one token"
    if len(tokens) >= decoder.context:
        tokens = _shorten(tokens, decoder.context - 1, keep)
    logits = decoder.prefill(tokens)
    while True:
        picked = pick(logits, tokens)
        yield picked
        tokens.append(picked.token)
        if len(tokens) > decoder.context:
            tokens = _shorten(tokens, decoder.context // 2, keep)
            logits = decoder.prefill(tokens)
        else:
            logits = decoder.step(picked.token)


def _shorten(tokens: list[int], length: int, keep: int) -> list[int]:
    keep = min(keep, length - 1)
    return tokens[:keep] + tokens[len(tokens) - (length - keep) :]
