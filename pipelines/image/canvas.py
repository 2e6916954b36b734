"""Between latents and pictures: noise from seeds, quick previews, the full decode."""

from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from pipelines.image.step import Pictures
from pipelines.image.tiling import wrapping
from pipelines.memory import ran_out, release


def draw_noise(shape: tuple[int, ...], seed: int, count: int) -> Tensor:
    """Return `(count, *shape)` unit noise; picture i depends on seed + i alone, whatever the device."""
    dice = [torch.Generator().manual_seed((seed + i) % 2**63) for i in range(count)]
    return torch.stack([torch.randn(shape, generator=one) for one in dice])


def to_pictures(pixels: Tensor) -> Pictures:
    """Turn `(n, 3, height, width)` in [-1, 1] into PIL pictures."""
    clean = torch.nan_to_num(pixels.float()).clamp(-1, 1).add(1).mul(127.5).round()
    rows = clean.permute(0, 2, 3, 1).to("cpu", torch.uint8).numpy()
    return tuple(Image.fromarray(row) for row in rows)


class Canvas:
    """A pipeline's autoencoder, and a cheap linear look at its latents; it runs on `device`, wherever its weights lie.

    A latent of an autoencoder made for films (Qwen-Image) is taken as that of a film of one picture.
    """

    def __init__(self, vae: Any, device: torch.device) -> None:
        self.vae: Any = vae
        self.device = device
        config = vae.config
        self.film = hasattr(config, "z_dim")
        self.channels: int = config.z_dim if self.film else config.latent_channels
        self.shift, self.scaling = self._read_statistics(config)
        self.plain = self.channels == 3  # our painter's latents are small pictures already
        if self.plain:  # all convolutions: on a CPU it decodes in three fifths of the time
            vae.to(memory_format=torch.channels_last)
        blocks = (getattr(config, name, None) for name in ("decoder_block_out_channels", "block_out_channels"))
        levels: Any = config.dim_mult if self.film else next(filter(None, blocks), "x")
        self.scale = 2 ** (len(levels) - 1)  # pixels a latent, along a side
        self._map: tuple[Tensor, Tensor] | None = None

    def _read_statistics(self, config: Any) -> tuple[Any, Any]:
        """Return the mean of the latents and the factor that makes them ones of unit size."""
        if not self.film:
            return getattr(config, "shift_factor", None) or 0.0, getattr(config, "scaling_factor", 1.0) or 1.0
        means, widths = (
            torch.tensor(list(row), device=self.device)[:, None, None]
            for row in (config.latents_mean, config.latents_std)
        )
        return means, 1 / widths

    @torch.inference_mode()
    def encode(self, picture: Image.Image) -> Tensor:
        """Return the `(1, channels, h, w)` latents of a picture; nothing in it is left to chance."""
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].to(self.device).float().div(127.5).sub(1)
        if self.plain:
            return F.interpolate(pixels, scale_factor=1 / self.scale, mode="area")
        pixels = pixels.to(self.vae.dtype)
        found = self.vae.encode(pixels[:, :, None] if self.film else pixels)
        latents: Tensor = found.latents if hasattr(found, "latents") else found.latent_dist.mode()
        flat = latents[:, :, 0] if self.film else latents
        unit: Tensor = (flat.float() - self.shift) * self.scaling
        return unit

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> Pictures:
        """Return the full pictures of `(n, channels, h, w)` latents; in tiles, one by one, where memory is short."""
        try:
            return to_pictures(self._decode(latents))
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error) or not hasattr(self.vae, "enable_tiling"):
                raise
        release()
        self.vae.enable_tiling()
        try:
            with wrapping("none"):  # a tile of the decoder has no opposite edge
                return tuple(picture for row in latents for picture in to_pictures(self._decode(row[None])))
        finally:
            self.vae.disable_tiling()

    def _decode(self, latents: Tensor) -> Tensor:
        given = (latents.to(self.device) / self.scaling + self.shift).to(self.vae.dtype)
        made: Tensor = self.vae.decode(given[:, :, None] if self.film else given).sample
        return made[:, :, 0] if self.film else made

    @torch.inference_mode()
    def preview(self, latents: Tensor) -> Pictures:
        """Return small pictures, one pixel a latent, at next to no cost."""
        if self.plain:
            return to_pictures(latents)
        if latents.shape[1] != self.channels:
            return ()
        weight, bias = self._map = self._map or self._fit()
        flat = torch.einsum("nchw,cr->nrhw", latents.float().cpu(), weight) + bias[:, None, None]
        return to_pictures(flat)

    def _fit(self) -> tuple[Tensor, Tensor]:
        """Fit the best linear map from a latent pixel to a colour, on a few latents of random soft blots."""
        dice = torch.Generator().manual_seed(0)
        blots = torch.randn((4, self.channels, 4, 4), generator=dice)
        latents = F.interpolate(blots, scale_factor=2.0, mode="bilinear") * 1.2
        colours = F.adaptive_avg_pool2d(self._decode(latents).float().cpu(), 8)
        rows = latents.permute(0, 2, 3, 1).reshape(-1, self.channels)
        rows = torch.cat((rows, torch.ones(len(rows), 1)), 1)
        goal = colours.permute(0, 2, 3, 1).reshape(-1, 3)
        # Ridge regression in float64: a random decoder in a test may well be flat.
        gram = rows.T.double() @ rows.double() + 1e-3 * torch.eye(self.channels + 1, dtype=torch.float64)
        found = torch.linalg.solve(gram, rows.T.double() @ goal.double()).float()
        return found[:-1], found[-1]
