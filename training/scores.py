"""How well writers know works they never read: `python -m training scores MODEL [MODEL ...]`.

A table of bits a character, set by set, for each model folder and for a Kneser-Ney n-gram model on the last one's
tokens; then what it helps the last one to be told what follows a gap.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipelines.text.prompt import LANGUAGES, header, token
from training import decoder, text
from training.decoder import DecoderConfig, Tokens
from training.gaps import Gaps
from training.llama import summed_surprise
from training.ngrams import KneserNey

ORDER = 5
GAP_TOKENS = 12
SHORTEST = 40
Measure = Callable[[Sequence[Tokens]], float]


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m training scores", description=__doc__)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args(arguments)
    documents = list(text.read_documents(options.data / "text"))
    held_out = [d for d in documents if text.is_held_out(d)]
    columns: dict[str, dict[str, float]] = {}
    for folder in options.models:
        module, tokenizer, config = load(folder)
        measure = partial(decoder.measure_nats, module, config=config)
        columns[str(folder)] = score(measure, held_out, tokenizer, config)
    training = [d for d in documents if not text.is_held_out(d)]
    known = [array for _, array in text.lay_out(training, tokenizer, config.context, seed=0)]
    grams = KneserNey(known, len(tokenizer), ORDER)
    columns[f"Kneser-Ney, {ORDER} tokens"] = score(grams.measure_nats, held_out, tokenizer, config)
    print_columns(columns)
    print_gaps(module, held_out, tokenizer, config)


def load(folder: Path) -> tuple[Any, Any, DecoderConfig]:
    """Return a writer, its tokenizer, and as much of a configuration as reading needs."""
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    module = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    starts = tokenizer.convert_tokens_to_ids([token(language) for language in LANGUAGES])
    context = module.config.max_position_embeddings
    return module, tokenizer, DecoderConfig(model={}, loop={}, context=context, starts=tuple(starts))


def score(
    measure: Measure, documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig
) -> dict[str, float]:
    """Return bits per character of these works, set by set; header tokens count as the text's cost."""
    tokens: dict[str, list[Tokens]] = defaultdict(list)
    characters: dict[str, int] = defaultdict(int)
    for document, array in text.lay_out(documents, tokenizer, config.context, seed=1):
        tokens[document.set_name].append(array)
    for document in documents:
        characters[document.set_name] += len(document.text)
    return {name: decoder.bits(measure(arrays)) / characters[name] for name, arrays in sorted(tokens.items())}


def print_columns(columns: dict[str, dict[str, float]]) -> None:
    """Print bits per character, a row a set."""
    print(f"| bits a character | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name in next(iter(columns.values())):
        print(f"| {name} | {' | '.join(f'{column[name]:.2f}' for column in columns.values())} |")


def print_gaps(module: Any, documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig) -> None:
    """Print what the last words before a gap's end cost, by language, with what follows told in the header and not."""
    cutter, control = Gaps(tokenizer), tokenizer.convert_tokens_to_ids
    costs: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    chance = np.random.default_rng(0)
    for document in documents:
        body = tokenizer(document.text, split_special_tokens=True)["input_ids"][: config.context // 4]
        if len(body) < SHORTEST:
            continue
        before, after = cutter.open(body, chance)
        count = min(GAP_TOKENS, len(before) - 1)
        if not after or count < 1:
            continue
        told, untold = (
            measure_end(module, header(document.language, document.form, [], control, "", what) + before, count)
            for what in (after, [])
        )
        costs[document.language].append((told, untold, len(tokenizer.decode(before[-count:]))))
    print(f"\n| bits a character, the last {GAP_TOKENS} tokens before a gap's end | told what follows | not told |")
    print("|---|---|---|")
    for language, rows in sorted(costs.items()):
        told, untold, characters = map(sum, zip(*rows, strict=True))
        shares = (decoder.bits(told) / characters, decoder.bits(untold) / characters)
        print(f"| {language}, {len(rows)} gaps | {shares[0]:.2f} | {shares[1]:.2f} |")


@torch.inference_mode()
def measure_end(module: Any, tokens: Sequence[int], count: int) -> float:
    """Return the summed surprise, in nats, of the last `count` tokens."""
    row = torch.tensor([tokens])
    whole = float(summed_surprise(module, row, pad=-1)[0])
    return whole - float(summed_surprise(module, row[:, :-count], pad=-1)[0])
