"""One run of our own denoising loop: guidance, prompt and style may change between any two steps."""

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from pipelines.errors import EmptyPrompt
from pipelines.image.addons import AddOns
from pipelines.image.canvas import Canvas
from pipelines.image.control import Control
from pipelines.image.denoiser import Denoiser, Words
from pipelines.image.explore import lean_noise
from pipelines.image.ground import Ground, Scene
from pipelines.image.hands import finish
from pipelines.image.mixture import walk_noise
from pipelines.image.palettes import lend_colours
from pipelines.image.params import ImageParams, full_prompt, measure, second_prompt
from pipelines.image.schedule import lay_out
from pipelines.image.step import ImageStep, Pictures
from pipelines.image.tiling import wrapping
from pipelines.image.wardrobe import Outfit, Worn
from pipelines.image.wording import choose

KEPT_TEXTS = 16


class Run:
    """The state of one work: latents, scheduler, encoded words; `advance` takes it one step on."""

    def __init__(
        self, denoiser: Denoiser, canvas: Canvas, scheduler: Any, params: ImageParams, seed: int, add_ons: AddOns
    ) -> None:
        if not params.prompt.strip():
            raise EmptyPrompt
        self.denoiser, self.canvas, self.scheduler = denoiser, canvas, scheduler
        self.size, self.tiling = measure(params), params.tiling
        self.prompt = full_prompt(params)
        self.seeds = range(seed, seed + params.num_images)
        self.texts: dict[tuple[str, Worn], Words] = {}
        self.outfit = Outfit(add_ons.wardrobe)
        self.control = Control.begin(add_ons.nets, params)
        device = canvas.device
        strength = params.strength if params.start else 1.0
        self.timesteps = lay_out(scheduler, params.num_inference_steps, strength, device)
        width, height = (side // denoiser.latent_scale for side in self.size)
        shape = (denoiser.latent_channels, height, width)
        noise = walk_noise(shape, seed, params.num_images, params.seed_walk).to(device)
        self.noise = lean_noise(noise, params) if canvas.plain else noise
        self.latents: Tensor = self.noise * scheduler.init_noise_sigma
        self.scene = Scene(params, self.size) if params.start else None
        self.ground = Ground(canvas, self.scene) if self.scene else None
        if self.ground and strength < 1:
            self.latents = self._begin(self.ground)
        self.dice = [torch.Generator().manual_seed((seed + i + 2**32) % 2**63) for i in range(params.num_images)]
        accepted = inspect.signature(scheduler.step).parameters
        self.extra: dict[str, Any] = {"generator": self.dice} if "generator" in accepted else {}
        self.hands: list[Mapping[str, float]] = [{}] * params.num_images
        self.index = 0
        self.total = max(1, len(self.timesteps))

    def _begin(self, ground: Ground) -> Tensor:
        """Return the start as it is at the first step taken; clean where there is none to take."""
        if not len(self.timesteps):
            return ground.clean.expand_as(self.noise)
        return ground.noised(self.scheduler, self.noise, self.timesteps[0])

    @torch.inference_mode()
    def advance(self, params: ImageParams) -> ImageStep:
        """Take one denoising step with the parameters in force now."""
        with self.outfit.wear(params), wrapping(self.tiling):
            shown = self._denoise(params) if len(self.timesteps) else self.latents
        if self.ground:
            shown = self.ground.show(shown)
        step = ImageStep(
            index=self.index,
            total=self.total,
            params=params,
            previews=self._lay_on(self.canvas.preview(shown), params),
            pictures=self._finish(shown, params) if self.index + 1 == self.total else (),
            decode=lambda: self._finish(shown, params),
        )
        self.index += 1
        return step

    def _denoise(self, params: ImageParams) -> Tensor:
        """Move the latents one step on; return what the picture will be as far as the model knows now."""
        timestep = self.timesteps[self.index]
        if self.ground:
            self.latents = self.ground.hold(self.latents, self.scheduler, self.noise, timestep)
        predicted = self._predict(timestep, params)
        before = self.latents
        moved = self.scheduler.step(predicted, timestep, before, **self.extra)
        self.latents = moved.prev_sample.float()
        clean = estimate_clean(self.scheduler, moved, predicted, before, timestep)
        return self.latents if self.index + 1 == self.total or clean is None else clean

    def _finish(self, latents: Tensor, params: ImageParams) -> Pictures:
        with wrapping(self.tiling):
            pictures = self._lay_on(self.canvas.decode(latents), params)
        return self.scene.finish(pictures) if self.scene else pictures

    def _lay_on(self, pictures: Pictures, params: ImageParams) -> Pictures:
        """Return the pictures as the hands in force finish them, in the colours of the palette."""
        if not pictures:
            return ()
        finished = [finish(*one) for one in zip(pictures, self.hands, self.seeds, strict=True)]
        return tuple(lend_colours(picture, params.palette, params.palette_strength) for picture in finished)

    def _predict(self, timestep: Tensor, params: ImageParams) -> Tensor:
        """Predict once, or twice where guidance asks for it: it may cross 1 at any step."""
        if params.prompt.strip():  # a prompt emptied while its artist rewrites it leaves the last one in force
            self.prompt = full_prompt(params)
        scaled = self.scheduler.scale_model_input(self.latents, timestep)
        wanted = [self._word(seed, params) for seed in self.seeds]
        self.hands = [words.hands for words in wanted]
        guidance = params.guidance_scale
        control = self.control.at(params, self.index, self.total) if self.control else None
        if guidance <= 1 or self.denoiser.guided_inside:
            return self.denoiser.predict(scaled, timestep, wanted, guidance, self.size, control).float()
        negative = [self._encode(choose(params.negative_prompt.strip(), seed)) for seed in self.seeds]
        unwanted = [self.denoiser.oppose(*pair) for pair in zip(negative, wanted, strict=True)]
        both = torch.cat((scaled, scaled))
        predicted = self.denoiser.predict(both, timestep, unwanted + wanted, guidance, self.size, control).float()
        away, towards = predicted.chunk(2)
        return away + guidance * (towards - away)

    def _word(self, seed: int, params: ImageParams) -> Words:
        """Return the words for the picture of a seed: the prompt's, or on the way to the second prompt's."""
        words = self._encode(choose(self.prompt, seed))
        if other := second_prompt(params):
            return self.denoiser.mix(words, self._encode(choose(other, seed)), params.prompt_mix)
        return words

    def _encode(self, text: str) -> Words:
        """Encode a text as what the run wears reads it, keeping the last few."""
        key = text, self.outfit.worn
        if key not in self.texts:
            if len(self.texts) >= KEPT_TEXTS:
                del self.texts[next(iter(self.texts))]
            self.texts[key] = self.denoiser.encode(text)
        return self.texts[key]


def estimate_clean(scheduler: Any, moved: Any, predicted: Tensor, before: Tensor, timestep: Tensor) -> Tensor | None:
    """Return the clean latents the model has in mind at this step, where its scheduler lets us know."""
    given: Tensor | None = getattr(moved, "pred_original_sample", None)
    kept = getattr(scheduler, "model_outputs", None)
    if given is None and kept and "++" in str(getattr(scheduler.config, "algorithm_type", "")):
        given = kept[-1]
    if given is not None:
        return given.float()
    alphas = getattr(scheduler, "alphas_cumprod", None)
    if alphas is None or hasattr(scheduler, "sigmas"):
        return None
    share: Tensor = alphas[int(timestep)].to(before.device)
    if scheduler.config.prediction_type == "epsilon":
        return (before - (1 - share).sqrt() * predicted) / share.sqrt()
    if scheduler.config.prediction_type == "v_prediction":
        return share.sqrt() * before - (1 - share).sqrt() * predicted
    return None
