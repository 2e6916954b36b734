"""Room for more picture: the start moved aside or made smaller on its canvas, and a mask of what is new."""

from typing import Any

import numpy as np
from PIL import Image, ImageFilter

DIRECTIONS = ("left", "right", "up", "down", "out")
SHARE = 0.375  # of the canvas is new, where the picture moves aside
SMALLER = 0.625  # of its size is left, where the view widens
OVERLAP = 8  # the seam takes this part of the shorter side from the old picture


def extend(picture: Image.Image, direction: str) -> tuple[Image.Image, Image.Image]:
    """Return a start and a mask of the picture's own size, with new room on one side, or all round for `out`.

    The new room is filled with the picture's edge, softened the further it lies from it, for the colours to join.
    """
    width, height = picture.size
    if direction == "out":
        old = picture.resize((round(width * SMALLER), round(height * SMALLER)), Image.Resampling.LANCZOS)
        at = ((width - old.width) // 2, (height - old.height) // 2)
    else:
        across, down = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1)}[direction]
        at = (round(across * width * SHARE), round(down * height * SHARE))
        old = picture
    box = (max(0, at[0]), max(0, at[1]), min(width, at[0] + old.width), min(height, at[1] + old.height))
    seen = old.crop((box[0] - at[0], box[1] - at[1], box[2] - at[0], box[3] - at[1]))
    return _fill(seen, box, picture.size), _mask(box, picture.size)


def _fill(seen: Image.Image, box: tuple[int, int, int, int], size: tuple[int, int]) -> Image.Image:
    left, top, right, bottom = box
    around = ((top, size[1] - bottom), (left, size[0] - right), (0, 0))
    stretched = Image.fromarray(np.pad(np.asarray(seen), around, mode="edge"))
    soft = stretched.filter(ImageFilter.GaussianBlur(min(size) / 20))
    soft.paste(seen, box[:2])
    return soft


def _mask(box: tuple[int, int, int, int], size: tuple[int, int]) -> Image.Image:
    """Return white where the room is new, fading out over a seam inside the old picture."""
    seam = min(size) // OVERLAP
    across = _fade(box[0], box[2], size[0], seam)[None, :]
    down = _fade(box[1], box[3], size[1], seam)[:, None]
    return Image.fromarray(np.maximum(across, down).round().astype(np.uint8))


def _fade(first: int, last: int, length: int, seam: int) -> np.ndarray[Any, Any]:
    """Return 255 outside of `first` to `last`, 0 well inside; no seam along the canvas's own edge."""
    place = np.arange(length) + 0.5
    inside = np.minimum(
        place - first if first > 0 else np.full(length, np.inf),
        last - place if last < length else np.full(length, np.inf),
    )
    faded: np.ndarray[Any, Any] = np.clip(1 - inside / seam, 0, 1) * 255
    return faded
