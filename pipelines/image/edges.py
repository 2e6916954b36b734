"""The lines of a picture, white on black, as ControlNets were shown them: Canny's edges, or a sketch's strokes."""

from typing import Any

import numpy as np
from PIL import Image, ImageFilter

Array = np.ndarray[Any, Any]

STRONGEST = 200.0  # edges at this slope always count (of 8 bits, L1, as OpenCV counts it); half of it where they go on
FAINTEST = 50.0
SHARE = 0.93  # in a soft picture, the steepest edges count: this share of its pixels lies below them
STROKE = 128  # a stroke is this part of the shorter side


def trace(picture: Image.Image, kind: str, strokes: Image.Image | None = None) -> Image.Image:
    """Return the lines to follow: for `scribble` the `strokes` drawn (their alpha), or else bold edges."""
    if kind == "canny":
        return find_edges(picture)
    if strokes is not None and strokes.getbbox():
        return strokes.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    bold = 2 * (min(picture.size) // STROKE // 2) + 1
    return find_edges(picture).filter(ImageFilter.MaxFilter(max(3, bold)))


def find_edges(picture: Image.Image) -> Image.Image:
    """Return Canny's edges (1986), one pixel thin: the steepest places across a slope, and what hangs on them."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    across, down = _slope(grey)
    steep = np.abs(across) + np.abs(down)
    ridge = np.where(_is_ridge(steep, across, down), steep, 0)
    high = float(np.clip(np.quantile(steep, SHARE), FAINTEST, STRONGEST))
    return Image.fromarray(_follow(ridge >= high, ridge >= high / 2).astype(np.uint8) * 255)


def _slope(grey: Array) -> tuple[Array, Array]:
    """Return Sobel's slopes to the right and downwards."""
    wide = np.pad(grey, 1, mode="edge")
    smooth_rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    smooth_columns = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    return smooth_rows[:, 2:] - smooth_rows[:, :-2], smooth_columns[2:] - smooth_columns[:-2]


def _is_ridge(steep: Array, across: Array, down: Array) -> Array:
    """Tell where a slope is steepest, looking along it in the nearest of four directions."""
    wide = np.pad(steep, 1)

    def beside(x: int, y: int) -> Array:
        height, width = steep.shape
        # Of two that are alike the first one counts, so that no edge is two pixels wide.
        before = wide[1 - y : 1 - y + height, 1 - x : 1 - x + width]
        after = wide[1 + y : 1 + y + height, 1 + x : 1 + x + width]
        found: Array = (steep > before) & (steep >= after)
        return found

    flat = np.abs(down) < 0.4142 * np.abs(across)
    upright = np.abs(across) < 0.4142 * np.abs(down)
    falling = across * down >= 0
    ridge: Array = np.select([flat, upright, falling], [beside(1, 0), beside(0, 1), beside(1, 1)], beside(1, -1))
    return ridge


def _follow(strong: Array, weak: Array) -> Array:
    """Return the strong pixels and every weak one that a path of weak ones joins to them."""
    kept, free = np.pad(strong, 1).ravel(), np.pad(weak, 1).ravel()
    width = strong.shape[1] + 2
    steps = np.array([-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1])
    front = np.flatnonzero(kept)
    while len(front):
        near = np.unique(front[:, None] + steps)
        front = near[free[near] & ~kept[near]]
        kept[front] = True
    return kept.reshape(strong.shape[0] + 2, width)[1:-1, 1:-1]
