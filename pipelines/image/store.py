"""A painter's folder: what its parts weigh, how they are opened and where they are put."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from pipelines.errors import BrokenModel
from pipelines.memory import Plan, ran_out
from pipelines.weights import UNUSED_PARTS, count_weights, find_variant, name_source, own, read_json

OFTEN = ("unet", "transformer", "vae")  # at every step, and at its end; the text encoders only for new words


def list_parts(folder: Path) -> dict[str, int]:
    """Return how many weights each part has; the most often used part first, the encoders from small to large."""
    found = {file.parent.name: 0 for file in folder.glob("*/*.safetensors")}
    counts = {name: count_weights(folder / name) for name in found if name not in UNUSED_PARTS}
    ranks = {name: place for place, name in enumerate(OFTEN)}
    order = sorted(counts, key=lambda name: (ranks.get(name, len(OFTEN)), counts[name]))
    return {name: counts[name] for name in order}


def open_pipeline(folder: Path, dtype: torch.dtype) -> Any:
    """Read a pipeline into the machine's memory; raise BrokenModel."""
    from diffusers import DiffusionPipeline
    from diffusers.utils.logging import disable_progress_bar

    disable_progress_bar()
    index = read_json(folder / "model_index.json")
    absent = {name: None for name, kind in index.items() if kind == [None, None] or name in UNUSED_PARTS}
    with reading(folder):
        return DiffusionPipeline.from_pretrained(
            folder, dtype=dtype, variant=find_variant(folder), use_safetensors=True, local_files_only=True, **absent
        )


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Raise BrokenModel for whatever a library says of files that it can't read, but for want of memory."""
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, ImportError) as error:
        if ran_out(error):
            raise
        raise BrokenModel(source=name_source(folder)) from None


def place(pipe: Any, plan: Plan, device: torch.device) -> None:
    """Put each part on the device, or let it come there layer by layer, whenever it is called."""
    for name, part in pipe.components.items():
        if not isinstance(part, torch.nn.Module):
            continue
        if name == "vae" and plan.dtype == torch.float16 and getattr(part.config, "force_upcast", False):
            part.to(torch.float32)
        own(part, torch.device("cpu") if name in plan.streamed else device)
        if name in plan.streamed:
            stream(part, device)


def stream(part: torch.nn.Module, device: torch.device) -> None:
    """Keep a part in the machine's memory; its layers are sent to the device as they are needed, the next one ahead."""
    from diffusers.hooks import apply_group_offloading

    apply_group_offloading(
        part, onload_device=device, offload_device=torch.device("cpu"), offload_type="leaf_level",
        use_stream=device.type == "cuda", low_cpu_mem_usage=True,
    )  # fmt: skip
