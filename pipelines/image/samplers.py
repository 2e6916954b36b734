"""The ways to take a denoising step that painters know by name, for models that leave the choice."""

import copy
import re
from typing import Any

OWN = "own"  # the one a model comes with
# A1111's name: the class in diffusers, and what of its configuration makes it that.
SAMPLERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Euler": ("EulerDiscreteScheduler", {}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "DPM++ 2M": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    "DPM++ 2M Karras": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}),
    "DPM++ 2M SDE": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "DPM++ 2M SDE Karras": (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True},
    ),
    "DDIM": ("DDIMScheduler", {}),
    "UniPC": ("UniPCMultistepScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {}),
    "LCM": ("LCMScheduler", {}),
}
ALIASES = {
    "euler_ancestral": "euler a",
    "dpmpp_2m": "dpm++ 2m",
    "dpmpp_2m_sde": "dpm++ 2m sde",
    "uni_pc": "unipc",
}
NAMES = {
    "DPMSolverMultistepScheduler": "DPM++ 2M",
    "DPMSolverSinglestepScheduler": "DPM++ 2S",
    "EulerDiscreteScheduler": "Euler",
    "FlowMatchEulerDiscreteScheduler": "Euler",
    "EulerAncestralDiscreteScheduler": "Euler a",
    "HeunDiscreteScheduler": "Heun",
    "KDPM2DiscreteScheduler": "DPM2",
    "KDPM2AncestralDiscreteScheduler": "DPM2 a",
    "LMSDiscreteScheduler": "LMS",
    "PNDMScheduler": "PLMS",
    "DDIMScheduler": "DDIM",
    "UniPCMultistepScheduler": "UniPC",
    "LCMScheduler": "LCM",
}


def fresh_scheduler(pipe: Any, sampler: str = OWN) -> Any:
    """Return a scheduler for one run: it keeps state, so two visitors must never share one."""
    import diffusers

    config = copy.deepcopy(dict(pipe.scheduler.config))
    if sampler == OWN:
        return type(pipe.scheduler).from_config(config)
    kind, traits = SAMPLERS[sampler]
    plain = {"use_karras_sigmas": False}  # a choice is the same whatever the model came with
    return getattr(diffusers, kind).from_config(config | plain | traits)


def name_sampler(scheduler: Any) -> str:
    """Return a diffusers scheduler by the name that the A1111 family knows it under."""
    kind, config = type(scheduler).__name__, scheduler.config
    sde = str(getattr(config, "algorithm_type", "")).startswith("sde")
    karras = getattr(config, "use_karras_sigmas", False) is True
    return NAMES.get(kind, kind.removesuffix("Scheduler")) + (" SDE" if sde else "") + (" Karras" if karras else "")


def find_sampler(name: object, schedule: object = None) -> str | None:
    """Return the sampler that A1111, Fooocus or ComfyUI mean, with the schedule they may tell apart, or None."""
    told = " ".join(str(part) for part in (name, schedule) if part).casefold().replace("_gpu", "")
    words = re.sub(r"[_ ]karras$", " karras", told.removesuffix(" automatic").removesuffix(" normal"))
    base, karras, _ = words.partition(" karras")
    whole = ALIASES.get(base, base) + karras
    return next((one for one in SAMPLERS if one.casefold() == whole), None)
