"""How well each verse form holds, by the checker, and what holding it costs in perplexity against free writing."""

import math
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from pipelines.params import build, narrow
from pipelines.text import TextParams, TextPipeline
from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.checker import check
from pipelines.text.forms.names import FREE, VERSE_FORMS
from pipelines.weights import read_card

WRITER = Path(__file__).parents[1] / "assets" / "models" / "writer"
LONGEST = 1024


@dataclass(frozen=True)
class Works:
    """Several works: their texts, tokens, the sum of their tokens' log-probabilities, seconds."""

    texts: tuple[str, ...]
    tokens: int
    log_probability: float
    seconds: float

    @property
    def perplexity(self) -> float:
        """Perplexity a token under the model that wrote them, before temperature."""
        return math.exp(-self.log_probability / self.tokens)


def print_table(count: int, forms: tuple[str, ...] = VERSE_FORMS[1:]) -> None:
    """Print a line for each form and below the poem of one seed each, whatever it is; docs/forms.md holds both."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    poems: dict[str, str] = {}
    print("| form | works | lines | lengths | rhyme | lines in metre | perplexity | free | ratio | s a work |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    try:
        pipeline = TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)
        for form in forms:
            row, poems[kind_of(form).name] = _measure(pipeline, form, count)
            print(row, flush=True)
    finally:
        torch.set_num_threads(threads)
    for name, poem in poems.items():
        print(f"\n**{name}**\n\n```\n{poem.strip()}\n```")


def _measure(pipeline: TextPipeline, form: str, count: int) -> tuple[str, str]:
    kind = kind_of(form)
    works = write(pipeline, count, verse_form=form, language=kind.language, max_tokens=LONGEST)
    free = _write_freely(pipeline, count, kind.language, kind.form, kind.title)
    reports = [check(form, text) for text in works.texts]
    shares = [
        sum(good) / count
        for good in zip(*((r.lines, r.lengths, r.rhymes, r.metre) for r in reports), strict=True)
    ]  # fmt: skip
    cells = [f"{100 * share:.0f} %" for share in shares]
    cells += [f"{works.perplexity:.1f}", f"{free.perplexity:.1f}", f"{works.perplexity / free.perplexity:.2f}"]
    return f"| {kind.name} | {count} | {' | '.join(cells)} | {works.seconds / count:.1f} |", works.texts[0]


@cache
def _write_freely(pipeline: TextPipeline, count: int, language: str, form: str, title: str) -> Works:
    return write(pipeline, count, verse_form=FREE, language=language, form=form, title=title, max_tokens=120)


def write(pipeline: TextPipeline, count: int, **values: object) -> Works:
    """Write `count` works at the writer's default sliders, one a seed."""
    params = build(TextParams, values, narrow(TextParams.knobs(), read_card(WRITER)))
    texts: list[str] = []
    tokens, total, started = 0, 0.0, time.perf_counter()
    for seed in range(count):
        text = ""
        for step in pipeline.generate(lambda: params, seed):
            assert step.probability is not None, "a model on this machine tells its chances"
            text, tokens, total = step.text, tokens + 1, total + math.log(step.probability)
        texts.append(text)
    return Works(tuple(texts), tokens, total, time.perf_counter() - started)
