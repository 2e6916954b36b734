"""Speed of composing and of sounding, beside transformers' own loop and beside the clock."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import Row

MODELS = Path(__file__).parents[1] / "assets" / "models"
COMPOSER, PAINTER = MODELS / "composer", MODELS / "painter"
BARS = 16  # half a minute at 120
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
    for style in ("dance", "quartet"):
        in_time, painted = play_beside_a_painter(pipeline, style)
        name = f"live play at 120 beside a painter ({painted} pictures), {style}"
        yield Row(name, in_time, BARS, "bars heard", "bars in time")


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


def play_beside_a_painter(pipeline: Any, style: str) -> tuple[int, int]:
    """Return how many of BARS bars were ready before they had to sound, and how many pictures were painted meanwhile.

    Both work in one process, as in the studio; the first bar is heard as soon as it is ready.
    """
    from pipelines.melody.audio import render_bar, write_flac
    from pipelines.melody.params import MelodyParams
    from pipelines.melody.score import BAR_TICKS
    from studio.tabs.concert import Concert

    done = threading.Event()
    pictures: list[Any] = []
    painter = threading.Thread(target=paint_until, args=(done, pictures), daemon=True)
    painter.start()
    while not pictures:
        time.sleep(0.1)
    pictures.clear()
    params = MelodyParams(style=style, tempo=120, endless=1)
    ready: list[float] = []
    late = 0
    for step in Concert(pipeline).generate(lambda: params, 3):
        if step is None or step.bars_done <= len(ready):
            continue
        write_flac(render_bar(step.score, len(ready)))
        ready.append(time.monotonic())
        late += ready[-1] > ready[0] + step.score.seconds_at((len(ready) - 1) * BAR_TICKS[params.time_signature])
        if len(ready) == BARS:
            break
    done.set()
    painter.join()
    return BARS - late, len(pictures)


def paint_until(done: threading.Event, pictures: list[Any]) -> None:
    """Paint one picture after the other."""
    import torch

    from pipelines.image import ImageParams, ImagePipeline

    painter = ImagePipeline.load(PAINTER, torch.device("cpu"), torch.float32)
    params = ImageParams(prompt="a boat on the sea at sunset")
    while not done.is_set():
        *_, last = painter.generate(lambda: params, len(pictures))
        pictures.append(last)


def print_scores(pieces: Path, count: int) -> None:
    """Print how composed pieces measure up to held-out ones."""
    from training.listening import main

    main([str(COMPOSER), str(pieces), "--count", str(count)])
