"""Make the composer: `python -m training composer`."""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import nn

from pipelines.melody.vocabulary import FOR, VOICES, WORDS, save_words
from pipelines.weights import choose_device
from training import decoder, music, text
from training.decoder import DecoderConfig, Rows, Tokens
from training.markov import measure_markov

MARKOV_WORDS = 1_000_000
CONFIG = Path(__file__).parent / "configs" / "composer.json"
Sets = dict[str, list[Tokens]]


def main(arguments: Sequence[str]) -> None:
    """Train the composer, or go on where an earlier run stopped, and save it in the run folder's `model`."""
    parser = argparse.ArgumentParser(prog="python -m training composer", description=main.__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("runs/composer"))
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--steps", type=int, help="end at this step; lower it to finish a run early")
    options = parser.parse_args(arguments)
    config = DecoderConfig.read(CONFIG)
    assert config.model["vocab_size"] == len(WORDS), "the configuration and the vocabulary differ"
    if options.steps is not None:
        config = replace(config, loop={**config.loop, "steps": options.steps})
    options.run.mkdir(parents=True, exist_ok=True)

    training, held_out = load_sets(options.data / "music", config, options.run / "pieces.npz")
    rows = lay_rows(training, config)

    def evaluate(module: nn.Module) -> dict[str, float]:
        return score(module, training, held_out, config)

    draw = Rows(rows, config.batch, config.loop.get("seed", 0))
    module = decoder.train_decoder(
        config, lambda step: [draw(step)], options.run, choose_device(options.device), evaluate
    )
    save(module, options.run / "model")
    print(f"saved {options.run / 'model'}")


def load_sets(folder: Path, config: DecoderConfig, kept: Path) -> tuple[Sets, Sets]:
    """Return the encoded pieces by style, for training and held out; kept in a file for the next start."""
    if not kept.exists():
        encoded: Sets = defaultdict(list)
        pieces = music.read_pieces(folder)
        for piece, tokens in music.encode_set(pieces, config.context + 1, config.extra["bars_wanted"]):
            which = "held out" if piece.held_out else "training"
            encoded[f"{which}/{piece.style}"].append(np.array(tokens, np.uint16))
        flat = {name: np.concatenate(arrays) for name, arrays in encoded.items()}
        ends = {f"{name}/ends": np.cumsum([len(a) for a in arrays])[:-1] for name, arrays in encoded.items()}
        np.savez_compressed(kept, **flat, **ends)  # type: ignore[arg-type]
    training, held_out = load_pieces(kept)
    for style in sorted(training):
        count = sum(map(len, training[style]))
        print(f"{style}: {len(training[style]):,} cuts, {count:,} words; {len(held_out[style])} held out")
    return training, held_out


def load_pieces(kept: Path) -> tuple[Sets, Sets]:
    """Return what `load_sets` kept."""
    with np.load(kept) as file:
        names = [name for name in file.files if not name.endswith("/ends")]
        sets = {name: np.split(file[name], file[f"{name}/ends"]) for name in names}
    training = {name.split("/")[1]: arrays for name, arrays in sets.items() if name.startswith("training")}
    held_out = {name.split("/")[1]: arrays for name, arrays in sets.items() if name.startswith("held out")}
    return training, held_out


def lay_rows(training: Sets, config: DecoderConfig) -> Tokens:
    """Return the packed training rows `(n, context + 1)`, each style with its share."""
    seed = config.loop.get("seed", 0)
    chosen = text.mix(training, config.extra["shares"], config.extra["mix_tokens"], seed)
    rows = decoder.pack(chosen, config.context + 1, config.pad)
    print(f"{len(rows):,} rows, {float((rows == config.pad).mean()):.1%} padding")
    return rows


def count_notes(pieces: Iterable[Tokens]) -> int:
    """Return how many tones the pieces have."""
    return sum(int(((tokens >= VOICES[0]) & (tokens < FOR)).sum()) for tokens in pieces)


def score(module: nn.Module, training: Sets, held_out: Sets, config: DecoderConfig) -> dict[str, float]:
    """Return nats per note on the held-out pieces, style by style, beside a Markov chain's on up to a million words."""
    scores: dict[str, float] = {}
    for style, pieces in sorted(held_out.items()):
        notes = count_notes(pieces)
        scores[f"nats per note, {style}"] = decoder.measure_nats(module, pieces, config) / notes
        scores[f"nats per note, {style}, Markov"] = measure_markov(_first(training[style]), pieces, len(WORDS)) / notes
    return scores


def _first(pieces: Iterable[Tokens]) -> Iterator[Tokens]:
    """Yield pieces up to MARKOV_WORDS words: a chain's tables grow to gigabytes on all of them."""
    words = 0
    for tokens in pieces:
        words += len(tokens)
        if words > MARKOV_WORDS:
            return
        yield tokens


def save(module: nn.Module, folder: Path) -> None:
    """Save the model with its vocabulary beside it."""
    decoder.save_decoder(module, folder)
    save_words(folder)
