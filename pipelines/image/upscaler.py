"""An upscaling model of the owner's choosing (Swin2SR): it draws what a resampler can't know."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from pipelines.errors import BrokenModel, OutOfMemory, WrongKind
from pipelines.image.canvas import to_pictures
from pipelines.memory import ran_out, release
from pipelines.weights import name_source, own, read_json

KIND = "Swin2SRForImageSuperResolution"
TILE_PX = 128  # of the picture, what the model is given at once, so that memory doesn't grow with the picture
MARGIN_PX = 16  # around a tile, for its edges to know what lies beyond; cut off again


class Upscaler:
    """A Swin2SR network and what it is called; it holds weights only, so visitors may share it."""

    def __init__(self, model: Any, name: str) -> None:
        self.model, self.name = model.eval(), name
        self.scale = int(model.config.upscale)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype) -> Self:
        """Load a `save_pretrained` folder; raise WrongKind or BrokenModel."""
        from safetensors import SafetensorError
        from transformers import Swin2SRForImageSuperResolution

        config = read_json(folder / "config.json")
        if config.get("architectures") != [KIND] or config.get("num_channels", 3) != 3:
            raise WrongKind(source=name_source(folder), art="upscaling")
        try:
            model = Swin2SRForImageSuperResolution.from_pretrained(folder, dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=name_source(folder)) from error
        if model.config.upscale < 2:  # Swin2SR also cleans pictures without enlarging them
            raise WrongKind(source=name_source(folder), art="upscaling")
        return cls(own(model, device), name_source(folder).rpartition("/")[2])

    def enlarge(self, picture: Image.Image, scale: int) -> Iterator[tuple[int, int, Image.Image | None]]:
        """Yield, tile by tile, how many of how many are done; the last comes with the picture.

        A model of a smaller scale does its work twice; what is larger than asked for is resampled down.
        Raises OutOfMemory.
        """
        passes = math.ceil(math.log(scale) / math.log(self.scale))
        size = (picture.width * scale, picture.height * scale)
        total = sum(_count_tiles(picture.size, self.scale**one) for one in range(passes))
        done = 0
        for _ in range(passes):
            pixels = torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None].float().div(255)
            large = torch.empty((1, 3, picture.height * self.scale, picture.width * self.scale))
            for top in range(0, picture.height, TILE_PX):
                for left in range(0, picture.width, TILE_PX):
                    self._lay_tile(pixels, large, top, left)
                    done += 1
                    if done < total:
                        yield done, total, None
            picture = to_pictures(large.mul(2).sub(1))[0]
        yield total, total, picture.resize(size, Image.Resampling.LANCZOS) if picture.size != size else picture

    @torch.inference_mode()
    def _lay_tile(self, pixels: Tensor, large: Tensor, top: int, left: int) -> None:
        """Enlarge one tile with its margin and lay it, without, in its place."""
        height, width = pixels.shape[-2:]
        above, before = max(0, top - MARGIN_PX), max(0, left - MARGIN_PX)
        bottom, right = min(top + TILE_PX, height), min(left + TILE_PX, width)
        given = pixels[..., above : bottom + MARGIN_PX, before : right + MARGIN_PX]
        window = self.model.config.window_size  # what isn't whole windows, transformers 5.23 pads and then can't unfold
        missing = [-side % window for side in given.shape[-2:]]
        given = F.pad(given, (0, missing[1], 0, missing[0]), mode="replicate")
        try:
            made = self.model(given.to(self.model.device, self.model.dtype)).reconstruction.float().cpu()
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            made = None
        if made is None:  # what the model held is let go of with its error, so no earlier than here
            release()
            raise OutOfMemory
        by = self.scale
        rows, columns = (
            slice((top - above) * by, (bottom - above) * by),
            slice((left - before) * by, (right - before) * by),
        )
        large[..., top * by : bottom * by, left * by : right * by] = made[..., rows, columns]


def _count_tiles(size: tuple[int, int], scale: int) -> int:
    return math.prod(math.ceil(side * scale / TILE_PX) for side in size)
