"""The painter as the studio sees it: load a model, paint, steer while it paints."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch

from pipelines.errors import BrokenModel, WrongKind
from pipelines.image.addons import AddOns
from pipelines.image.bridge import STEERABLE, BridgedRun, find_kind
from pipelines.image.canvas import Canvas
from pipelines.image.card import read_image_card, size_limits
from pipelines.image.denoiser import PainterDenoiser, UNetDenoiser, choose_denoiser, fresh_scheduler
from pipelines.image.explore import LEANS
from pipelines.image.infotext import name_sampler
from pipelines.image.lexicon import Lexicon, Reading
from pipelines.image.params import ImageParams
from pipelines.image.run import Run
from pipelines.image.step import ImageStep
from pipelines.params import Knob, narrow
from pipelines.weights import read_json, require_diffusion

STEERED = ("prompt", "negative_prompt", "style", "guidance_scale")
OWN_LOOP = ("prompt_b", "prompt_mix", "seed_walk")  # nothing of these in a loop that isn't ours


class ImagePipeline:
    """Any text-to-image model in diffusers format; holds weights only, so visitors may share it."""

    params_type = ImageParams

    def __init__(
        self,
        pipe: Any,
        card: dict[str, Any] | None = None,
        lexicon: Lexicon | None = None,
        add_ons: AddOns | None = None,
    ) -> None:
        self.pipe = pipe
        self.add_ons = add_ons or AddOns()
        self.canvas = Canvas(pipe.vae)
        self.denoiser = choose_denoiser(pipe, lexicon)
        own_loop = self.denoiser is not None
        steerable = own_loop or type(pipe).__name__ in STEERABLE
        self.fixed_knobs: frozenset[str] = frozenset() if steerable else frozenset(STEERED)
        self.knobs = self._declare(card or {})
        self.sampler = name_sampler(pipe.scheduler)

    def _declare(self, card: dict[str, Any]) -> dict[str, Knob]:
        """Narrow the declaration to this model: its card, its sizes, the knobs it can't turn mid-run."""
        knobs = narrow(ImageParams.knobs(), {"size": self._size_limits(), **card})
        for name in () if self.denoiser else OWN_LOOP:
            knobs[name] = replace(knobs[name], inert=True)
        for name in () if self.denoiser and self.canvas.plain else LEANS:  # elsewhere noise has no colours to lean to
            knobs[name] = replace(knobs[name], inert=True)
        for name in self.fixed_knobs:
            knobs[name] = replace(knobs[name], live=False)
        for name in self._find_inert():
            knobs[name] = replace(knobs[name], inert=True)
        return self.add_ons.declare(knobs)

    def _find_inert(self) -> list[str]:
        """Name the knobs that do nothing where a family can't start from a picture, or paint only a part of one."""
        if self.denoiser is not None or find_kind(self.pipe, start=True, mask=True):
            return []
        return ["mask"] if find_kind(self.pipe, start=True, mask=False) else ["mask", "start", "strength"]

    def _size_limits(self) -> dict[str, Any]:
        """Return the sizes the model was trained for; our painter has only its own."""
        network = getattr(self.pipe, "unet", None) or self.pipe.transformer
        native = int(getattr(network.config, "sample_size", 0) or 64) * int(self.pipe.vae_scale_factor)
        return {"choices": [str(native)], "default": str(native)} if self.canvas.plain else size_limits(native)

    def find_unknown(self, text: str) -> list[Reading]:
        """Return the words of a prompt that a painter of few words doesn't know, with what it takes them for."""
        return self.denoiser.find_unknown(text) if isinstance(self.denoiser, PainterDenoiser) else []

    def generate(self, read: Callable[[], ImageParams], seed: int) -> Iterator[ImageStep]:
        """Paint: one step yielded for each denoising step, `read` once for each.

        Raises EmptyPrompt, NotOffered, NothingToFollow, LoraBroken or LoraMisfit.
        """
        params = read()
        self.add_ons.require(params)
        if self.denoiser is None:
            yield from BridgedRun(self.pipe, self.canvas, params, seed).steps(read)
            return
        run = Run(self.denoiser, self.canvas, fresh_scheduler(self.pipe), params, seed, self.add_ons)
        yield run.advance(params)
        while run.index < run.total:
            yield run.advance(read())

    @classmethod
    def load(  # noqa: PLR0913  a model's place and kind, and what the owner puts beside it
        cls, folder: Path, device: torch.device, dtype: torch.dtype,
        loras: Path | None = None, controls: Mapping[str, str] | None = None,
    ) -> Self:  # fmt: skip
        """Load a `save_pretrained` folder, with LoRAs and ControlNets beside it. Raises WrongKind or BrokenModel."""
        require_diffusion(folder, str(folder), "painting")
        from diffusers import DiffusionPipeline
        from diffusers.utils.logging import disable_progress_bar

        disable_progress_bar()
        index = read_json(folder / "model_index.json")
        absent = {name: None for name, kind in index.items() if kind == [None, None]}
        try:
            pipe = DiffusionPipeline.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, local_files_only=True, **absent
            )
        except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, ImportError):
            raise BrokenModel(source=folder.name) from None
        if not paints_from_text(pipe):
            raise WrongKind(source=folder.name, art="painting")
        pipe.to(device)
        if getattr(pipe.vae.config, "force_upcast", False) and dtype == torch.float16:
            pipe.vae.to(torch.float32)
        takes_add_ons = isinstance(choose_denoiser(pipe), UNetDenoiser)
        add_ons = AddOns.load(pipe if takes_add_ons else None, loras, controls or {})
        return cls(pipe, read_image_card(folder), Lexicon.read(folder, pipe.tokenizer.get_vocab()), add_ons)

    @classmethod
    def tiny(cls, seed: int = 0) -> Self:
        """Build a painter with random weights in milliseconds, for tests."""
        from pipelines.image.tiny import build_painter

        return cls(build_painter(seed))


def paints_from_text(pipe: Any) -> bool:
    """Tell a text-to-image pipeline from one that edits, enlarges, films or speaks."""
    if not hasattr(pipe, "vae") or not (hasattr(pipe, "unet") or hasattr(pipe, "transformer")):
        return False
    unet = getattr(pipe, "unet", None)
    if unet is not None and unet.config.in_channels != pipe.vae.config.latent_channels:
        return False
    name = type(pipe).__name__
    return not any(part in name for part in ("Img2Img", "Inpaint", "Upscale", "Video", "Audio", "ControlNet", "Edit"))
