"""Make the painter's last touch: `python -m training upsampler`.

An AutoencoderTiny whose latent is a picture: the encoder learns to reduce 256 pixels to the painter's 64 or 128, as
area resampling does, and the decoder to draw 256 from them. So the denoiser's work can be shown as it is, and is
finished cheaply.
With `--painter` it goes on with scenes that a trained painter has redrawn from noise, to mend the painter's own faults.
"""

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from pipelines.weights import choose_device
from training.feed import Feed
from training.loop import LoopConfig, OutOfTime, train
from training.painter import CONFIGS, load_painter
from training.scenes.captions import caption
from training.scenes.store import Pictures, SceneStore

SIDE = 256  # of the finished picture


def draw_crops(
    store: SceneStore, redrawn: Pictures | None, config: dict[str, Any], rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return random crops `(batch, 3, crop, crop)` in [-1, 1] and the same reduced as the autoencoder does.

    Mirrored half the time; two thirds of the reduced ones are as the painter redrew them, where it did.
    """
    large, small = [], []
    times, crop = enlargement(config), config["crop"]
    low = crop // times
    for index in rng.integers(store.count, size=config["batch"]):
        top, left = rng.integers(0, (store.side - crop) // times + 1, size=2)
        high, wide = slice(top * times, top * times + crop), slice(left * times, left * times + crop)
        piece = store.pictures[int(index), high, wide].astype(np.float32)
        reduced = piece.reshape(low, times, low, times, 3).mean((1, 3))
        if redrawn is not None and rng.random() < 0.67:
            reduced = redrawn[int(index), top : top + low, left : left + low].astype(np.float32)
        turn = slice(None, None, -1 if rng.random() < 0.5 else 1)
        large.append(piece[:, turn])
        small.append(reduced[:, turn])
    return to_tensor(np.stack(large)), to_tensor(np.stack(small))


def enlargement(config: dict[str, Any]) -> int:
    """Return how many times wider than its latent the autoencoder's picture is: 4 or 2."""
    times: int = 2 ** (len(config["autoencoder"]["decoder_block_out_channels"]) - 1)
    return times


def to_tensor(pictures: Pictures | NDArray[np.float32]) -> Tensor:
    """Turn `(n, height, width, 3)` of 0-255 into `(n, 3, height, width)` in [-1, 1]."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


@torch.inference_mode()
def redraw(store: SceneStore, run: Path, device: torch.device) -> Pictures:
    """Let the painter in `run` clear noise from every scene, shares of 0.15 to 0.6; return `(n, side, side, 3)`."""
    painter, tokenizer = load_painter(run)
    painter.to(device).eval()
    side = painter.transformer.config.sample_size
    pictures: Pictures = np.empty((store.count, side, side, 3), np.uint8)
    dice, rng = torch.Generator().manual_seed(store.seed), np.random.default_rng(store.seed)
    for start in range(0, store.count, 50):
        part = slice(start, min(start + 50, store.count))
        clean = F.avg_pool2d(to_tensor(store.pictures[part]), store.side // side)
        words = tokenizer([caption(scene, rng) for scene in store.scenes[part]], padding=True, return_tensors="pt")
        share = 0.15 + 0.45 * torch.rand(len(clean), 1, 1, 1, generator=dice)
        noisy = (1 - share) * clean + share * torch.randn(clean.shape, generator=dice)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type != "mps"):
            given = (noisy.to(device), share.flatten().to(device))
            drawn = painter(*given, words.input_ids.to(device), words.attention_mask.to(device))
        pixels = drawn.float().clamp(-1, 1).add(1).mul(127.5).round().to("cpu", torch.uint8)
        pictures[part] = pixels.permute(0, 2, 3, 1).numpy()
    return pictures


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


def make_loss(
    autoencoder: Any, store: SceneStore, redrawn: Pictures | None, config: dict[str, Any], workers: int = 0
) -> Callable[[int], Tensor]:
    """Return the loss of a step: L1 on pixels and on edges for the decoder, squared error for the encoder."""
    seed, times = config["loop"]["seed"], enlargement(config)
    feed = Feed(lambda step: draw_crops(store, redrawn, config, np.random.default_rng((seed, step))), workers)

    def compute(step: int) -> Tensor:
        device = next(autoencoder.parameters()).device
        large, small = feed(step)
        given = spoil(small, torch.Generator().manual_seed(seed * 1_000_003 + step)).to(device)
        large = large.to(device)
        drawn = autoencoder.decode(given).sample.float()
        loss: Tensor = (drawn - large).abs().mean()
        for ours, theirs in zip(edges(drawn), edges(large), strict=True):
            loss = loss + 0.7 * (ours - theirs).abs().mean()
        reduced = autoencoder.encode(large[: len(large) // 4]).latents.float()
        loss = loss + F.mse_loss(reduced, F.avg_pool2d(large[: len(large) // 4], times))
        return loss

    return compute


def main(arguments: Sequence[str]) -> None:
    """Train the upsampler, or go on where an earlier run stopped, and save it in the run folder's `model`."""
    parser = argparse.ArgumentParser(prog="python -m training upsampler", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="unused: the scenes are drawn by our own code")
    parser.add_argument("--run", type=Path, default=Path("runs/upsampler"))
    parser.add_argument("--config", type=Path, default=CONFIGS / "upsampler.json", help="upsampler-gpu.json for a GPU")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--painter", type=Path, help="the run folder of a painter whose faults to mend")
    parser.add_argument("--start", type=Path, help="a saved upsampler whose weights a new run begins with")
    parser.add_argument("--steps", type=int, help="end at this step; lower it to finish a run early")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; the same command goes on")
    parser.add_argument("--workers", type=int, default=0, help="processes that paint and draw beside the training")
    options = parser.parse_args(arguments)
    deadline = time.monotonic() + options.minutes * 60
    from diffusers import AutoencoderTiny

    config = json.loads(options.config.read_text())
    loop = LoopConfig(**config["loop"])
    if options.steps is not None:
        loop = replace(loop, steps=options.steps)
    store = SceneStore(options.run / "scenes", config["scenes"], SIDE, loop.seed + 1)
    for done in store.fill(options.workers):
        if done % 500 == 0:
            print(f"{done:,} scenes painted", flush=True)
    torch.manual_seed(loop.seed)
    autoencoder = AutoencoderTiny(**config["autoencoder"]).to(choose_device(options.device))
    if options.start:  # what a checkpoint holds overrides it
        autoencoder.load_state_dict(AutoencoderTiny.from_pretrained(options.start).state_dict())
    print(f"{sum(p.numel() for p in autoencoder.parameters()):,} parameters", flush=True)
    device = next(autoencoder.parameters()).device
    redrawn = redraw(store, options.painter, device) if options.painter else None
    loss = make_loss(autoencoder, store, redrawn, config, options.workers)
    try:
        train(autoencoder, loss, loop, options.run, deadline=deadline)
    except OutOfTime as stop:
        print(f"{stop}: the same command goes on from there", flush=True)
        return
    autoencoder.cpu().save_pretrained(options.run / "model")
    print(f"saved {options.run / 'model'}")
