"""What a diffusers pipeline is: whether it paints from words, what it can be asked for, what it was made for."""

import inspect
from collections.abc import Mapping
from typing import Any

from pipelines.image.denoiser import Denoiser
from pipelines.image.helm import choose_helm

NEEDED = {"prompt", "height", "width", "num_inference_steps", "generator", "callback_on_step_end"}
WANTED = {"strength", "height", "callback_on_step_end"}  # what a pipeline must take to start from a picture here
OTHERS = ("Img2Img", "Inpaint", "Upscale", "Video", "Audio", "ControlNet", "Edit")


def takes(kind: Any) -> Mapping[str, inspect.Parameter]:
    """Return what the pipelines of a class can be called with."""
    return inspect.signature(kind.__call__).parameters


def paints_from_text(pipe: Any, denoiser: Denoiser | None) -> bool:
    """Tell a text-to-image pipeline that can be run here from one that edits, enlarges, films or speaks."""
    if not hasattr(pipe, "vae") or not (hasattr(pipe, "unet") or hasattr(pipe, "transformer")):
        return False
    unet = getattr(pipe, "unet", None)
    if unet is not None and unet.config.in_channels != pipe.vae.config.latent_channels:
        return False
    if any(part in type(pipe).__name__ for part in OTHERS):
        return False
    return denoiser is not None or takes(type(pipe)).keys() >= NEEDED


def find_kind(pipe: Any, *, start: bool, mask: bool) -> Any:
    """Return the class that runs this pipeline's models, from a picture where asked; None where there is none."""
    from diffusers.pipelines import auto_pipeline as auto

    if not start:
        return type(pipe)
    tables = (auto.AUTO_TEXT2IMAGE_PIPELINES_MAPPING, auto.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING)
    other = auto.AUTO_INPAINT_PIPELINES_MAPPING if mask else tables[1]
    family = next((name for name, kind in tables[0].items() if kind is type(pipe)), "")
    kind = other.get(family)
    return kind if kind and takes(kind).keys() >= WANTED else None


def name_guidance(pipe: Any) -> str:
    """Return what a pipeline calls the guidance."""
    helm = choose_helm(pipe)
    name = helm.guidance_name if helm else "guidance_scale"
    return name if name in takes(type(pipe)) else "true_cfg_scale"


def hears_negative(pipe: Any) -> bool:
    """Tell whether words for what should not be there do anything; with two kinds of guidance, they need the other."""
    if helm := choose_helm(pipe):
        return helm.negative
    taken = takes(type(pipe)).keys()
    return "negative_prompt" in taken and not taken >= {"guidance_scale", "true_cfg_scale"}


def read_habits(pipe: Any) -> dict[str, dict[str, Any]]:
    """Return, as a card says it, the guidance and the steps that the family's own pipeline takes unless told."""
    taken = takes(type(pipe))
    own = {"guidance_scale": name_guidance(pipe), "num_inference_steps": "num_inference_steps"}
    return {knob: {"default": taken[name].default} for knob, name in own.items() if name in taken}


def native_side(pipe: Any) -> int:
    """Return the side of the pictures the model was trained on, in pixels."""
    network = getattr(pipe, "unet", None) or pipe.transformer
    latents = getattr(network.config, "sample_size", None) or getattr(pipe, "default_sample_size", None) or 128
    return int(latents) * int(pipe.vae_scale_factor)
