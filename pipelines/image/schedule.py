"""Which steps of its schedule a run takes, and noise at the level of any of them."""

import math
from typing import Any

import torch
from torch import Tensor


def lay_out(scheduler: Any, steps: int, strength: float, device: Any) -> Tensor:
    """Set a fresh scheduler up and return the timesteps to take.

    Below a strength of 1 a longer schedule is laid out and its last `steps` are taken, so that a run has the steps the
    artist asked for wherever it begins (as in ComfyUI's sampler; diffusers takes `strength * steps` of them, which
    leaves a model of two steps no choice). At 0 there is nothing to do.
    """
    if strength <= 0:
        scheduler.set_timesteps(steps, device=device)
        return torch.empty(0)
    whole = _longest(scheduler, steps, strength)
    scheduler.set_timesteps(whole, device=device)
    taken = steps if strength >= 1 else max(1, min(round(whole * strength), whole - 1))
    if not hasattr(scheduler, "set_begin_index"):
        return _tail(scheduler, taken, whole)
    timesteps: Tensor = scheduler.timesteps
    first = (whole - taken) * int(getattr(scheduler, "order", 1))
    scheduler.set_begin_index(first)
    return timesteps[first:]


def _longest(scheduler: Any, steps: int, strength: float) -> int:
    if strength >= 1:
        return steps
    config = scheduler.config
    most = int(getattr(config, "original_inference_steps", None) or config.num_train_timesteps)
    return max(2, min(math.ceil(steps / strength), most))


def _tail(scheduler: Any, taken: int, whole: int) -> Tensor:
    """Return the last timesteps of a scheduler that goes by their values; PNDM repeats the second one it takes."""
    timesteps: Tensor = scheduler.timesteps
    if taken == whole:
        return timesteps
    left = torch.unique_consecutive(timesteps)[-taken:]
    repeats = type(scheduler).__name__ == "PNDMScheduler"
    return torch.cat((left[:2], left[1:])) if repeats else left


def add_noise(scheduler: Any, clean: Tensor, noise: Tensor, timestep: Tensor) -> Tensor:
    """Return clean latents with the share of noise that a step begins with."""
    when = timestep.reshape(1)
    if hasattr(scheduler, "scale_noise"):
        noisy: Tensor = scheduler.scale_noise(clean, when, noise)
    else:
        noisy = scheduler.add_noise(clean, noise, when)
    return noisy
