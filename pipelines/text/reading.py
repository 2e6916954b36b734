"""Read a page as the model does: how likely each word was, what could stand in its place, what could fill a gap."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from pipelines.text.layout import fills, lay_plain
from pipelines.text.params import MAX_AFTER, TextParams
from pipelines.text.pipeline import LIKELIEST, TextPipeline
from pipelines.text.stream import Stream

WINDOW = 400
WORDS_TRIED = 24
AHEAD = 24
BEHIND = 160
WORD_TOKENS = 5
BEST_OF = 4
PASSAGE_TOKENS = 24
FILLED_LINES = 3  # more than so many are seldom wanted in a gap
CHINESE = re.compile(r"[\u3400-\u9fff]")
SENTENCE_END = re.compile(r"[.!?;。！？；…\n][\"'”’」』）)]*$")


@dataclass(frozen=True)
class Weighed:
    """A piece of the page, the probability the model gave it there, and the likeliest pieces with theirs."""

    piece: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]


@torch.inference_mode()
def weigh(pipeline: TextPipeline, params: TextParams) -> tuple[Weighed, ...]:
    """Weigh the page's newest words, 400 tokens at most: pieces that join to its end, the last blanks left out."""
    laid = lay_plain(pipeline.tokenizer, params, pipeline.context)
    first = max(laid.keep, len(laid.tokens) - WINDOW, 1)
    tokens = laid.tokens[first:]
    if not tokens:
        return ()
    chances = _read(pipeline, [laid.tokens], len(tokens) + 1)[0, :-1].softmax(-1)
    likeliest = chances.topk(min(LIKELIEST, chances.shape[-1]))
    stream = Stream(pipeline.decode_tokens, laid.tokens[:first])
    weighed = []
    for row, token in enumerate(tokens):
        others = zip(likeliest.indices[row].tolist(), likeliest.values[row].tolist(), strict=True)
        shown = tuple((pipeline.show(other), chance) for other, chance in others)
        weighed.append(Weighed(stream.add(token), float(chances[row, token]), shown))
    return tuple(weighed)


def suggest_words(pipeline: TextPipeline, params: TextParams, word: str, after: str) -> list[str]:
    """Return words that could stand where `word` stands, between the page (`params.prompt`) and `after`, best first.

    A model taught to fill gaps proposes from both sides, another from what comes before. Each proposal is then judged
    by how likely it and what follows are together.
    """
    laid = lay_plain(pipeline.tokenizer, replace(params, after=after[:MAX_AFTER]), 2 * BEHIND)
    proposals = {text for text in _propose(pipeline, laid.tokens, word) if text.casefold() != word.casefold()}
    texts = sorted(proposals)
    fits = _judge(pipeline, params, texts, after, alone=False)
    return [text for _, text in sorted(zip(fits, texts, strict=True), reverse=True)]


def suggest_passages(
    pipeline: TextPipeline, params: TextParams, passage: str, after: str, seeds: Sequence[int]
) -> Iterator[str]:
    """Yield one passage a seed, about as long and of as many lines as `passage`.

    The model is told what comes `after`, where it knows what to do with that. Each passage is the best of a few by how
    likely it makes what comes after.
    """
    told = replace(params, after=after[:MAX_AFTER] if after.strip() else "")
    for seed in seeds:
        tries = BEST_OF if after.strip() else 1
        texts = [_write_passage(pipeline, told, passage, seed * BEST_OF + index) for index in range(tries)]
        texts = [text for text in texts if text.strip()]
        if texts:
            fits = _judge(pipeline, params, texts, after, alone=True) if after.strip() else [0.0]
            yield texts[fits.index(max(fits))]


def rank_openings(pipeline: TextPipeline, params: TextParams, texts: Sequence[str]) -> list[float]:
    """Return how likely the model finds each text as the opening of a page: the mean log-probability of a token."""
    return _judge(pipeline, replace(params, prompt=""), texts, "", alone=False)


def _write_passage(pipeline: TextPipeline, params: TextParams, passage: str, seed: int) -> str:
    finds_end = bool(params.after) and fills(pipeline.tokenizer)
    lines = passage.strip("\n").count("\n") if passage.strip() or not finds_end else FILLED_LINES
    length = len(pipeline.plain(passage)) or PASSAGE_TOKENS
    params = replace(params, max_tokens=min(1024, max(16, 2 * length)))
    written = ""
    for step in pipeline.generate(lambda: params, seed % 2**32):
        written = step.text
        if written.strip("\n").count("\n") > lines or (written.strip() and written.count("\n") > lines):
            break
        if step.index >= length and not lines and not finds_end and SENTENCE_END.search(written):
            break
    kept = "\n".join(written.strip("\n").split("\n")[: lines + 1])
    return kept + "\n" if passage.endswith("\n") and kept else kept


def _propose(pipeline: TextPipeline, tokens: list[int], word: str) -> list[str]:
    """Return words the model would write after the tokens: its likeliest beginnings, Latin ones finished greedily."""
    logits = _read(pipeline, [tokens], 1)[0, -1]
    rows = [[*tokens, token] for token in logits.topk(WORDS_TRIED).indices.tolist() if pipeline.show(token).strip()]
    texts = [pipeline.show(row[-1]).strip() for row in rows]
    growing = list(range(len(rows)))
    for _ in range(WORD_TOKENS):
        growing = [i for i in growing if texts[i][-1].isascii() and texts[i][-1].isalpha()]
        if not growing:
            break
        following = _read(pipeline, [rows[i] for i in growing], 1)[:, -1].argmax(-1).tolist()
        pieces = [pipeline.show(token) for token in following]
        for i, token, piece in zip(list(growing), following, pieces, strict=True):
            if piece[:1].isascii() and piece[:1].isalpha():
                rows[i].append(token)
                texts[i] += piece
            else:
                growing.remove(i)
    if CHINESE.search(word):
        texts = [text[: len(word)] for text in texts]
    return [text for text in texts if text.isalpha()]


def _judge(pipeline: TextPipeline, params: TextParams, texts: Sequence[str], after: str, *, alone: bool) -> list[float]:
    """Return the log-probability of what comes `after` each text, a token; with the text's own unless `alone`."""
    if not texts:
        return []
    page = params.prompt.rstrip(" ")
    blank = params.prompt[len(page) :]
    base = lay_plain(pipeline.tokenizer, replace(params, prompt=page), BEHIND).tokens
    rows, starts = [], []
    for text in texts:
        own = pipeline.plain(blank + text)
        rows.append(base + pipeline.plain(blank + text + after)[: len(own) + AHEAD])
        starts.append(len(base) + len(own) if alone else len(base))
    return _score(pipeline, rows, starts)


def _pad(pipeline: TextPipeline, rows: Sequence[list[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=pipeline.model.device)


@torch.inference_mode()
def _read(pipeline: TextPipeline, rows: Sequence[list[int]], keep: int) -> Tensor:
    """Return the logits of the last `keep` positions of rows of one length, `(rows, keep, vocabulary)`."""
    logits: Tensor = pipeline.model(input_ids=_pad(pipeline, rows), logits_to_keep=keep).logits
    return logits[..., : pipeline.size].float().cpu()


@torch.inference_mode()
def _score(pipeline: TextPipeline, rows: Sequence[list[int]], starts: Sequence[int]) -> list[float]:
    """Return each row's mean log-probability a token from its start on; the padding comes after, so it is unseen."""
    ids = _pad(pipeline, rows)
    first = min(starts)
    logits = pipeline.model(input_ids=ids[:, :-1], logits_to_keep=ids.shape[1] - first).logits
    chosen = logits.float().log_softmax(-1).gather(-1, ids[:, first:, None])[..., 0].cpu()
    ends = [len(row) - first for row in rows]
    return [
        float(chosen[i, start - first : end].mean()) for i, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
