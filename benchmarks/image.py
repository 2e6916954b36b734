"""Our denoising loop against the stock diffusers pipeline, on the same painter weights in the same run."""

import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch

from benchmarks import Row
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.canvas import draw_noise

PAINTER = Path(__file__).parents[1] / "assets" / "models" / "painter"
CASES = ((1, 5), (1, 20), (1, 50), (4, 20))  # pictures and steps
ROUNDS = 7
PROMPT = "a boat on the sea at sunset"
PEER = "stock PixArtAlphaPipeline"


def run() -> Iterable[Row]:
    """Measure both, turn by turn, and yield the medians; previews and the Live read are part of ours."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pipeline = ImagePipeline.load(PAINTER, torch.device("cpu"))
        pipeline.pipe.set_progress_bar_config(disable=True)
        for count, steps in CASES:
            ours, stock = compare(
                lambda count=count, steps=steps: paint(pipeline, count, steps),  # type: ignore[misc]
                lambda count=count, steps=steps: paint_stock(pipeline, count, steps),  # type: ignore[misc]
            )
            what = f"painter, {count} pictures of {steps} steps, each" if count > 1 else f"painter, {steps} steps"
            yield Row(what, ours / count, stock / count, PEER, "ms", True)
        ours, bare = compare(lambda: paint(pipeline, 1, 20), lambda: paint_blind(pipeline))
        yield Row("painter, 20 steps with their previews", ours, bare, "without previews", "ms", True)
    finally:
        torch.set_num_threads(threads)


def compare(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the median milliseconds of two kinds of work, done in turns; the first turn warms up."""
    pairs = [(clock(ours), clock(theirs)) for _ in range(ROUNDS + 1)][1:]
    mine, others = zip(*pairs, strict=True)
    return statistics.median(mine) * 1000, statistics.median(others) * 1000


def clock(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def paint(pipeline: ImagePipeline, count: int, steps: int) -> None:
    """Paint with our loop."""
    params = ImageParams(prompt=PROMPT, num_inference_steps=steps, num_images=count)
    for _ in pipeline.generate(lambda: params, seed=1):
        pass


def paint_blind(pipeline: ImagePipeline) -> None:
    """Paint the same without looking at any step."""
    show = pipeline.canvas.preview
    pipeline.canvas.preview = lambda latents: ()  # type: ignore[method-assign]
    try:
        paint(pipeline, 1, 20)
    finally:
        pipeline.canvas.preview = show  # type: ignore[method-assign]


def paint_stock(pipeline: ImagePipeline, count: int, steps: int) -> None:
    """Paint the same pictures with the pipeline's own loop."""
    side = pipeline.pipe.transformer.config.sample_size
    pipeline.pipe(
        PROMPT,
        num_inference_steps=steps,
        num_images_per_prompt=count,
        guidance_scale=ImageParams(prompt=PROMPT).guidance_scale,
        height=side * pipeline.pipe.vae_scale_factor,
        width=side * pipeline.pipe.vae_scale_factor,
        latents=draw_noise((3, side, side), 1, count).to(pipeline.pipe.dtype),
        use_resolution_binning=False,
        clean_caption=False,
        max_sequence_length=pipeline.pipe.tokenizer.model_max_length,
        output_type="pil",
    )
