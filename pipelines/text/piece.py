"""What a chunk of a server's stream says."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

TOLD = ("stop_reason", "matched_stop")  # where vLLM and SGLang say which stop word ended a text


@dataclass(frozen=True)
class Piece:
    """A bit of a reply; `end` says why the server stopped, where it did.

    `probability`, where given, is in [0, 1], and `others` are the likeliest tokens in its place with theirs. `stopped`
    is the stop word that ended the text, where the server tells it; it may be left out of `text`.
    """

    text: str = ""
    thought: bool = False
    probability: float | None = None
    end: str | None = None
    others: tuple[tuple[str, float], ...] = ()
    stopped: str = ""


def read_chunk(chunk: Any, replies: int, stops: Collection[str]) -> list[tuple[int, Piece]]:
    """Return what a chunk says to each reply, by its number; raise TypeError or AttributeError for what is no chunk.

    A server that was asked for one reply has one, whatever number it gives it.
    """
    choices = chunk.choices or ()
    if replies == 1:
        return [(0, _read_choice(choice, stops)) for choice in choices[:1]]
    numbered = [(getattr(choice, "index", 0), choice) for choice in choices]
    return [(number, _read_choice(choice, stops)) for number, choice in numbered if number in range(replies)]


def _read_choice(choice: Any, stops: Collection[str]) -> Piece:
    thought = None
    if hasattr(choice, "delta"):
        # Servers name what a model thinks `reasoning_content` or `reasoning`.
        extra = choice.delta.model_extra or {}
        thought = extra.get("reasoning_content") or extra.get("reasoning")
        text = choice.delta.content or ""
    else:
        text = choice.text or ""
    if not isinstance(text, str):
        raise TypeError(text)
    if thought and not text:
        return Piece(str(thought), thought=True, end=choice.finish_reason)
    told = [(choice.model_extra or {}).get(name) for name in TOLD]
    stopped = next((word for word in told if isinstance(word, str) and word in stops), "")
    probability, others = _weigh(choice.logprobs)
    return Piece(text, False, probability, choice.finish_reason, others, stopped)


def _weigh(logprobs: Any) -> tuple[float | None, tuple[tuple[str, float], ...]]:
    """Return the probability of a choice's tokens together, and for a single one what it stood against."""
    told = getattr(logprobs, "content", None)
    if told:
        values = [token.logprob for token in told]
        others = [(other.token, other.logprob) for other in told[0].top_logprobs or ()]
    else:
        values = getattr(logprobs, "token_logprobs", None) or []
        others = list(((getattr(logprobs, "top_logprobs", None) or [{}])[0] or {}).items())
    if not values or any(value is None for value in values):
        return None, ()
    pairs = tuple((token, _chance(value)) for token, value in others) if len(values) == 1 else ()
    return _chance(math.fsum(values)), pairs


def _chance(value: float) -> float:
    return min(1.0, math.exp(value))
