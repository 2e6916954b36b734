"""Where the patches of our painter's picture lie, for pictures that are not square."""

import math

import torch
from diffusers.models.embeddings import PatchEmbed, get_2d_sincos_pos_embed_from_grid
from torch import Tensor


class Positions(PatchEmbed):  # type: ignore[misc]  # diffusers has no types
    """A PatchEmbed pulls the square it was trained on over the whole of any picture; this one goes half way.

    A tower on a wide canvas would be squat. Here a side that is twice as long as that of the square is a section of
    its picture that is sqrt(2) times as long, in patches sqrt(2) times as dense: the middle between a stretched picture
    and one whose edges the model has never seen. A square of the trained size keeps its positions to the bit.
    """

    def forward(self, latent: Tensor) -> Tensor:
        """Return the patches of `(n, channels, height, width)` latents with their positions: `(n, patches, width)`."""
        embedded: Tensor = self.proj(latent)
        rows, columns = (self._spread(count, latent.device) for count in embedded.shape[-2:])
        grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))
        places: Tensor = get_2d_sincos_pos_embed_from_grid(self.pos_embed.shape[-1], grid, output_type="pt").float()
        placed: Tensor = (embedded.flatten(2).transpose(1, 2) + places).to(embedded.dtype)
        return placed

    def _spread(self, count: int, device: torch.device) -> Tensor:
        from_middle = torch.arange(count, dtype=torch.float32, device=device) - (count - 1) / 2
        base: int = self.base_size
        return from_middle / math.sqrt(count / base) + (base - 1) / 2
