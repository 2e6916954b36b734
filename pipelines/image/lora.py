"""LoRA files: read, brought to the names of a model's own layers, and held as small matrices beside them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.errors import LoraBroken, LoraMisfit

PARTS = ("unet", "text_encoder", "text_encoder_2")
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
# Other ways to change a layer: their files end alike, their arithmetic is another.
OTHER_KINDS = ("dora_scale", "magnitude_vector", "hada_", "lokr_", "lora_mid", "oft_", ".diff")
WORDS_SHOWN = 8
LONGEST_WORD = 60


@dataclass(frozen=True)
class Layer:
    """What a LoRA adds to one layer: `up` of `down` of what goes in."""

    down: Tensor
    up: Tensor

    def to(self, device: torch.device) -> "Layer":
        """Return the same on a device."""
        return Layer(self.down.to(device), self.up.to(device))

    def add(self, module: nn.Module, given: Tensor) -> Tensor:
        """Return what is added at a weight of 1."""
        if isinstance(module, nn.Conv2d):
            narrow = F.conv2d(given, self.down, None, module.stride, module.padding, module.dilation)
            return F.conv2d(narrow, self.up)
        return F.linear(F.linear(given, self.down), self.up)


@dataclass(frozen=True, eq=False)
class Lora:
    """A LoRA that fits a model: by layer what it adds, and the hash that other studios know it by."""

    layers: Mapping[nn.Module, Layer]
    short_hash: str


def read_lora(path: Path, pipe: Any) -> Lora:
    """Read a file for a pipeline's model; raise LoraBroken or LoraMisfit."""
    broken, misfit = LoraBroken(name=path.stem), LoraMisfit(name=path.stem)
    try:
        state, notes = _open(path)
        named = _rename(_fold_alphas(state), pipe)
    except (SafetensorError, OSError, ValueError, KeyError, IndexError, AttributeError, RuntimeError):
        raise broken from None
    layers = {}
    for name, down, up in _pair(named):
        part, _, place = name.partition(".")
        module = _find(getattr(pipe, part, None), place) if part in PARTS else None
        layer = _fit(module, down, up * _read_scale(notes, part, place, len(down))) if up is not None else None
        if module is None or layer is None:
            raise misfit
        layers[module] = layer.to(pipe._execution_device)  # not where the weight is: that may be on its way there
    return Lora(layers, _hash_weights(path))


def _open(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return a file's weights and notes; raise ValueError before any weight is read where it holds something else."""
    with safe_open(path, framework="pt") as file:
        keys = list(file.keys())
        if not keys or not all("lora" in key for key in keys) or any(m in key for key in keys for m in OTHER_KINDS):
            raise ValueError(path)
        return {key: file.get_tensor(key) for key in keys}, file.metadata() or {}


def _fold_alphas(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return kohya's weights with `alpha / rank` in them."""
    folded = {key: tensor for key, tensor in state.items() if not key.endswith(".alpha")}
    for key in state.keys() - folded.keys():
        down = key.removesuffix("alpha") + "lora_down.weight"
        folded[down] = folded[down].float() * (float(state[key]) / len(folded[down]))
    return folded


def _rename(state: dict[str, Tensor], pipe: Any) -> dict[str, Tensor]:
    """Return weights under the names of the model's own layers, `unet.mid_block...lora_A.weight`."""
    from diffusers.utils.state_dict_utils import (
        DIFFUSERS_OLD_TO_PEFT,
        DIFFUSERS_TO_PEFT,
        UNET_TO_DIFFUSERS,
        convert_state_dict,
    )

    found, _ = pipe.lora_state_dict(state, unet_config=pipe.unet.config)
    network = {key: tensor for key, tensor in found.items() if key.startswith("unet.")}
    others = {key: tensor for key, tensor in found.items() if key not in network}
    others = convert_state_dict(convert_state_dict(others, DIFFUSERS_OLD_TO_PEFT), DIFFUSERS_TO_PEFT)
    return {**convert_state_dict(network, UNET_TO_DIFFUSERS), **others}


def _pair(named: dict[str, Tensor]) -> Iterator[tuple[str, Tensor, Tensor | None]]:
    """Yield each layer's name with its two matrices; None for the second of what is no pair."""
    for key, tensor in named.items():
        if not key.endswith(UP):
            up = named.get(key.removesuffix(DOWN) + UP) if key.endswith(DOWN) else None
            yield key.removesuffix(DOWN), tensor, up


def _find(model: Any, place: str) -> nn.Module | None:
    """Return a layer by its name; text encoders lost the `text_model` in theirs."""
    modules = dict(model.named_modules()) if model is not None else {}
    return modules.get(place) or modules.get(place.removeprefix("text_model."))


def _read_scale(notes: dict[str, str], part: str, place: str, rank: int) -> float:
    """Return what diffusers notes of a layer's scale in a file it wrote; 1 where it says nothing."""
    try:
        said = json.loads(notes.get("lora_adapter_metadata", "{}"))
        alpha = said.get(f"{part}.lora_alpha", rank)
        for ending, other in said.get(f"{part}.alpha_pattern", {}).items():
            if f".{place}".endswith(f".{ending.removeprefix('^')}"):
                alpha = other
        return float(alpha / (rank**0.5 if said.get(f"{part}.use_rslora") else rank))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return 1.0


def _fit(module: nn.Module | None, down: Tensor, up: Tensor) -> Layer | None:
    """Return the pair in the layer's own shape and precision; None where it doesn't fit."""
    if isinstance(module, nn.Linear):
        down, up = down.flatten(1), up.flatten(1)
        fits = down.shape[1] == module.in_features and up.shape == (module.out_features, len(down))
    elif isinstance(module, nn.Conv2d) and module.groups == 1:
        down, up = (pair[..., None, None] if pair.ndim == 2 else pair for pair in (down, up))
        fits = down.shape[1:] == module.weight.shape[1:] and up.shape == (module.out_channels, len(down), 1, 1)
    else:
        return None
    return Layer(down.to(module.weight.dtype), up.to(module.weight.dtype)) if fits else None


def _hash_weights(path: Path) -> str:
    """Return the first letters of the hash of the weights alone, as kohya's trainer and A1111 count it."""
    with path.open("rb") as file:
        file.seek(8 + int.from_bytes(file.read(8), "little"))
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def read_trigger_words(path: Path) -> tuple[str, ...]:
    """Return the words a LoRA was trained on, as far as its file says, the most frequent first."""
    try:
        with safe_open(path, framework="pt") as file:
            notes = file.metadata() or {}
        if phrase := notes.get("modelspec.trigger_phrase", "").strip():
            return (phrase[: LONGEST_WORD * WORDS_SHOWN],)
        counts: Counter[str] = Counter()
        for folder in json.loads(notes.get("ss_tag_frequency", "{}")).values():
            counts.update({word.strip(): int(count) for word, count in folder.items()})
    except (SafetensorError, OSError, ValueError, TypeError, AttributeError, RecursionError):
        return ()
    return tuple(word[:LONGEST_WORD] for word, _ in counts.most_common(WORDS_SHOWN) if word)
