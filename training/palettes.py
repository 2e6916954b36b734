"""Learn palettes from paintings: `python -m training palettes --data ../shared/data`.

For each painter, the colours of all of their paintings that are there, gathered into a hundred, and how much of the
paintings each covers. All the painters died before 1955; colours are facts, and nothing of a picture is kept.
"""

import argparse
import io
import json
import lzma
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pipelines.image.palettes import FILE, to_oklab, to_srgb

PAINTERS = {
    "monet": ("Claude Monet",),
    "van_gogh": ("Vincent van Gogh",),
    "renoir": ("Pierre-Auguste Renoir",),
    "vermeer": ("Johannes Vermeer",),
    "rembrandt": ("Rembrandt", "Rembrandt van Rijn"),
    "friedrich": ("Caspar David Friedrich",),
    "aivazovsky": ("Ivan Aivazovsky",),
    "kuindzhi": ("Arkhip Kuindzhi",),
    "shishkin": ("Ivan Shishkin",),
    "bruegel": ("Pieter Bruegel the Elder",),
    "homer": ("Winslow Homer",),
    "hammershoi": ("Vilhelm Hammershøi",),
}
COLOURS = 100
SIDE_PX = 96  # of a painting as it is looked at
BORDER = 0.06  # of a side: frames, and the edges of photographs
ROUNDS = 40


def open_paintings(folder: Path, names: Sequence[str]) -> Iterator[Image.Image]:
    """Yield a painter's paintings, each once: the whole one rather than a cut of it."""
    with lzma.open(folder / "paintings.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["artist"] in names]
    rows.sort(key=lambda row: "crop" not in row["view"])  # of two rows of one painting the later stays
    whole = {(row["source"], row["title"]): row["file"] for row in rows}
    with zipfile.ZipFile(folder / "paintings.zip") as store:
        for file in whole.values():
            yield Image.open(io.BytesIO(store.read(file))).convert("RGB")


def gather(pictures: Sequence[Image.Image], seed: int) -> tuple[list[list[int]], list[int]]:
    """Return COLOURS colours as sRGB, light ones first, and how many in ten thousand pixels are like each."""
    looked = []
    for picture in pictures:
        width, height = picture.size
        edge = (width * BORDER, height * BORDER, width * (1 - BORDER), height * (1 - BORDER))
        small = picture.crop(edge).resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
        looked.append(to_oklab(np.asarray(small)).reshape(-1, 3))
    pixels = torch.from_numpy(np.concatenate(looked))
    dice = torch.Generator().manual_seed(seed)
    centres = pixels[torch.randperm(len(pixels), generator=dice)[:COLOURS]]
    for _ in range(ROUNDS):
        nearest = torch.cdist(pixels, centres).argmin(1)
        counts = torch.bincount(nearest, minlength=COLOURS)
        sums = torch.zeros_like(centres).index_add_(0, nearest, pixels)
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], centres)
    order = centres[:, 0].argsort(descending=True)
    shares = (counts[order] * 10_000 / len(pixels)).round().int().clamp(min=1)
    return to_srgb(centres[order].numpy()).tolist(), shares.tolist()


def main(arguments: Sequence[str]) -> None:
    """Write the palettes where the painting pipeline reads them."""
    parser = argparse.ArgumentParser(prog="python -m training palettes", description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    palettes = {}
    for painter, names in PAINTERS.items():
        pictures = list(open_paintings(options.data / "images", names))
        colours, shares = gather(pictures, options.seed)
        palettes[painter] = {"colours": colours, "shares": shares}
        print(f"{painter}: {len(pictures)} paintings")
    options.out.write_text(json.dumps(palettes, separators=(",", ":")) + "\n", encoding="utf-8")
