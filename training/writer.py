"""Make the writer: `python -m training writer`."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from pipelines.weights import choose_device
from training import decoder, text
from training.decoder import DecoderConfig, Rows, Tokens

CONFIG = Path(__file__).parent / "configs" / "writer.json"


def main(arguments: Sequence[str]) -> None:
    """Train the writer, or go on where an earlier run stopped, and save it in the run folder's `model`."""
    parser = argparse.ArgumentParser(prog="python -m training writer", description=main.__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("runs/writer"))
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--steps", type=int, help="end at this step; lower it to finish a run early")
    options = parser.parse_args(arguments)
    config = DecoderConfig.read(CONFIG)
    if options.steps is not None:
        config = replace(config, loop={**config.loop, "steps": options.steps})
    options.run.mkdir(parents=True, exist_ok=True)

    documents = list(text.read_documents(options.data / "text"))
    tokenizer = load_vocabulary(documents, config, options.run / "model")
    rows = load_rows(documents, tokenizer, config, options.run / "rows.npy")
    held_out = [d for d in documents if text.is_held_out(d)]

    def evaluate(module: nn.Module) -> dict[str, float]:
        return score(module, held_out, tokenizer, config)

    draw = Rows(rows, config.batch, config.loop.get("seed", 0))
    device = choose_device(options.device)
    module = decoder.train_decoder(config, draw, options.run, device, evaluate)
    decoder.save_decoder(module, options.run / "model")
    print(f"saved {options.run / 'model'}")


def load_vocabulary(documents: Sequence[text.Document], config: DecoderConfig, folder: Path) -> Any:
    """Return the tokenizer saved in `folder`; learn it from a sample of the training documents when there is none."""
    from transformers import PreTrainedTokenizerFast

    if not (folder / "tokenizer.json").exists():
        longest = config.extra["vocabulary_sample"]
        sample = (d.text[:longest] for d in documents if not text.is_held_out(d))
        size, characters = config.model["vocab_size"], config.extra["characters"]
        text.learn_vocabulary(sample, size, characters).save_pretrained(folder)
    return PreTrainedTokenizerFast.from_pretrained(folder)


def load_rows(documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig, path: Path) -> Tokens:
    """Return the packed training rows `(n, context + 1)`, kept in a file for the next start."""
    if path.exists():
        kept: Tokens = np.load(path)
        return kept
    seed = config.loop.get("seed", 0)
    sets: dict[str, list[Tokens]] = defaultdict(list)
    training = [d for d in documents if not text.is_held_out(d)]
    for document, tokens in text.lay_out(training, tokenizer, config.context, seed):
        sets[document.set_name].append(tokens)
    for name, arrays in sorted(sets.items()):
        print(f"{name}: {len(arrays):,} passages, {sum(map(len, arrays)):,} tokens")
    chosen = text.mix(sets, config.extra["shares"], config.extra["mix_tokens"], seed)
    rows = decoder.pack(chosen, config.context + 1, config.pad)
    print(f"{len(rows):,} rows, {float((rows == config.pad).mean()):.1%} padding")
    np.save(path, rows)
    return rows


def score(
    module: nn.Module, documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig
) -> dict[str, float]:
    """Return bits per character of the held-out works, set by set; header tokens count as the text's cost."""
    laid = text.lay_out(documents, tokenizer, config.context, seed=1)
    tokens: dict[str, list[Tokens]] = defaultdict(list)
    characters: dict[str, int] = defaultdict(int)
    for document, array in laid:
        tokens[document.set_name].append(array)
    for document in documents:
        characters[document.set_name] += len(document.text)
    return {
        f"bits per character, {name}": decoder.bits(decoder.measure_nats(module, arrays, config)) / characters[name]
        for name, arrays in sorted(tokens.items())
    }
