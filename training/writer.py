"""Make the writer: `python -m training writer`."""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from pipelines.text.prompt import LANGUAGES, token
from pipelines.weights import choose_device
from training import decoder, scores, text
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
    starts = tokenizer.convert_tokens_to_ids([token(language) for language in LANGUAGES])
    config = replace(config, starts=tuple(starts))
    draw = load_lessons(documents, tokenizer, config, options.run)
    held_out = [d for d in documents if text.is_held_out(d)]

    def evaluate(module: nn.Module) -> dict[str, float]:
        found = scores.score(partial(decoder.measure_nats, module, config=config), held_out, tokenizer, config)
        return {f"bits per character, {name}": bits for name, bits in found.items()}

    module = decoder.train_decoder(config, draw, options.run, choose_device(options.device), evaluate)
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


def load_lessons(
    documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig, folder: Path
) -> Callable[[int], list[Tensor]]:
    """Return what each batch reads: short rows, and towards the end of the run long ones too.

    Most works are short, and short rows cost least; the long ones then teach to keep a longer page in mind.
    """
    seed, loop = config.loop.get("seed", 0), config.loop
    short, long = config.extra["short"], config.extra["long"]
    training = [d for d in documents if not text.is_held_out(d)]
    first, second = (
        load_rows(training, tokenizer, config, kind, folder / name)
        for kind, name in ((short, "short.npy"), (long, "long.npy"))
    )
    turn = int(loop["steps"] * config.extra["begins"]) * loop.get("threads", 1)
    early = Rows(first, short["rows"], seed)
    late = Rows(first, long["short_rows"], seed, start=turn * short["rows"])
    whole = Rows(second, long["rows"], seed)
    return lambda batch: [early(batch)] if batch < turn else [late(batch - turn), whole(batch - turn)]


def load_rows(
    documents: Sequence[text.Document], tokenizer: Any, config: DecoderConfig, kind: dict[str, Any], path: Path
) -> Tokens:
    """Return packed training rows `(n, context + 1)` of one kind, kept in a file for the next start."""
    if path.exists():
        kept: Tokens = np.load(path)
        return kept
    seed, context = config.loop.get("seed", 0), kind["context"]
    sets: dict[str, list[Tokens]] = defaultdict(list)
    laid = text.lay_out(documents, tokenizer, context, seed, config.extra["gaps"], kind.get("shortest", 0))
    for document, tokens in laid:
        sets[document.set_name].append(tokens)
    for name, arrays in sorted(sets.items()):
        print(f"{name}: {len(arrays):,} passages, {sum(map(len, arrays)):,} tokens")
    chosen = text.mix(sets, kind["shares"], kind["mix_tokens"], seed)
    rows = decoder.pack(chosen, context + 1, config.pad)
    print(f"{path.stem}: {len(rows):,} rows, {float((rows == config.pad).mean()):.1%} padding", flush=True)
    np.save(path, rows)
    return rows
