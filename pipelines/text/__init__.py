"""Literature: a decoder that goes on from the artist's page."""

from pipelines.text.params import TextParams
from pipelines.text.pipeline import TextPipeline, TextStep

__all__ = ["TextParams", "TextPipeline", "TextStep"]
