"""Our decode loop against `model.generate`, on the same writer weights in the same run; and what steering costs."""

import copy
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import torch

from benchmarks import Row
from pipelines.take import Tape
from pipelines.text import TextParams, TextPipeline
from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.names import VERSE_FORMS
from pipelines.text.layout import lay_out
from studio.live import Live

WRITER = Path(__file__).parents[1] / "assets" / "models" / "writer"
TOKENS = 120
SHORT_PAGE, LONG_PAGE, PACED = 100, 980, 40  # tokens
ROUNDS = 9
PAGE = "The moon is up above the hill,\nAnd all the little boats are still;\n" * 3
PARAMS = TextParams(prompt=PAGE, max_tokens=TOKENS)


def run() -> list[Row]:
    """Measure in turn, and return the medians; tokenising, sampling and turning tokens into text are included."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pipeline = TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)
        pipeline.ends = frozenset()  # both write exactly TOKENS
        silent = copy.copy(pipeline)
        silent.likeliest = 0
        live: Live[TextParams] = Live(TextParams, TextParams.knobs)
        live.begin({"prompt": PAGE, "max_tokens": TOKENS})
        works: dict[str, Callable[[], object]] = {
            "ours": lambda: write(pipeline, lambda: PARAMS, TOKENS),
            "stock": lambda: write_stock(pipeline, TOKENS),
            "our first": lambda: write(pipeline, lambda: PARAMS, 1),
            "stock first": lambda: write_stock(pipeline, 1),
            "steered": lambda: write(pipeline, Tape(live.read), TOKENS),
            "silent": lambda: write(silent, lambda: PARAMS, TOKENS),
        }
        median = measure(works)
        paces = {size: measure_pace(pipeline, size) for size in (SHORT_PAGE, LONG_PAGE)}
        pipeline.warm()
        first_words = measure({form: begin(pipeline, form) for form in VERSE_FORMS[1:]})
    finally:
        torch.set_num_threads(threads)
    peer = "model.generate"
    return [
        Row("writer, streaming", TOKENS / median["ours"], TOKENS / median["stock"], peer, "tokens/s"),
        Row("writer, first token", 1e3 * median["our first"], 1e3 * median["stock first"], peer, "ms", True),
        *(
            Row(f"writer, first word of a verse form, {name}", 1e3 * seconds, 1e3 * median["stock first"], peer,
                "ms", True)
            for name, seconds in describe(first_words).items()
        ),
        Row("writer, with the Live cell and the tape", TOKENS / median["steered"], TOKENS / median["ours"],
            "fixed parameters", "tokens/s"),
        Row("writer, telling what it nearly wrote", TOKENS / median["ours"], TOKENS / median["silent"],
            "without", "tokens/s"),
        Row(f"writer, a token on a page of {LONG_PAGE}", 1e3 * paces[LONG_PAGE], 1e3 * paces[SHORT_PAGE],
            f"on a page of {SHORT_PAGE}", "ms", True),
    ]  # fmt: skip


def measure(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of each work over interleaved rounds, after one that warms up."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for turn in range(ROUNDS + 1):
        for name, work in list(works.items())[
            :: 1 if turn % 2 else -1
        ]:  # there and back, so that no one gains by its place
            started = time.perf_counter()
            work()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def measure_pace(pipeline: TextPipeline, page_tokens: int) -> float:
    """Return the median seconds of a token behind a page of so many, the first left out: it reads the page."""
    page = pipeline.decode_tokens(pipeline.plain(PAGE * 40)[:page_tokens])
    params = TextParams(prompt=page, max_tokens=PACED)
    times = [time.perf_counter() for _ in pipeline.generate(lambda: params, seed=1)]
    return statistics.median(later - earlier for earlier, later in pairwise(times))


def describe(seconds: dict[str, float]) -> dict[str, float]:
    """Return the median and the worst of the verse forms' seconds."""
    worst = max(seconds, key=seconds.__getitem__)
    return {"median form": statistics.median(seconds.values()), f"worst form ({worst})": seconds[worst]}


def begin(pipeline: TextPipeline, form: str) -> Callable[[], None]:
    """Return what writes the first word of a poem of this form, of another poem each time."""
    params = TextParams(verse_form=form, language=kind_of(form).language)
    seeds = count()
    return lambda: write(pipeline, lambda: params, 1, next(seeds))


def write(pipeline: TextPipeline, read: Callable[[], TextParams], tokens: int, seed: int = 1) -> None:
    """Write with our loop."""
    for step in pipeline.generate(read, seed):
        if step.index == tokens:
            return


def write_stock(pipeline: TextPipeline, tokens: int) -> Any:
    """Write with transformers' loop, with the same settings, and turn the tokens into text at the end."""
    laid = lay_out(pipeline.tokenizer, PARAMS, pipeline.context - 1)
    torch.manual_seed(1)
    ids = pipeline.model.generate(
        torch.tensor([laid.tokens]),
        attention_mask=torch.ones(1, len(laid.tokens), dtype=torch.long),
        do_sample=True,
        temperature=PARAMS.temperature,
        top_p=PARAMS.top_p,
        top_k=PARAMS.top_k,
        min_p=PARAMS.min_p,
        repetition_penalty=PARAMS.repetition_penalty,
        max_new_tokens=tokens,
        min_new_tokens=tokens,
    )
    return pipeline.tokenizer.decode(ids[0, len(laid.tokens) :])
