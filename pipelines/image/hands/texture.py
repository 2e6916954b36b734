"""Paper, pigment and grain: smooth random fields, made once a process, for pictures of any shape."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
FIELDS = 12


def find_side(picture: Image.Image) -> int:
    """Return the side of the square with as many pixels: what a hand's strokes are measured by."""
    return round(math.sqrt(picture.width * picture.height))


@lru_cache(maxsize=256)
def make_noise(side: int, cells: int, place: int) -> Field:
    """Return one of many smooth random fields in [-1, 1] that vary over about `side / cells` pixels."""
    rng = np.random.default_rng((cells, place))
    field = np.zeros((side, side), np.float32)
    for octave, weight in ((1, 1.0), (2, 0.5), (4, 0.25)):
        grid = rng.uniform(-1, 1, (cells * octave, cells * octave)).astype(np.float32)
        layer = Image.fromarray(grid).resize((side, side), Image.Resampling.BICUBIC)
        field += weight * np.asarray(layer)
    whole: Field = field / np.abs(field).max()
    return whole


def noise(rng: np.random.Generator, shape: tuple[int, ...], cells: int) -> Field:
    """Pick one of a few fields, `cells` across a square of as many pixels, flipped at random: never quite the same.

    `shape` is that of the pixels, height and width first.
    """
    height, width = shape[:2]
    longest = max(height, width)
    across = round(cells * longest / math.sqrt(height * width))
    field = make_noise(longest, across, int(rng.integers(FIELDS)))
    if rng.random() < 0.5:
        field = field[:, ::-1]
    if rng.random() < 0.5:
        field = field.T
    return field[:height, :width]
