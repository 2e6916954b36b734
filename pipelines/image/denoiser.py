"""The families whose denoising loop is our own: how each encodes words and predicts from a noisy latent."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import torch
from torch import Tensor

from pipelines.image.control import Control
from pipelines.image.emphasis import scale_states, split_long, weigh_tokens
from pipelines.image.hands import HandWords
from pipelines.image.lexicon import Lexicon, Reading
from pipelines.image.positions import Positions
from pipelines.image.wording import Weighted, join_parts, lower, read_parts

MOST_LACKING = 4
Size = tuple[int, int]  # width and height in pixels


@dataclass(frozen=True)
class Words:
    """Encoded text: `(1, words, width)` states, with whatever else the family needs.

    Where there are `terms`, the prediction is the sum of theirs, each times its share; the shares add up to 1.
    `hands` finish the picture, each with its share. `reader` is the one of several painters that encoded the text,
    `readings` what each of them makes of it.
    """

    states: Tensor
    mask: Tensor | None = None
    pooled: Tensor | None = None
    terms: tuple[tuple[float, "Words"], ...] = ()
    hands: Mapping[str, float] = field(default_factory=dict)
    reader: Any = None
    readings: Mapping[Any, "Words"] = field(default_factory=dict)


class Denoiser(Protocol):
    """What the loop needs to know of a family."""

    latent_channels: int
    latent_scale: int
    guided_inside: bool

    def encode(self, text: str) -> Words:
        """Encode one prompt."""
        ...

    def mix(self, one: Words, other: Words, share: float) -> Words:
        """Go from one text towards another: 0 is the one, 1 the other."""
        ...

    def oppose(self, unwanted: Words, wanted: Words) -> Words:
        """Return the words that guidance leads away from, on its way to the wanted ones."""
        ...

    def predict(
        self,
        latents: Tensor,
        timestep: Tensor,
        words: list[Words],
        guidance: float,
        size: Size,
        control: Control | None,
    ) -> Tensor:
        """Predict for each latent with its words; both have the same length. `size` is that of the pictures."""
        ...


class PainterDenoiser:
    """Our painter: a PixArt transformer over pictures, conditioned on a small text encoder of its own."""

    guided_inside = False

    def __init__(self, pipe: Any, lexicon: Lexicon | None = None, hands: HandWords | None = None) -> None:
        self.pipe, self.lexicon, self.hands = pipe, lexicon, hands
        pipe.transformer.pos_embed.__class__ = Positions  # the weights and their names stay
        self.latent_channels = pipe.transformer.config.in_channels
        self.latent_scale = pipe.vae_scale_factor
        self.length = min(pipe.tokenizer.model_max_length, pipe.text_encoder.config.max_position_embeddings)

    def encode(self, text: str) -> Words:
        """Encode one prompt; lower case, as the captions were."""
        device = self.pipe._execution_device
        weighted = self.fold(text)
        hands, weighted = self.hands.take(weighted) if self.hands else ({}, weighted)
        found = self.pipe.tokenizer(
            weighted.text, padding="max_length", truncation=True, max_length=self.length, return_tensors="pt",
            return_offsets_mapping=True,
        ).to(device)  # fmt: skip
        weights = weigh_tokens(weighted, found.offset_mapping[0].tolist())
        whole = self._read(found.input_ids, found.attention_mask)
        terms = []
        for weight in sorted(set(weights) - {1.0}, key=lambda weight: -abs(weight - 1))[:MOST_LACKING]:
            kept = torch.tensor([[other != weight for other in weights]], device=device)
            terms.append((1 - weight, self._read(found.input_ids, found.attention_mask * kept)))
        share = 1 - sum(share for share, _ in terms)
        return replace(whole, terms=((share, whole), *terms) if terms else (), hands=hands)

    def fold(self, text: str) -> Weighted:
        """Return a prompt in lower case and, where it is known what they are, in known words alone."""
        weighted = join_parts(read_parts(text))
        small = replace(weighted, text=lower(weighted.text))
        return self.lexicon.fold(small) if self.lexicon else small

    def find_unknown(self, text: str) -> list[Reading]:
        """Return the words of a prompt that this painter takes for others or ignores."""
        small = lower(join_parts(read_parts(text)).text)
        return list(self.lexicon.find_unknown(small)) if self.lexicon else []

    def mix(self, one: Words, other: Words, share: float) -> Words:
        """Go from one text towards another.

        States half way between two say nothing that this painter knows: each text has its say in the prediction.
        """
        sides = ((1 - share, one), (share, other))
        terms = ((part * whole, term) for part, words in sides for whole, term in words.terms or ((1.0, words),))
        hands: dict[str, float] = {}
        for part, words in sides:
            for name, weight in words.hands.items():
                hands[name] = hands.get(name, 0.0) + part * weight
        return replace(one, terms=tuple((part, term) for part, term in terms if part), hands=hands)

    def oppose(self, unwanted: Words, wanted: Words) -> Words:
        """Return the unwanted words as they are."""
        return unwanted

    def _read(self, tokens: Tensor, mask: Tensor) -> Words:
        return Words(self.pipe.text_encoder(tokens, attention_mask=mask)[0], mask, reader=self)

    def predict(
        self,
        latents: Tensor,
        timestep: Tensor,
        words: list[Words],
        guidance: float,
        size: Size,
        control: Control | None,
    ) -> Tensor:
        """Predict for each latent with its words; no ControlNet was ever made for this family."""
        return sum_terms(words, lambda rows, read: self.look(latents[rows], timestep, read))

    def look(self, latents: Tensor, timestep: Tensor, words: list[Words]) -> Tensor:
        """Predict for each latent with its words, whose terms don't count."""
        used = 1 + max(int(w.mask.nonzero()[:, 1].max()) for w in words if w.mask is not None)
        transformer = self.pipe.transformer
        predicted: Tensor = transformer(
            latents.to(transformer.dtype),
            encoder_hidden_states=torch.cat([w.states[:, :used] for w in words]),
            encoder_attention_mask=torch.cat([w.mask[:, :used] for w in words if w.mask is not None]),
            timestep=timestep.expand(len(words)),
            return_dict=False,
        )[0]
        return predicted


def sum_terms(words: list[Words], look: Callable[[list[int], list[Words]], Tensor]) -> Tensor:
    """Return a prediction for each of the words; `look` predicts for rows, which may come more than once, with words.

    Scaling a word's state or the attention paid to it does next to nothing in our painter: what a caption says is in
    every state, and the attention is sure of itself. So a word is weighed by what it changes in the prediction.
    """
    terms = [(i, *term) for i, w in enumerate(words) for term in w.terms or ((1.0, w),)]
    predicted = look([i for i, _, _ in terms], [w for _, _, w in terms])
    if not any(w.terms for w in words):
        return predicted
    total = torch.zeros_like(predicted[: len(words)])
    for (i, share, _), part in zip(terms, predicted, strict=True):
        total[i] += share * part
    return total


class UNetDenoiser:
    """Stable Diffusion 1, 2 and XL and what was distilled from them."""

    def __init__(self, pipe: Any) -> None:
        self.pipe = pipe
        self.large = hasattr(pipe, "text_encoder_2")
        self.latent_channels = pipe.unet.config.in_channels
        self.latent_scale = pipe.vae_scale_factor
        self.turn = threading.Lock()  # a tokenizer remembers how it was asked to pad: two works would mix that up
        self.guided_inside = bool(pipe.unet.config.time_cond_proj_dim)  # LCM: guidance is an input
        self.length = min(pipe.tokenizer.model_max_length, pipe.text_encoder.config.max_position_embeddings)

    def encode(self, text: str) -> Words:
        """Encode one prompt with the pipeline's own text encoders, in as many chunks as it needs; weights scale it.

        To most SDXL models no words at all are zeros: so were they in training.
        """
        with self.turn:
            if not text and getattr(self.pipe.config, "force_zeros_for_empty_prompt", False):
                empty = self._encode_chunk(Weighted("", ()))
                pooled = None if empty.pooled is None else torch.zeros_like(empty.pooled)
                return Words(torch.zeros_like(empty.states), pooled=pooled)
            chunks = [self._encode_chunk(chunk) for part in read_parts(text) for chunk in self._split(part)]
        return Words(torch.cat([chunk.states for chunk in chunks], dim=1), pooled=chunks[0].pooled)

    def _split(self, part: Weighted) -> list[Weighted]:
        offsets = self.pipe.tokenizer(part.text, add_special_tokens=False, return_offsets_mapping=True).offset_mapping
        return split_long(part, offsets, self.length - self.pipe.tokenizer.num_special_tokens_to_add())

    def _encode_chunk(self, chunk: Weighted) -> Words:
        found = self.pipe.encode_prompt(
            prompt=chunk.text,
            device=self.pipe._execution_device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=False,
        )
        states, pooled = found[0], found[2] if self.large else None
        if any(weight != 1 for weight in chunk.weights):
            offsets = self.pipe.tokenizer(
                chunk.text, padding="max_length", max_length=self.length, truncation=True, return_offsets_mapping=True
            ).offset_mapping
            states = scale_states(states, weigh_tokens(chunk, offsets))
        return Words(states, pooled=pooled)

    def mix(self, one: Words, other: Words, share: float) -> Words:
        """Go from one text towards another, on a straight line between their states."""
        near, far = self._pad([one, other]).chunk(2)
        states = torch.lerp(near, far, share)
        pooled = one.pooled
        if pooled is not None and other.pooled is not None:
            pooled = torch.lerp(pooled, other.pooled, share)
        return Words(states, pooled=pooled)

    def oppose(self, unwanted: Words, wanted: Words) -> Words:
        """Return the unwanted words as they are."""
        return unwanted

    def _pad(self, words: list[Words]) -> Tensor:
        """Return the states one above the other, the shorter ones padded with what the encoder makes of no words."""
        longest = max(w.states.shape[1] for w in words)
        if all(w.states.shape[1] == longest for w in words):
            return torch.cat([w.states for w in words])
        empty = self._encode_chunk(Weighted("", ())).states
        return torch.cat(
            [torch.cat((w.states, *[empty] * ((longest - w.states.shape[1]) // self.length)), 1) for w in words]
        )

    def predict(
        self,
        latents: Tensor,
        timestep: Tensor,
        words: list[Words],
        guidance: float,
        size: Size,
        control: Control | None,
    ) -> Tensor:
        """Predict for each latent with its words, along the lines of a control."""
        unet = self.pipe.unet
        extra: dict[str, Any] = {}
        if self.large:
            width, height = size
            ids = torch.tensor([[height, width, 0, 0, height, width]], dtype=unet.dtype, device=latents.device)
            pooled = torch.cat([w.pooled for w in words if w.pooled is not None])
            extra["added_cond_kwargs"] = {"text_embeds": pooled, "time_ids": ids.repeat(len(latents), 1)}
        latents, states = latents.to(unet.dtype), self._pad(words)
        if control:
            extra |= control.lead(latents, timestep, states, extra)
        if self.guided_inside:
            scale = torch.full((len(latents),), max(0.0, guidance - 1))
            extra["timestep_cond"] = self.pipe.get_guidance_scale_embedding(
                scale, embedding_dim=unet.config.time_cond_proj_dim
            ).to(latents.device, unet.dtype)
        predicted: Tensor = unet(latents, timestep, encoder_hidden_states=states, return_dict=False, **extra)[0]
        return predicted


def choose_denoiser(pipe: Any, lexicon: Lexicon | None = None, hands: HandWords | None = None) -> Denoiser | None:
    """Return the family's denoiser, or None where the pipeline must run its own loop."""
    name = type(pipe).__name__
    if name in ("StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline"):
        return UNetDenoiser(pipe)
    if name == "PixArtAlphaPipeline":
        config = pipe.transformer.config
        if config.out_channels == config.in_channels and not pipe.transformer.use_additional_conditions:
            return PainterDenoiser(pipe, lexicon, hands)
    return None
