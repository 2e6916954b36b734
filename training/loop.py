"""The training loop all three models share: two optimisers, one schedule, checkpoints that resume."""

import json
import math
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How long and how fast to train; read from a model's configuration file.

    Each of the `threads` computes the gradients of a batch of its own, and a step takes their mean. For small models
    on a CPU this is nearly twice the work that two threads inside each operation do.
    """

    steps: int
    matrix_lr: float = 0.02
    other_lr: float = 3e-3
    weight_decay: float = 0.0
    warmup_steps: int = 100
    decay_fraction: float = 0.4
    clip_norm: float = 1.0
    ema_decay: float = 0.0
    checkpoint_seconds: float = 150.0
    log_every: int = 50
    threads: int = 1
    seed: int = 0


class OutOfTime(Exception):  # noqa: N818
    """A training stopped at its deadline, with a checkpoint; the same command goes on from there."""


def schedule(step: int, config: LoopConfig) -> float:
    """Return the learning-rate factor in (0, 1] at `step`: a short warm-up, a plateau, a linear decay to 2 %."""
    decay_start = config.steps * (1 - config.decay_fraction)
    rise = min(1.0, (step + 1) / max(1, config.warmup_steps))
    fall = min(1.0, (config.steps - step) / max(1.0, config.steps - decay_start))
    return max(0.02, min(rise, fall))


def build_optimizers(module: nn.Module, config: LoopConfig) -> list[torch.optim.Optimizer]:
    """Split the parameters: hidden matrices to Muon, embeddings, heads, norms, biases and convolutions to AdamW.

    Muon (K. Jordan, 2024) orthogonalises each matrix's momentum; it needs about half of AdamW's samples here. There is
    one for each of the configuration's threads, with its share of the matrices, so that they can step side by side.
    """
    embeddings = {
        id(p) for child in module.modules() if isinstance(child, nn.Embedding) for p in child.parameters(recurse=False)
    }
    matrices = [p for p in module.parameters() if p.requires_grad and p.ndim == 2 and id(p) not in embeddings]
    chosen = {id(p) for p in matrices}
    others = [p for p in module.parameters() if p.requires_grad and id(p) not in chosen]
    optimizers: list[torch.optim.Optimizer] = []
    for part in range(min(config.threads, len(matrices))):
        muon = torch.optim.Muon(
            matrices[part :: config.threads],
            lr=config.matrix_lr,
            weight_decay=config.weight_decay,
            adjust_lr_fn="original",
        )
        optimizers.append(muon)
    if others:
        optimizers.append(torch.optim.AdamW(others, lr=config.other_lr, betas=(0.9, 0.95), weight_decay=0.0))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return optimizers


def save_atomically(state: object, path: Path) -> None:
    """Write a torch file so that a crash leaves either the old one or the new one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


class Average:
    """An exponential moving average of a module's floating-point parameters."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.shadow = {name: p.detach().clone() for name, p in module.named_parameters()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Move the shadow towards the module; faster in the first steps, so that early samples mean something."""
        decay = min(self.decay, (1 + step) / (10 + step))
        names, values = zip(*module.named_parameters(), strict=True)
        torch._foreach_lerp_([self.shadow[name] for name in names], list(values), 1 - decay)

    @torch.no_grad()
    def copy_to(self, module: nn.Module) -> None:
        """Overwrite the module's parameters with the average."""
        for name, parameter in module.named_parameters():
            parameter.copy_(self.shadow[name])


class Gradients:
    """Compute the mean loss and gradients of several batches side by side, one thread each."""

    def __init__(self, module: nn.Module, compute_loss: Callable[[int], Tensor], threads: int) -> None:
        self.compute_loss, self.threads = compute_loss, threads
        self.parameters = [p for p in module.parameters() if p.requires_grad]
        self.device = next(module.parameters()).device.type
        self.pool = ThreadPoolExecutor(threads)
        if threads > 1:
            torch.set_num_threads(1)

    def fill(self, step: int) -> float:
        """Set every parameter's gradient for `step`; return the loss."""
        parts = list(self.pool.map(self._one, range(step * self.threads, (step + 1) * self.threads)))
        for parameter, *found in zip(self.parameters, *(gradients for _, gradients in parts), strict=True):
            present = [gradient for gradient in found if gradient is not None]
            total = sum(present[1:], present[0]) if present else None
            parameter.grad = total if total is None or self.threads == 1 else total / self.threads
        return sum(loss for loss, _ in parts) / self.threads

    def _one(self, batch: int) -> tuple[float, Sequence[Tensor | None]]:
        # The cache of rounded weights is shared by all threads: it must be off.
        known, alone = self.device in ("cpu", "cuda"), self.threads == 1
        with torch.autocast(self.device, torch.bfloat16, enabled=known, cache_enabled=alone):
            loss = self.compute_loss(batch)
        return loss.item(), torch.autograd.grad(loss, self.parameters, allow_unused=True)


def train(
    module: nn.Module,
    compute_loss: Callable[[int], Tensor],
    config: LoopConfig,
    run_folder: Path,
    evaluate: Callable[[], dict[str, float]] | None = None,
    deadline: float = math.inf,
) -> nn.Module:
    """Train `module` in place until `config.steps`, resuming from `run_folder` when it holds a checkpoint.

    `compute_loss(batch)` returns a scalar and must depend on the batch's number alone (draw the batch from a generator
    seeded with the seed and that number), so a resumed run sees what an unbroken one would have seen. `evaluate` runs
    at the end, on the averaged weights where there is an average. Progress goes to `log.jsonl` in `run_folder`.
    Raises OutOfTime, the checkpoint written, at the first step that ends after the `deadline` of `time.monotonic()`.
    """
    run_folder.mkdir(parents=True, exist_ok=True)
    checkpoint = run_folder / "checkpoint.pt"
    optimizers = build_optimizers(module, config)
    average = Average(module, config.ema_decay) if config.ema_decay else None
    step, seconds = 0, 0.0
    if checkpoint.exists():
        step, seconds = _restore(checkpoint, module, optimizers, average)
    gradients = Gradients(module, compute_loss, config.threads)
    saved = started = time.monotonic()
    running = 0.0
    module.train()
    while step < config.steps:
        factor = schedule(step, config)
        loss = gradients.fill(step)
        nn.utils.clip_grad_norm_(module.parameters(), config.clip_norm)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * factor
        list(gradients.pool.map(lambda optimizer: optimizer.step(), optimizers))
        module.zero_grad(set_to_none=True)
        if average:
            average.update(module, step)
        step += 1
        running += loss
        now = time.monotonic()
        if step % config.log_every == 0:
            elapsed = seconds + now - started
            _log(
                run_folder,
                {"step": step, "loss": running / config.log_every, "lr": factor, "seconds": elapsed},
            )
            running = 0.0
        late = now > deadline
        if late or now - saved > config.checkpoint_seconds or step == config.steps:
            state = {
                "step": step,
                "seconds": seconds + now - started,
                "module": module.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in optimizers],
                "average": average.shadow if average else None,
            }
            save_atomically(state, checkpoint)
            saved = now
        if late and step < config.steps:
            raise OutOfTime(f"time is up at step {step} of {config.steps}")
    if average:
        average.copy_to(module)
    module.eval()
    if evaluate:
        _log(run_folder, {"step": step, **evaluate()})
    return module


def _restore(
    checkpoint: Path, module: nn.Module, optimizers: list[torch.optim.Optimizer], average: Average | None
) -> tuple[int, float]:
    state = torch.load(checkpoint, map_location=next(module.parameters()).device, weights_only=True)
    module.load_state_dict(state["module"])
    known = state["optimizers"] or [optimizer.state_dict() for optimizer in optimizers]  # none come with shards
    for optimizer, saved in zip(optimizers, known, strict=True):
        rates = [group["initial_lr"] for group in optimizer.param_groups]
        optimizer.load_state_dict(saved)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["initial_lr"] = rate  # the configuration's: it may have been changed since
    if average and state["average"]:
        average.shadow = state["average"]
    return state["step"], state["seconds"]


def _log(run_folder: Path, row: dict[str, float]) -> None:
    rounded = {key: round(value, 5) for key, value in row.items()}
    print(json.dumps(rounded), flush=True)
    with (run_folder / "log.jsonl").open("a") as lines:
        lines.write(json.dumps(rounded) + "\n")
