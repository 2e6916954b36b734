"""Paper, pigment and softness: noise fields and soft masks, made once a process."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
FIELDS = 12


@lru_cache(maxsize=64)
def soft_disc(size: int, strength: int) -> Image.Image:
    """Return a round mask that fades to nothing at its edge; the centre has opacity `strength` of 255."""
    side = 96
    axis = (np.arange(side) + 0.5) / side * 2 - 1
    distance = np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    opacity = np.clip(1 - distance, 0, 1) ** 1.6 * strength
    return Image.fromarray(opacity.astype(np.uint8)).resize((size, size), Image.Resampling.BILINEAR)


@lru_cache(maxsize=8)
def noise_bank(side: int, cells: int) -> list[Field]:
    """Return smooth random fields in [-1, 1] that vary over about `side / cells` pixels."""
    rng = np.random.default_rng(cells)
    bank = []
    for _ in range(FIELDS):
        field = np.zeros((side, side), np.float32)
        for octave, weight in ((1, 1.0), (2, 0.5), (4, 0.25)):
            grid = rng.uniform(-1, 1, (cells * octave, cells * octave)).astype(np.float32)
            layer = Image.fromarray(grid).resize((side, side), Image.Resampling.BICUBIC)
            field += weight * np.asarray(layer)
        bank.append(field / np.abs(field).max())
    return bank


def noise(rng: np.random.Generator, side: int, cells: int) -> Field:
    """Pick one field of the bank, flipped at random: cheap and never quite the same."""
    field = noise_bank(side, cells)[int(rng.integers(FIELDS))]
    if rng.random() < 0.5:
        field = field[:, ::-1]
    if rng.random() < 0.5:
        field = field.T
    return field
