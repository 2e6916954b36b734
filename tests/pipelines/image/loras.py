"""Write LoRA files as trainers write them, for a model at hand; and merge what they say into its weights."""

import json

import torch
from safetensors.torch import save_file
from torch import nn

ENCODERS = {"text_encoder": "lora_te", "text_encoder_2": "lora_te2"}


def list_layers(pipe, *, convolutions=False):
    """Yield `(part, name, layer)` for what kohya's trainer changes, in the words of the model on the hub."""
    for name, layer in pipe.unet.named_modules():
        inside = ".transformer_blocks." in name or "attentions" in name
        if isinstance(layer, nn.Linear | nn.Conv2d) and (
            inside or (convolutions and ("resnets" in name or "sampl" in name))
        ):
            yield "unet", name, layer
    for part in ENCODERS:
        for name, layer in getattr(pipe, part, nn.Module()).named_modules():
            if isinstance(layer, nn.Linear) and ("self_attn" in name or "mlp" in name):
                yield part, f"text_model.{name.removeprefix('text_model.')}", layer


def draw_pairs(pipe, rank=2, seed=0, parts=("unet", *ENCODERS), **which):
    """Return random matrices by (part, name)."""
    dice = torch.Generator().manual_seed(seed)
    pairs = {}
    for part, name, layer in list_layers(pipe, **which):
        if part in parts:
            out, into, *kernel = layer.weight.shape
            down = torch.randn((rank, into, *kernel), generator=dice) * 0.3
            up = torch.randn((out, rank, *[1] * len(kernel)), generator=dice) * 0.3
            pairs[part, name] = down, up
    return pairs


def write_kohya(path, pipe, pairs, alpha=1.0, **notes):
    """Write `lora_unet_..._to_q.lora_down.weight` and kin, as kohya's trainer does."""
    prefixes = {"unet": "lora_unet"} | ENCODERS
    if hasattr(pipe, "text_encoder_2"):
        prefixes["text_encoder"] = "lora_te1"
    state = {}
    for (part, name), (down, up) in pairs.items():
        key = f"{prefixes[part]}_{name.replace('.', '_')}"
        state |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up, f"{key}.alpha": torch.tensor(alpha)}
    save_file(state, path, metadata=notes or None)


def write_diffusers(path, pairs, alpha=None):
    """Write `unet....to_q.lora_A.weight` and kin, as diffusers' training scripts do."""
    state, notes = {}, {}
    for (part, name), (down, up) in pairs.items():
        state |= {f"{part}.{name}.lora_A.weight": down, f"{part}.{name}.lora_B.weight": up}
        if alpha is not None:
            notes |= {f"{part}.r": len(down), f"{part}.lora_alpha": alpha, f"{part}.use_rslora": False}
            notes.setdefault(f"{part}.target_modules", []).append(name.removeprefix("text_model."))
    save_file(state, path, metadata={"lora_adapter_metadata": json.dumps(notes)} if notes else None)


def merge(pipe, pairs, scale):
    """Add the matrices to the model's own weights for good."""
    layers = {(part, name): layer for part, name, layer in list_layers(pipe, convolutions=True)}
    with torch.no_grad():
        for place, (down, up) in pairs.items():
            layers[place].weight += scale * (up.flatten(1) @ down.flatten(1)).view(layers[place].weight.shape)
