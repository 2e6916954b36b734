"""Soft masks, made once a process."""

from functools import lru_cache

import numpy as np
from PIL import Image


@lru_cache(maxsize=64)
def soft_disc(size: int, strength: int) -> Image.Image:
    """Return a round mask that fades to nothing at its edge; the centre has opacity `strength` of 255."""
    side = 96
    axis = (np.arange(side) + 0.5) / side * 2 - 1
    distance = np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    opacity = np.clip(1 - distance, 0, 1) ** 1.6 * strength
    return Image.fromarray(opacity.astype(np.uint8)).resize((size, size), Image.Resampling.BILINEAR)
