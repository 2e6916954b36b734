"""Make the composer: `python -m training composer`."""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pipelines.melody.gap import Gap, lay_out, read_bar
from pipelines.melody.grammar import read_header
from pipelines.melody.score import BAR_TICKS, MELODY, STYLES, Harmony, Sketch, Tone
from pipelines.melody.vocabulary import AT, BAR, FILE, FOR, GIVEN, HEADER_LENGTH, HIT, IDS, VOICES, WORDS, save_words
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
    parser.add_argument("--start", type=Path, help="a saved composer whose weights a new run begins with")
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
    begin = (lambda module: start_from(module, options.start)) if options.start else None
    module = decoder.train_decoder(
        config, lambda step: [draw(step)], options.run, choose_device(options.device), evaluate, begin
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
    rng = np.random.default_rng(seed)
    chosen = [open_gap(tokens, config.extra["gaps"], config.context + 1, rng) for tokens in chosen]
    rows = decoder.pack(chosen, config.context + 1, config.pad)
    print(f"{len(rows):,} rows, {float((rows == config.pad).mean()):.1%} padding")
    return rows


def open_gap(tokens: Tokens, share: float, longest: int, rng: np.random.Generator) -> Tokens:
    """Return a piece, or for a `share` of them one with a gap to be filled: bars, voices, or voices in some bars."""
    if rng.random() >= share:
        return tokens
    sketch = parse(tokens)
    parts, bars = sorted(STYLES[sketch.header.style].parts), sketch.bars
    first, end = 0, bars
    some = len(parts) > 1 and rng.random() < 0.55
    if not some or rng.random() < 0.35:
        length = int(rng.integers(1, min(8, bars) + 1))
        first = int(rng.integers(0, bars - length + 1))
        end = first + length
    made = set(parts)
    if some:
        tune_given = MELODY in parts and rng.random() < 0.5  # the wish that is heard most: harmonise this
        count = int(rng.integers(1, len(parts)))
        made = set(parts) - {MELODY} if tune_given else set(rng.permutation(parts)[:count].tolist())
    words = lay_out(sketch, Gap(first, end, frozenset(made)))
    return np.array(words, np.uint16) if len(words) <= longest else tokens


def parse(tokens: Tokens) -> Sketch:
    """Read an encoded piece back, its grammar taken for granted."""
    header = read_header(tokens[:HEADER_LENGTH].tolist())
    length, begun = BAR_TICKS[header.metre], np.flatnonzero((tokens >= BAR) & (tokens < AT))
    ends = [*begun[1:], len(tokens) - 1]
    bars = [tokens[first + 1 : end].tolist() for first, end in zip(begun, ends, strict=True)]
    events = [event for bar, words in enumerate(bars) for event in read_bar(words, bar * length, length)]
    tones = tuple(event for event in events if isinstance(event, Tone))
    return Sketch(header, len(bars), tones, tuple(event for event in events if isinstance(event, Harmony)))


def start_from(module: Any, folder: Path) -> None:
    """Take over a saved composer, to train it further: it may know fewer words and have fewer layers.

    Words are found by their names. A new layer adds nothing at first: it copies the last one, its outputs are zero.
    """
    from safetensors.torch import load_file

    old = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    named = json.loads((folder / FILE).read_text(encoding="utf-8"))
    table = module.model.embed_tokens.weight.detach().clone()
    for place, word in enumerate(named):
        if word in IDS:
            table[IDS[word]] = old["model.embed_tokens.weight"][place]
    old["model.embed_tokens.weight"] = table
    last = max(int(name.split(".")[2]) for name in old if name.startswith("model.layers."))
    for layer in range(last + 1, len(module.model.layers)):
        for name in [name for name in old if name.startswith(f"model.layers.{last}.")]:
            ends = name.endswith(("o_proj.weight", "down_proj.weight"))
            old[name.replace(f".{last}.", f".{layer}.", 1)] = torch.zeros_like(old[name]) if ends else old[name].clone()
    missing, unexpected = module.load_state_dict(old, strict=False)
    assert set(missing) <= {"lm_head.weight"}, missing
    assert not unexpected, unexpected


def count_notes(pieces: Iterable[Tokens]) -> int:
    """Return how many tones the pieces have."""
    tones = (((tokens >= VOICES[0]) & (tokens < FOR)) | ((tokens >= HIT) & (tokens < GIVEN)) for tokens in pieces)
    return sum(int(tone.sum()) for tone in tones)


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
