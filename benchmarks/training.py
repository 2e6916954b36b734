"""A training step of the writer: our pass and its slopes against transformers' own under autocast, a thread each."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import Row
from training.decoder import DecoderConfig, build_decoder
from training.llama import summed_surprise
from training.writer import CONFIG

ROUNDS = 3
SHAPES = ((8, 256), (2, 1024))  # rows and their length, in tokens


def run() -> list[Row]:
    """Return tokens a second for rows of each length, the two in turn."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        module = build_decoder(DecoderConfig.read(CONFIG))
        return [compare(module, *shape) for shape in SHAPES]
    finally:
        torch.set_num_threads(threads)


def compare(module: Any, rows: int, length: int) -> Row:
    """Return a row of the table for batches of this shape."""
    dice = torch.Generator().manual_seed(0)
    batch = torch.randint(1, module.config.vocab_size, (rows, length + 1), generator=dice)
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    ways: dict[str, Callable[[], Tensor]] = {
        "ours": lambda: summed_surprise(module, batch, pad=0)[0],
        "theirs": lambda: compute_stock_loss(module, batch),
    }
    parameters: Sequence[nn.Parameter] = list(module.parameters())
    for turn in range(ROUNDS + 1):
        for name, way in ways.items():
            started = time.perf_counter()
            torch.autograd.grad(way(), parameters)
            if turn:
                seconds[name].append(time.perf_counter() - started)
    speed = {name: rows * length / statistics.median(found) for name, found in seconds.items()}
    name = f"training the writer, rows of {length}"
    return Row(name, speed["ours"], speed["theirs"], "transformers, autocast", "tokens/s")


def compute_stock_loss(module: Any, batch: Tensor) -> Tensor:
    """Return the mean cross-entropy as transformers' classes compute it."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = module.model(input_ids=batch[:, :-1], use_cache=False).last_hidden_state
        logits = module.lm_head(hidden).flatten(0, 1)
        return nn.functional.cross_entropy(logits.float(), batch[:, 1:].flatten())
