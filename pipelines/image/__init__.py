"""Painting: text to pictures, steered while they clear."""

from pipelines.image.params import STYLES, ImageParams, full_prompt
from pipelines.image.pipeline import ImagePipeline
from pipelines.image.step import ImageStep

__all__ = ["STYLES", "ImageParams", "ImagePipeline", "ImageStep", "full_prompt"]
