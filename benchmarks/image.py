"""Our denoising loop against the stock diffusers pipeline, on the same painter weights in the same run."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks import Row
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.canvas import draw_noise

PAINTER = Path(__file__).parents[1] / "assets" / "models" / "painter"
STEPS = 20
ROUNDS = 7
PROMPT = "a boat on the sea at sunset"


def run() -> list[Row]:
    """Measure both, turn by turn, and return the medians in milliseconds; previews and the Live read included."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pipeline = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)
        pipeline.pipe.set_progress_bar_config(disable=True)
        times: dict[str, list[float]] = {"our steps": [], "stock steps": [], "our picture": [], "stock picture": []}
        for turn in range(ROUNDS + 1):
            found = {
                "our picture": clock(lambda: paint(pipeline, decode=True)),
                "stock picture": clock(lambda: paint_stock(pipeline, "pil")),
                "our steps": clock(lambda: paint(pipeline, decode=False)) / (STEPS - 1),
                "stock steps": clock(lambda: paint_stock(pipeline, "latent")) / STEPS,
            }
            if turn:  # the first turn warms up
                for name, seconds in found.items():
                    times[name].append(seconds * 1000)
    finally:
        torch.set_num_threads(threads)
    median = {name: statistics.median(values) for name, values in times.items()}
    peer = "stock PixArtAlphaPipeline"
    return [
        Row("painter, a denoising step", median["our steps"], median["stock steps"], peer, "ms", True),
        Row(f"painter, a picture of {STEPS} steps", median["our picture"], median["stock picture"], peer, "ms", True),
    ]


def clock(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paint(pipeline: ImagePipeline, decode: bool) -> None:
    """Paint with our loop, previews included; without `decode`, stop before the last step."""
    params = ImageParams(prompt=PROMPT, num_inference_steps=STEPS)
    for step in pipeline.generate(lambda: params, seed=1):
        if not decode and step.index == STEPS - 2:
            return


def paint_stock(pipeline: ImagePipeline, output: str) -> None:
    """Paint the same picture with the pipeline's own loop."""
    side = pipeline.pipe.transformer.config.sample_size
    pipeline.pipe(
        PROMPT,
        num_inference_steps=STEPS,
        guidance_scale=ImageParams(prompt=PROMPT).guidance_scale,
        height=side * pipeline.pipe.vae_scale_factor,
        width=side * pipeline.pipe.vae_scale_factor,
        latents=draw_noise((3, side, side), 1, 1),
        use_resolution_binning=False,
        clean_caption=False,
        max_sequence_length=pipeline.pipe.tokenizer.model_max_length,
        output_type=output,
    )
