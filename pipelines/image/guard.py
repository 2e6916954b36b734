"""A painter's own safety checker: in a moderated studio no picture that it flags is shown, kept or gone on from."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

from pipelines.errors import CheckerUnfit
from pipelines.image.step import ImageStep, Pictures
from pipelines.weights import HALF, name_source, own, read_json

PART = "safety_checker"
KIND = "StableDiffusionSafetyChecker"
HELD_BACK = "held_back"  # the mark in a picture's info
PAPER = (214, 208, 196)
VEIL_PX = 10  # a preview keeps so many pixels a side: what it will be can't be told


class Guard:
    """Looks at what a painter has painted, with the checker that came with it."""

    def __init__(self, checker: Any, extractor: Any) -> None:
        self.checker, self.extractor = checker, extractor

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Self | None:
        """Load the checker of a painter's folder; None where the model names none. Raises CheckerUnfit.

        One that can't be trusted is refused: transformers would make up the weights that a file lacks, and where there
        is NaN no picture is ever flagged.
        """
        named = read_json(folder / "model_index.json").get(PART) or [None, None]
        if named == [None, None]:
            return None
        unfit = CheckerUnfit(source=name_source(folder))
        if not isinstance(named, list) or named[-1] != KIND:
            raise unfit
        from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
        from safetensors import SafetensorError
        from transformers import CLIPImageProcessor

        try:
            variant = HALF if any((folder / PART).glob(f"*.{HALF}.*")) else None
            checker, told = StableDiffusionSafetyChecker.from_pretrained(
                folder / PART, dtype=torch.float32, variant=variant, use_safetensors=True, output_loading_info=True
            )
            extractor = CLIPImageProcessor.from_pretrained(folder / "feature_extractor")
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, ImportError, SafetensorError) as error:
            raise unfit from error
        if told["missing_keys"] or not all(weights.isfinite().all() for weights in checker.parameters()):
            raise unfit
        return cls(own(checker, device).eval(), extractor)

    def watch(self, steps: Generator[ImageStep]) -> Iterator[ImageStep]:
        """Yield the steps with veiled previews, and with finished pictures of which the flagged ones are held back."""
        try:
            for step in steps:
                yield self._look_at(step)
        finally:
            steps.close()

    def _look_at(self, step: ImageStep) -> ImageStep:
        previews, pictures = tuple(map(veil, step.previews)), self.hold_back(step.pictures)
        return replace(step, previews=previews, pictures=pictures, decode=lambda: self.hold_back(step.decode()))

    @torch.inference_mode()
    def hold_back(self, pictures: Pictures) -> Pictures:
        """Return the pictures with a blank sheet, marked HELD_BACK, in the place of each that is flagged."""
        if not pictures:
            return ()
        return tuple(_blank(picture) if self._flags(picture) else picture for picture in pictures)

    def _flags(self, picture: Image.Image) -> bool:
        squares = cut_squares(picture)
        pixels = self.extractor(images=squares, return_tensors="pt").pixel_values.to(self.checker.device)
        _, flags = self.checker(clip_input=pixels, images=[np.zeros(1)] * len(squares))
        return any(flags)


def cut_squares(picture: Image.Image) -> list[Image.Image]:
    """Return squares that cover a picture; of a long one the extractor would look at the middle alone."""
    side, length = sorted(picture.size)
    count = -(-length // side)
    starts = [round(place * (length - side) / max(1, count - 1)) for place in range(count)]
    corners = [(start, 0) if picture.width > picture.height else (0, start) for start in starts]
    return [picture.crop((left, top, left + side, top + side)) for left, top in corners]


def is_held_back(picture: Image.Image) -> bool:
    """Tell whether a picture is the blank sheet in the place of another."""
    return HELD_BACK in picture.info


def veil(picture: Image.Image) -> Image.Image:
    """Return a preview in which only patches of colour are left."""
    few = picture.resize((VEIL_PX, VEIL_PX), Image.Resampling.BOX)
    return few.resize(picture.size, Image.Resampling.BICUBIC)


def _blank(picture: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", picture.size, PAPER)
    sheet.info[HELD_BACK] = True
    return sheet
