"""Make the painter's last touch: `python -m training upsampler`.

An AutoencoderTiny whose latent is a picture: the encoder learns to reduce 256 pixels to 64, as area resampling does,
and the decoder to draw 256 pixels from 64. So the denoiser's work can be shown as it is, and is finished cheaply.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.loop import LoopConfig, train
from training.painter import CONFIGS, choose_device
from training.scenes.store import SceneStore


def draw_crops(store: SceneStore, batch: int, crop: int, rng: np.random.Generator) -> Tensor:
    """Return `batch` random crops `(batch, 3, crop, crop)` in [-1, 1], mirrored half the time."""
    crops = []
    for index in rng.integers(store.count, size=batch):
        top, left = rng.integers(0, (store.side - crop) // 4 + 1, size=2) * 4
        piece = store.pictures[int(index), top : top + crop, left : left + crop]
        crops.append(piece[:, ::-1] if rng.random() < 0.5 else piece)
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def spoil(small: Tensor, dice: torch.Generator) -> Tensor:
    """Blur and stain reduced pictures a little at random, so that they look like a sampler's work."""
    count = len(small)
    blurred = F.avg_pool2d(F.pad(small, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    amount = torch.rand(count, 1, 1, 1, generator=dice) * 0.5
    noise = torch.randn(small.shape, generator=dice) * torch.rand(count, 1, 1, 1, generator=dice) * 0.05
    return small + amount * (blurred - small) + noise


def edges(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Return the differences between neighbouring pixels, across and down."""
    return picture[..., :, 1:] - picture[..., :, :-1], picture[..., 1:, :] - picture[..., :-1, :]


def make_loss(autoencoder: Any, store: SceneStore, config: dict[str, int], seed: int) -> Callable[[int], Tensor]:
    """Return the loss of a step: L1 on pixels and on edges for the decoder, squared error for the encoder."""

    def compute(step: int) -> Tensor:
        device = next(autoencoder.parameters()).device
        rng = np.random.default_rng((seed, step))
        large = draw_crops(store, config["batch"], config["crop"], rng)
        small = F.avg_pool2d(large, 4)
        given = spoil(small, torch.Generator().manual_seed(seed * 1_000_003 + step)).to(device)
        large = large.to(device)
        drawn = autoencoder.decode(given).sample.float()
        loss: Tensor = (drawn - large).abs().mean()
        for ours, theirs in zip(edges(drawn), edges(large), strict=True):
            loss = loss + 0.7 * (ours - theirs).abs().mean()
        reduced = autoencoder.encode(large[: len(large) // 4]).latents.float()
        loss = loss + F.mse_loss(reduced, small[: len(large) // 4].to(device))
        return loss

    return compute


def main(arguments: Sequence[str]) -> None:
    """Train the upsampler, or go on where an earlier run stopped, and save it in the run folder's `model`."""
    parser = argparse.ArgumentParser(prog="python -m training upsampler", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="unused: the scenes are drawn by our own code")
    parser.add_argument("--run", type=Path, default=Path("runs/upsampler"))
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--steps", type=int, help="end at this step; lower it to finish a run early")
    options = parser.parse_args(arguments)
    from diffusers import AutoencoderTiny

    config = json.loads((CONFIGS / "upsampler.json").read_text())
    loop = LoopConfig(**config["loop"])
    if options.steps is not None:
        loop = replace(loop, steps=options.steps)
    store = SceneStore(options.run / "scenes", config["scenes"], 256, loop.seed + 1)
    for done in store.fill(smoothing=2):
        if done % 500 == 0:
            print(f"{done:,} scenes painted", flush=True)
    torch.manual_seed(loop.seed)
    autoencoder = AutoencoderTiny(**config["autoencoder"]).to(choose_device(options.device))
    print(f"{sum(p.numel() for p in autoencoder.parameters()):,} parameters", flush=True)
    loss = make_loss(autoencoder, store, config, loop.seed)
    train(autoencoder, loss, loop, options.run)
    autoencoder.cpu().save_pretrained(options.run / "model")
    print(f"saved {options.run / 'model'}")
