"""Speed of composing and of sounding, beside transformers' own loop and beside the clock."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import Row

COMPOSER = Path(__file__).parents[1] / "assets" / "models" / "composer"
WORDS_WRITTEN = 400
TIMES = 3


def run() -> Iterator[Row]:
    """Yield words a second against `generate`, bars ahead of the clock, and sound against its own length."""
    import torch

    from pipelines.melody.pipeline import MelodyPipeline

    torch.set_num_threads(1)
    pipeline = MelodyPipeline.load(COMPOSER, torch.device("cpu"), torch.float32)
    ours, peer = max(write(pipeline) for _ in range(TIMES)), max(write_with_generate(pipeline) for _ in range(TIMES))
    yield Row("composing, grammar and steering included", ours, peer, "transformers' generate, free", "words/s")
    yield from sound(pipeline)


def write(pipeline: Any) -> float:
    """Return our words a second, every one of them masked by the grammar."""
    from pipelines.melody.params import MelodyParams

    params = MelodyParams(style="quartet", bars=64)
    started = time.perf_counter()
    for step in pipeline.generate(lambda: params, 1):
        if step.index == WORDS_WRITTEN:
            break
    return WORDS_WRITTEN / (time.perf_counter() - started)


def write_with_generate(pipeline: Any) -> float:
    """Return the words a second of `generate` on the same model, sampling freely."""
    import torch

    from pipelines.melody.params import MelodyParams
    from pipelines.melody.vocabulary import encode_header
    from pipelines.melody.writing import write_header

    prompt = torch.tensor([encode_header(write_header(MelodyParams(style="quartet")))])
    started = time.perf_counter()
    with torch.inference_mode():
        pipeline.model.generate(
            prompt, do_sample=True, max_new_tokens=WORDS_WRITTEN, min_new_tokens=WORDS_WRITTEN, pad_token_id=0
        )
    return WORDS_WRITTEN / (time.perf_counter() - started)


def sound(pipeline: Any) -> Iterator[Row]:
    """Yield how fast bars are composed, and a piece is rendered, against how long they sound."""
    from pipelines.melody.audio import length_seconds, render
    from pipelines.melody.params import MelodyParams

    for style in ("dance", "quartet"):
        params = MelodyParams(style=style, bars=16, tempo=120)
        started = time.perf_counter()
        *_, last = pipeline.generate(lambda params=params: params, 2)
        composing = time.perf_counter() - started
        bars = 16 / length_seconds(last.score)
        yield Row(f"live play, {style} at 120", 16 / composing, bars, "the clock", "bars/s")
        started = time.perf_counter()
        render(last.score)
        taken = time.perf_counter() - started
        yield Row(f"rendering, {style}", length_seconds(last.score) / taken, 1.0, "the clock", "s of sound/s")


def print_scores(pieces: Path, count: int) -> None:
    """Print how composed pieces measure up to held-out ones."""
    from training.listening import main

    main([str(COMPOSER), str(pieces), "--count", str(count)])
