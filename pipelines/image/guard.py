"""A painter's own safety checker: in a moderated studio no picture that it flags is shown, kept or gone on from."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

from pipelines.errors import BrokenModel
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
        """Load the checker of a painter's folder; None where the model has none. Raises BrokenModel."""
        if read_json(folder / "model_index.json").get(PART, [None])[1:] != [KIND]:  # type: ignore[index]
            return None
        from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
        from safetensors import SafetensorError
        from transformers import CLIPImageProcessor

        try:
            variant = HALF if any((folder / PART).glob(f"*.{HALF}.*")) else None
            checker = StableDiffusionSafetyChecker.from_pretrained(
                folder / PART, dtype=torch.float32, variant=variant, use_safetensors=True
            )
            extractor = CLIPImageProcessor.from_pretrained(folder / "feature_extractor")
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=name_source(folder)) from error
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
        pixels = self.extractor(images=list(pictures), return_tensors="pt").pixel_values.to(self.checker.device)
        _, flags = self.checker(clip_input=pixels, images=[np.zeros(1)] * len(pictures))
        return tuple(_blank(one) if flag else one for one, flag in zip(pictures, flags, strict=True))


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
