"""The families whose denoising loop is our own: how each encodes words and predicts from a noisy latent."""

import copy
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Words:
    """Encoded text: `(1, words, width)` states, with whatever else the family needs."""

    states: Tensor
    mask: Tensor | None = None
    pooled: Tensor | None = None


class Denoiser(Protocol):
    """What the loop needs to know of a family."""

    latent_channels: int
    latent_scale: int
    guided_inside: bool

    def encode(self, text: str) -> Words:
        """Encode one prompt."""
        ...

    def predict(self, latents: Tensor, timestep: Tensor, words: list[Words], guidance: float, side: int) -> Tensor:
        """Predict for each latent with its words; both have the same length."""
        ...


class PainterDenoiser:
    """Our painter: a PixArt transformer over pictures, conditioned on a small text encoder of its own."""

    guided_inside = False

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe
        self.latent_channels = pipe.transformer.config.in_channels
        self.latent_scale = pipe.vae_scale_factor
        self.length = min(pipe.tokenizer.model_max_length, pipe.text_encoder.config.max_position_embeddings)

    def encode(self, text: str) -> Words:
        """Encode one prompt; lower case, as the captions were."""
        device = self.pipe.transformer.device
        found = self.pipe.tokenizer(
            text.lower(), padding="max_length", truncation=True, max_length=self.length, return_tensors="pt"
        ).to(device)
        states = self.pipe.text_encoder(found.input_ids, attention_mask=found.attention_mask)[0]
        return Words(states, found.attention_mask)

    def predict(self, latents: Tensor, timestep: Tensor, words: list[Words], guidance: float, side: int) -> Tensor:
        """Predict for each latent with its words."""
        used = max(int(w.mask.sum()) for w in words if w.mask is not None)
        states = torch.cat([w.states[:, :used] for w in words])
        mask = torch.cat([w.mask[:, :used] for w in words if w.mask is not None])
        transformer = self.pipe.transformer
        predicted: Tensor = transformer(
            latents.to(transformer.dtype),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            timestep=timestep.expand(len(latents)),
            return_dict=False,
        )[0]
        return predicted


class UNetDenoiser:
    """Stable Diffusion 1, 2 and XL and what was distilled from them."""

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe
        self.large = hasattr(pipe, "text_encoder_2")
        self.latent_channels = pipe.unet.config.in_channels
        self.latent_scale = pipe.vae_scale_factor
        self.guided_inside = bool(pipe.unet.config.time_cond_proj_dim)  # LCM: guidance is an input

    def encode(self, text: str) -> Words:
        """Encode one prompt with the pipeline's own text encoders."""
        found = self.pipe.encode_prompt(
            prompt=text, device=self.pipe.unet.device, num_images_per_prompt=1, do_classifier_free_guidance=False
        )
        return Words(found[0], pooled=found[2]) if self.large else Words(found[0])

    def predict(self, latents: Tensor, timestep: Tensor, words: list[Words], guidance: float, side: int) -> Tensor:
        """Predict for each latent with its words."""
        unet = self.pipe.unet
        extra: dict[str, Any] = {}
        if self.large:
            ids = torch.tensor([[side, side, 0, 0, side, side]], dtype=unet.dtype, device=unet.device)
            pooled = torch.cat([w.pooled for w in words if w.pooled is not None])
            extra["added_cond_kwargs"] = {"text_embeds": pooled, "time_ids": ids.repeat(len(latents), 1)}
        if self.guided_inside:
            scale = torch.full((len(latents),), max(0.0, guidance - 1))
            extra["timestep_cond"] = self.pipe.get_guidance_scale_embedding(
                scale, embedding_dim=unet.config.time_cond_proj_dim
            ).to(unet.device, unet.dtype)
        predicted: Tensor = unet(
            latents.to(unet.dtype),
            timestep,
            encoder_hidden_states=torch.cat([w.states for w in words]),
            return_dict=False,
            **extra,
        )[0]
        return predicted


def fresh_scheduler(pipe: Any) -> Any:
    """Return a scheduler for one run: it keeps state, so two visitors must never share one."""
    return type(pipe.scheduler).from_config(copy.deepcopy(dict(pipe.scheduler.config)))


def choose_denoiser(pipe: Any) -> Denoiser | None:
    """Return the family's denoiser, or None where the pipeline must run its own loop."""
    name = type(pipe).__name__
    if name in ("StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline"):
        return UNetDenoiser(pipe)
    if name == "PixArtAlphaPipeline":
        config = pipe.transformer.config
        if config.out_channels == config.in_channels and not pipe.transformer.use_additional_conditions:
            return PainterDenoiser(pipe)
    return None
