"""The picture a run begins from: what of it is noised, what is kept, and how the two join in the end."""

from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFilter, ImageOps
from torch import Tensor
from torch.nn import functional as F

from pipelines.image.canvas import Canvas
from pipelines.image.params import ImageParams
from pipelines.image.schedule import add_noise
from pipelines.image.step import Pictures
from pipelines.pictures import read_address

FEATHER = 64  # the seam is this part of the shorter side


class Scene:
    """A start on its canvas, and what of it is to be painted: the mask as `asked`, and its `seam`, which fades in."""

    def __init__(self, params: ImageParams, size: tuple[int, int]) -> None:
        self.picture = fit(read_address(params.start), size)
        self.asked = fit(read_address(params.mask), size) if params.mask else None
        self.seam = feather(self.asked) if self.asked else None

    def finish(self, pictures: Pictures) -> Pictures:
        """Return full pictures whose pixels are the start's own wherever the mask is black."""
        if self.seam is None:
            return pictures
        return tuple(Image.composite(picture, self.picture, self.seam) for picture in pictures)


class Ground:
    """A scene's latents: noised to begin a run of our own loop, and put back at each step where the mask keeps them."""

    def __init__(self, canvas: Canvas, scene: Scene) -> None:
        self.clean: Tensor = canvas.encode(scene.picture)
        self.open = shrink_mask(scene.asked, self.clean) if scene.asked else None

    def noised(self, scheduler: Any, noise: Tensor, timestep: Tensor) -> Tensor:
        """Return the start's latents, one for each noise, as they are at a timestep."""
        return add_noise(scheduler, self.clean.expand_as(noise), noise, timestep)

    def hold(self, latents: Tensor, scheduler: Any, noise: Tensor, timestep: Tensor) -> Tensor:
        """Put back what the mask keeps, at the level of noise that the step begins with."""
        return latents if self.open is None else self._join(latents, self.noised(scheduler, noise, timestep))

    def show(self, latents: Tensor) -> Tensor:
        """Return clean latents with what the mask keeps in its place."""
        return latents if self.open is None else self._join(latents, self.clean)

    def _join(self, painted: Tensor, kept: Tensor) -> Tensor:
        assert self.open is not None
        return kept + self.open * (painted - kept)


def fit(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a picture at a size."""
    return picture if picture.size == size else ImageOps.fit(picture, size, Image.Resampling.LANCZOS)


def feather(mask: Image.Image) -> Image.Image:
    """Return a mask that fades in from its edge inwards, so that what is black in it stays black.

    The mean of the mask and of what is left of it as its edge moves in, pixel by pixel.
    """
    rings = max(1, min(mask.size) // FEATHER)
    left, total = mask, np.zeros((mask.height, mask.width))
    for _ in range(rings):
        total += np.asarray(left)
        left = left.filter(ImageFilter.MinFilter(3))
    return Image.fromarray((total / rings).round().astype(np.uint8))


def shrink_mask(mask: Image.Image, latents: Tensor) -> Tensor:
    """Return `(1, 1, h, w)` shares of what is painted: a latent is free as soon as one of its pixels is."""
    whole = torch.from_numpy(np.array(mask)).float().div(255)[None, None]
    return F.adaptive_max_pool2d(whole, latents.shape[-2:]).to(latents.device)
