"""Steer a pipeline that runs its own loop: what its network is given may change between any two steps.

diffusers' loops take words and guidance once, before the first step; what a callback may replace differs from family to
family, and part of it acts no more. So the network of one run is called through a helm, which puts the artist's words
and guidance in the place of those the loop began with. As long as nothing moves, the loop is left alone.
"""

import inspect
from typing import Any

import torch
from torch import Tensor

Texts = tuple[list[str], list[str]]  # for each picture, what is wanted and what is not
Halves = dict[str, tuple[Any, Any]]  # arguments of the network that hold words: the unwanted ones and the wanted ones
BASE = 2.0  # what a loop is begun with where the artist has no guidance and the loop can't take any up later


class Helm:
    """Stands in for the network of one run's pipeline; a child for each family knows what its loop leaves open."""

    guidance_name = "guidance_scale"
    negative = True  # words for what should not be there are heard
    guided_from = 1.0  # guidance up to here is none

    def __init__(self, pipe: Any, texts: Texts, guidance: float) -> None:
        self.pipe, self.network = pipe, pipe.transformer
        pipe.transformer = self
        self.first = self.guidance = guidance
        self.given: dict[str, Any] = {}
        self._taken = inspect.signature(self.network.forward)
        self._began = texts
        self._laid_out = (texts, guidance > self.guided_from)
        self._words: tuple[Texts | None, Halves] = (None, {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the loop takes for the network's work."""
        return self._predict(self._taken.bind(*args, **kwargs).arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.network, name)

    def ask(self) -> dict[str, Any]:
        """Return what the pipeline is called with beside the words that are wanted."""
        return {self.guidance_name: self.first, "negative_prompt": list(self._began[1])}

    def turn(self, texts: Texts, guidance: float) -> None:
        """Put new words and guidance in force from the next step on."""
        self.guidance = self.pipe._guidance_scale = guidance
        layout = (texts, guidance > self.guided_from)
        if layout == self._laid_out:
            return
        self._laid_out = layout
        if self._words[0] != texts:
            self._words = (texts, self._encode(texts))
        self._lay_out(self._words[1], guided=layout[1])

    def _predict(self, arguments: dict[str, Any]) -> Any:
        return self.network(**(arguments | self.given))

    def _encode(self, texts: Texts) -> Halves:
        raise NotImplementedError

    def _lay_out(self, words: Halves, *, guided: bool) -> None:
        self.given |= {name: torch.cat((away, to)) if guided else to for name, (away, to) in words.items()}


class SD3Helm(Helm):
    """Stable Diffusion 3: its loop looks at the guidance at every step."""

    def _encode(self, texts: Texts) -> Halves:
        wanted, unwanted = texts
        states, away, pooled, pooled_away = self.pipe.encode_prompt(
            prompt=wanted, prompt_2=None, prompt_3=None, negative_prompt=unwanted, device=self.pipe._execution_device
        )
        return {"encoder_hidden_states": (away, states), "pooled_projections": (pooled_away, pooled)}


class FluxHelm(Helm):
    """FLUX.1: guidance is an input of its network, or none at all (schnell); it can't be told what is not wanted."""

    negative = False
    guided_from = float("inf")

    def ask(self) -> dict[str, Any]:
        """Return what the pipeline is called with beside the words that are wanted."""
        return {"guidance_scale": self.first}

    def turn(self, texts: Texts, guidance: float) -> None:
        """Put new words and guidance in force from the next step on."""
        super().turn(texts, guidance)
        if self.network.config.guidance_embeds:
            self.given["guidance"] = torch.full([len(texts[0])], guidance, device=self.pipe._execution_device)

    def _encode(self, texts: Texts) -> Halves:
        states, pooled, _ = self.pipe.encode_prompt(prompt=texts[0], prompt_2=None, device=self.pipe._execution_device)
        return {"encoder_hidden_states": (None, states), "pooled_projections": (None, pooled)}


class ZImageHelm(Helm):
    """Z-Image: its loop looks at the guidance at every step, 0 is none, and the wanted words come first."""

    guided_from = 0.0

    def _encode(self, texts: Texts) -> Halves:
        to, away = self.pipe.encode_prompt(  # it writes into the lists it is given
            prompt=list(texts[0]), negative_prompt=list(texts[1]), device=self.pipe._execution_device
        )
        return {"cap_feats": (away, to)}

    def _lay_out(self, words: Halves, *, guided: bool) -> None:
        away, to = words["cap_feats"]
        self.given["cap_feats"] = to + away if guided else to


class BentHelm(Helm):
    """For a loop that keeps to its first guidance: what the network says is bent by as much as that is off."""

    def __init__(self, pipe: Any, texts: Texts, guidance: float) -> None:
        super().__init__(pipe, texts, guidance)
        self.first = guidance if guidance > self.guided_from else BASE
        self._laid_out = (texts, True)


class SanaHelm(BentHelm):
    """Sana: its loop goes from the unwanted half of a batch `first` times the way to the wanted one."""

    def ask(self) -> dict[str, Any]:
        """Return what the pipeline is called with beside the words that are wanted."""
        return super().ask() | {"use_resolution_binning": False}  # which paints in another size and shrinks it

    def _predict(self, arguments: dict[str, Any]) -> Any:
        (predicted,) = super()._predict(arguments)
        bend = max(self.guidance, 1.0) / self.first
        if bend == 1 or len(predicted) == len(self._began[0]):
            return (predicted,)
        away, to = predicted.float().chunk(2)
        return (torch.cat((away, torch.lerp(away, to, bend))),)

    def _encode(self, texts: Texts) -> Halves:
        told = inspect.signature(type(self.pipe).__call__).parameters["complex_human_instruction"].default
        to, mask, away, mask_away = self.pipe.encode_prompt(
            texts[0], negative_prompt=texts[1], device=self.pipe._execution_device, complex_human_instruction=told
        )
        return {"encoder_hidden_states": (away, to), "encoder_attention_mask": (mask_away, mask)}


class QwenImageHelm(BentHelm):
    """Qwen-Image: its loop asks for the wanted words, then for the unwanted ones, and goes away from these."""

    guidance_name = "true_cfg_scale"

    def __init__(self, pipe: Any, texts: Texts, guidance: float) -> None:
        super().__init__(pipe, texts, guidance)
        self._to: Tensor | None = None
        self._away: dict[str, Any] = {}

    def ask(self) -> dict[str, Any]:
        """Return what the pipeline is called with beside the words that are wanted."""
        return super().ask() | {"negative_prompt": [text or " " for text in self._began[1]]}

    def _predict(self, arguments: dict[str, Any]) -> Any:
        if self._to is None:
            (self._to,) = super()._predict(arguments)
            return (self._to,)
        to, self._to = self._to, None
        bend = (max(self.guidance, 1.0) - 1) / (self.first - 1)
        if bend == 0:
            return (to,)
        (away,) = self.network(**(arguments | self._away))
        return (away if bend == 1 else torch.lerp(to.float(), away.float(), bend).to(to.dtype),)

    def _encode(self, texts: Texts) -> Halves:
        longest = inspect.signature(type(self.pipe).__call__).parameters["max_sequence_length"].default
        given = {"device": self.pipe._execution_device, "max_sequence_length": longest}
        to, mask = self.pipe.encode_prompt(texts[0], **given)
        away, mask_away = self.pipe.encode_prompt([text or " " for text in texts[1]], **given)
        return {"encoder_hidden_states": (away, to), "encoder_hidden_states_mask": (mask_away, mask)}

    def _lay_out(self, words: Halves, *, guided: bool) -> None:
        self._away = {name: away for name, (away, _) in words.items()}
        self.given = {name: to for name, (_, to) in words.items()}


HELMS: dict[str, type[Helm]] = {
    "StableDiffusion3Pipeline": SD3Helm,
    "FluxPipeline": FluxHelm,
    "SanaPipeline": SanaHelm,
    "QwenImagePipeline": QwenImageHelm,
    "ZImagePipeline": ZImageHelm,
}


def choose_helm(pipe: Any) -> type[Helm] | None:
    """Return the helm that fits a text-to-image pipeline; None where nothing can be changed once its loop runs."""
    return HELMS.get(type(pipe).__name__)
