"""Find a model's folder (a path or a hub name), see that it is safe and of the right kind, choose a device."""

import json
import math
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

import torch

from pipelines.errors import DeviceMissing, ModelGated, ModelMissing, ModelUnreachable, UnsafeWeights, WrongKind

WANTED_FILES = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.md"]
UNWANTED_FILES = ["consolidated*"]  # the same weights again, in another layout
UNUSED_PARTS = ("safety_checker", "image_encoder", "feature_extractor")  # of a painter, for loops other than ours
HALF = "fp16"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")


def locate(source: str, part: str = "") -> Path:
    """Return the folder of a model: `source` itself where it is one, else the hub's files, fetched once.

    Of a painter's UNUSED_PARTS only the named one comes along, where it has it.
    Raises ModelMissing, ModelUnreachable or UnsafeWeights.
    """
    if not source.strip():
        raise ModelMissing(source=source)
    folder = Path(source).expanduser()
    if not folder.is_dir():
        folder = _fetch(source, part)
    if not any(folder.rglob("*.safetensors")):
        if any(True for pattern in PICKLES for _ in folder.rglob(pattern)):
            raise UnsafeWeights(source=source)
        raise ModelMissing(source=source)
    return folder


def _fetch(source: str, part: str) -> Path:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    from huggingface_hub.errors import RepositoryNotFoundError as NotFound

    try:
        folder = Path(snapshot_download(source, allow_patterns=WANTED_FILES, local_files_only=True))
        if not part or _is_whole(folder / part):
            return folder
    except HFValidationError:
        raise ModelMissing(source=source) from None
    except LocalEntryNotFoundError:
        pass
    try:
        names = HfApi().list_repo_files(source)
        if not any(name.endswith(".safetensors") for name in names):
            pickled = any(name.endswith(pattern[1:]) for name in names for pattern in PICKLES)
            raise UnsafeWeights(source=source) if pickled else ModelMissing(source=source)
        unwanted = [*UNWANTED_FILES, *leave_out(names, part)]
        return Path(snapshot_download(source, allow_patterns=WANTED_FILES, ignore_patterns=unwanted))
    except GatedRepoError:
        raise ModelGated(source=source) from None
    except NotFound:
        raise ModelMissing(source=source) from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError):
        raise ModelUnreachable(source=source) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("httpx", "httpcore"):
            raise ModelUnreachable(source=source) from None
        raise


def name_source(folder: Path) -> str:
    """Return what a model's folder is known by: on the hub, or here."""
    parts = folder.parts
    if "snapshots" not in parts[1:]:
        return folder.name
    return parts[parts.index("snapshots") - 1].removeprefix("models--").replace("--", "/")


def find_variant(folder: Path) -> str | None:
    """Return `fp16` where a part of the model is there in 16 bit; such files are half as large and as good."""
    return HALF if any(folder.glob(f"*/*.{HALF}*.safetensors")) else None


def count_weights(folder: Path) -> int:
    """Return how many weights a part of a model has, from the heads of the files that would be loaded."""
    from safetensors import SafetensorError, safe_open

    files = [*folder.glob(f"*.{HALF}*.safetensors")] or [f for f in folder.glob("*.safetensors") if "." not in f.stem]
    total = 0
    for file in files:
        try:
            with safe_open(file, framework="pt") as tensors:
                total += sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118
        except (OSError, SafetensorError):
            continue  # to be told as the model is loaded
    return total


def _is_whole(part: Path) -> bool:
    """Tell whether a part of a painter has its weights, or isn't there at all."""
    return not (part / "config.json").exists() or any(part.glob("*.safetensors"))


def leave_out(names: Collection[str], part: str = "") -> list[str]:
    """Return which of a diffusers repository's files are not needed: the same weights again, or for another loop.

    A repository may hold each part in 32 and in 16 bit, with averaged and plain weights, and all in one file besides.
    Of the UNUSED_PARTS the named one is needed.
    """
    if "model_index.json" not in names:
        return []
    weights = [PurePosixPath(name) for name in names if name.endswith(".safetensors")]
    halves = {file.parent for file in weights if f".{HALF}" in file.name}
    return [str(file) for file in weights if not _is_needed(file, halves, part)]


def _is_needed(file: PurePosixPath, halves: Collection[PurePosixPath], part: str) -> bool:
    if len(file.parts) != 2 or (file.parts[0] in UNUSED_PARTS and file.parts[0] != part):
        return False
    half = f".{HALF}" in file.name
    return half if file.parent in halves else "." not in file.name.removesuffix(".safetensors")


def read_json(path: Path) -> dict[str, object]:
    """Return a JSON object from a model's folder, or an empty one where the file is missing or damaged."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def read_card(folder: Path) -> dict[str, dict[str, object]]:
    """Return the model's `card.json`: how it narrows the declared knobs (see `params.narrow`)."""
    return {name: limits for name, limits in read_json(folder / "card.json").items() if isinstance(limits, dict)}


def require_causal_lm(folder: Path, source: str, art: str) -> None:
    """Raise WrongKind unless the folder holds a decoder that writes tokens; it may be able to see, too (Gemma 3)."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as DECODERS

    config = read_json(folder / "config.json")
    architectures = config.get("architectures")
    names = architectures if isinstance(architectures, list) else []
    decoder = DECODERS.get(str(config.get("model_type")))
    if not any(name == decoder or str(name).endswith(("ForCausalLM", "LMHeadModel")) for name in names):
        raise WrongKind(source=source, art=art)


def require_diffusion(folder: Path, source: str, art: str) -> None:
    """Raise WrongKind unless the folder holds a diffusers pipeline."""
    if not str(read_json(folder / "model_index.json").get("_class_name", "")).endswith("Pipeline"):
        raise WrongKind(source=source, art=art)


def choose_device(option: str = "auto") -> torch.device:
    """Return the device: `auto` takes CUDA, then Apple's, then the CPU. Raises DeviceMissing."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if option == "auto":
        return torch.device(next(name for name, found in there.items() if found))
    if not there.get(option, False):
        raise DeviceMissing(device=option)
    return torch.device(option)


def list_dtypes(device: torch.device) -> tuple[torch.dtype, ...]:
    """Return the types a painter's weights may have, best first.

    A CPU that multiplies bfloat16 itself paints half as fast again with it; another takes 16 bit where 32 don't fit.
    """
    if device.type != "cpu":
        return (choose_dtype(device),)
    return (torch.bfloat16,) if multiplies_bfloat16() else (torch.float32, torch.bfloat16)


def multiplies_bfloat16() -> bool:
    """Tell whether this machine's CPU has instructions for it; without, 16 bit is slower than 32."""
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16"))


def own(module: Any, device: torch.device) -> Any:
    """Return a module just loaded, on its device and with weights of its own.

    Weights for a CPU still lie in their file, mapped into memory: were it cut, the next look would end the process.
    """
    module.to(device)
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.device.type == "cpu":
            tensor.data = tensor.data.clone()
    return module


def choose_dtype(device: torch.device) -> torch.dtype:
    """Return 16 bit on a GPU (bfloat16 where it has it), float32 on a CPU."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float16 if device.type == "mps" else torch.float32
