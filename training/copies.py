"""How much of what a writer writes it has read: `python -m training copies`.

Of the works it writes at its default sliders, the share of runs of eight words (English), and of lines of seven
characters (Chinese), that stand in the works it was trained on; beside it the same share of works it never read.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import torch

from pipelines.params import build, narrow
from pipelines.text import TextParams, TextPipeline
from pipelines.weights import read_card
from training import text

WRITER = Path(__file__).parents[1] / "assets" / "models" / "writer"
RUN, LINE = 8, 7
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
CLAUSE_END = re.compile(r"[^\u3400-\u9fff]+")
TOKENS = 240


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m training copies", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=WRITER)
    parser.add_argument("--count", type=int, default=100, help="works to write of each kind (100)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    documents = list(text.read_documents(options.data / "text"))
    pipeline = TextPipeline.load(options.model, torch.device("cpu"), torch.float32)
    print("| | written | found in what it read | unread works found there |\n|---|---|---|---|")
    for language, forms, parts, what in (
        ("en", ("verse", "fiction", "play"), word_runs, f"runs of {RUN} words"),
        ("zh", ("verse", "ci", "fiction"), lines, f"lines of {LINE} characters"),
    ):
        works = [d for d in documents if d.language == language]
        read = [d.text for d in works if not text.is_held_out(d)]
        for form in forms:
            params = settings(options.model, language, form)
            written = [part for work in write(pipeline, params, options.count) for part in parts(work)]
            unread = [p for d in works if text.is_held_out(d) and d.form == form for p in parts(d.text)]
            shares = (share_found(written, read, parts), share_found(unread, read, parts))
            print(f"| {language} {form}, {what} | {len(written):,} | {shares[0]:.2%} | {shares[1]:.2%} |", flush=True)


def settings(folder: Path, language: str, form: str) -> TextParams:
    """Return a model's default sliders for a form, and an empty page."""
    values = {"language": language, "form": form, "max_tokens": TOKENS}
    return build(TextParams, values, narrow(TextParams.knobs(), read_card(folder)))


def write(pipeline: TextPipeline, params: TextParams, count: int) -> Iterator[str]:
    """Yield works, one a seed."""
    for seed in range(count):
        work = ""
        for step in pipeline.generate(lambda: params, seed):
            work = step.text
        yield work


def word_runs(work: str) -> Iterator[tuple[str, ...]]:
    """Yield each run of RUN English words."""
    words = WORD.findall(work.lower())
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def lines(work: str) -> Iterator[tuple[str, ...]]:
    """Yield each clause of LINE Chinese characters."""
    return ((clause,) for clause in CLAUSE_END.split(work) if len(clause) == LINE)


def share_found(
    parts: Sequence[tuple[str, ...]], read: Iterable[str], cut: Callable[[str], Iterator[tuple[str, ...]]]
) -> float:
    """Return the share of parts that are in the works that were read."""
    sought = set(parts)
    found = {part for work in read for part in cut(work) if part in sought}
    return sum(part in found for part in parts) / max(1, len(parts))
