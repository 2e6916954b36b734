"""Painting: text to pictures, steered while they clear."""

from pipelines.image.params import ImageParams, full_prompt
from pipelines.image.pipeline import ImagePipeline
from pipelines.image.step import ImageStep
from pipelines.image.styles import STYLES

__all__ = ["STYLES", "ImageParams", "ImagePipeline", "ImageStep", "full_prompt"]
