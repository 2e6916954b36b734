"""What a picture's shape does to where our painter believes its patches lie."""

import pytest
import torch
from diffusers.models.embeddings import PatchEmbed

from pipelines.image import ImagePipeline
from pipelines.image.positions import Positions
from tests.pipelines.image.test_pipeline import ask, paint


@pytest.fixture(scope="module")
def pipeline():
    return ImagePipeline.tiny()


def test_a_square_keeps_its_positions_to_the_bit(pipeline):
    positions = pipeline.pipe.transformer.pos_embed
    assert isinstance(positions, Positions)
    side = pipeline.pipe.transformer.config.sample_size
    latents = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    assert torch.equal(positions(latents), PatchEmbed.forward(positions, latents))


def test_a_wide_picture_is_half_stretched_and_half_longer(pipeline):
    positions = pipeline.pipe.transformer.pos_embed
    base = positions.base_size
    places = positions._spread(4 * base, torch.device("cpu"))
    steps = places.diff()
    assert torch.allclose(steps, torch.full_like(steps, 0.5), atol=1e-5)
    assert torch.isclose(places.mean(), torch.tensor((base - 1) / 2))


def test_a_shape_is_painted_whole_and_the_same_again(pipeline):
    wide, again, tall = (
        paint(pipeline, ask(aspect_ratio=shape, size="128"))[-1].pictures[0] for shape in ("16:9", "16:9", "9:16")
    )
    assert (wide.size, tall.size) == ((160, 96), (96, 160))
    assert wide.tobytes() == again.tobytes()
