"""Train a Llama-shaped decoder on rows of tokens; the writer and the composer are both made here."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.llama import summed_surprise
from training.loop import LoopConfig, train

Tokens = NDArray[np.uint16]
EVALUATED = 4  # rows read at a time


@dataclass(frozen=True, kw_only=True)
class DecoderConfig:
    """A decoder and its training: `model` holds LlamaConfig fields, `loop` LoopConfig fields.

    A token among `starts` begins a document, which sees nothing of those before it in its row.
    """

    model: dict[str, Any]
    loop: dict[str, Any]
    context: int = 512
    batch: int = 8
    pad: int = 0
    starts: tuple[int, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "DecoderConfig":
        """Read a configuration file; keys that aren't the decoder's own land in `extra`."""
        values = json.loads(path.read_text(encoding="utf-8"))
        own = {name: values.pop(name) for name in ("model", "loop", "context", "batch", "pad") if name in values}
        return cls(**own, extra=values)


def build_decoder(config: DecoderConfig) -> nn.Module:
    """Return a Llama with random weights drawn from the configuration's seed, tied embeddings, plain attention."""
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = LlamaConfig(
        **{"attn_implementation": "eager"} | config.model,
        max_position_embeddings=config.context,
        tie_word_embeddings=True,
        pad_token_id=config.pad,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.loop.get("seed", 0))
        module: nn.Module = LlamaForCausalLM(shape)
    return module


def pack(documents: Iterable[Tokens], length: int, pad: int, window: int = 256) -> Tokens:
    """Pack documents whole into rows `(n, length)`, in their order but for a few that fill gaps.

    A document longer than a row is cut at the row's end and the rest goes on in a row of its own. What is left of a
    row is filled from the next `window` documents, longest that fits first, and then with `pad`.
    """
    rows: list[Tokens] = []
    waiting: list[Tokens] = []
    source = (piece for document in documents for piece in _cut(document, length))
    while True:
        while len(waiting) < window and (piece := next(source, None)) is not None:
            waiting.append(piece)
        if not waiting:
            return np.stack(rows) if rows else np.zeros((0, length), np.uint16)
        row, filled = np.full(length, pad, np.uint16), 0
        chosen: int | None = 0
        while chosen is not None:
            piece = waiting.pop(chosen)
            row[filled : filled + len(piece)] = piece
            filled += len(piece)
            fitting = [(len(p), -i) for i, p in enumerate(waiting) if len(p) <= length - filled]
            chosen = -max(fitting)[1] if fitting else None
        rows.append(row)


def _cut(document: Tokens, length: int) -> Iterable[Tokens]:
    return (document[start : start + length] for start in range(0, len(document), length))


class Rows:
    """Draws batches `(batch, length)` of int64 from rows of tokens: a new order every pass, decided by the seed.

    The first batch begins at row `start` of that order.
    """

    def __init__(self, rows: Tokens, batch: int, seed: int, start: int = 0) -> None:
        self.rows, self.batch, self.seed, self.start = rows, batch, seed, start

    def __call__(self, step: int) -> Tensor:
        """Return the batch of this step; depends on nothing but the step."""
        count = len(self.rows)
        places = self.start + np.arange(step * self.batch, (step + 1) * self.batch)
        chosen = np.empty(self.batch, np.int64)
        for turn in np.unique(places // count):
            order = np.random.default_rng((self.seed, int(turn))).permutation(count)
            here = places // count == turn
            chosen[here] = order[places[here] % count]
        return torch.from_numpy(self.rows[chosen].astype(np.int64))


@torch.inference_mode()
def measure_nats(module: nn.Module, documents: Sequence[Tokens], config: DecoderConfig) -> float:
    """Return the summed surprise, in nats, of all tokens but the first in each row of these documents."""
    device = next(module.parameters()).device
    rows = pack(documents, config.context + 1, config.pad)
    total = 0.0
    for start in range(0, len(rows), EVALUATED):
        batch = torch.from_numpy(rows[start : start + EVALUATED].astype(np.int64)).to(device)
        total += float(summed_surprise(module, batch, config.pad, config.starts)[0])
    return total


def bits(nats: float) -> float:
    """Return nats as bits."""
    return nats / math.log(2)


def train_decoder(
    config: DecoderConfig,
    draw: Callable[[int], Sequence[Tensor]],
    run_folder: Path,
    device: torch.device,
    evaluate: Callable[[nn.Module], dict[str, float]] | None = None,
    begin: Callable[[nn.Module], None] | None = None,
) -> nn.Module:
    """Train a decoder on what `draw(batch)` gives: tensors of rows, each of a length of its own, up to context + 1.

    A batch's loss is the mean over all its tokens. `begin` may set the weights of a new run. Run it again to resume
    from `run_folder`.
    """
    module = build_decoder(config).to(device)
    if begin and not (run_folder / "checkpoint.pt").exists():
        begin(module)

    def compute_loss(batch: int) -> Tensor:
        parts = [summed_surprise(module, rows.to(device), config.pad, config.starts) for rows in draw(batch)]
        return torch.stack([nats for nats, _ in parts]).sum() / sum(count for _, count in parts)

    score = (lambda: evaluate(module)) if evaluate else None
    return train(module, compute_loss, LoopConfig(**config.loop), run_folder, evaluate=score)


def save_decoder(module: Any, folder: Path) -> None:
    """Save the decoder as `save_pretrained` writes it: 16-bit safetensors and its configuration."""
    module.config._attn_implementation = "sdpa"
    module.to(torch.bfloat16).save_pretrained(folder)
