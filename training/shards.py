"""A run's weights in files small enough to travel, and put together again.

Where a graphics card is lent for minutes and little may be taken away, the averaged weights at 16 bit are what counts.
What is left behind, the optimisers' moments, comes back within a few hundred steps.
"""

from pathlib import Path

import torch
from torch import Tensor

LARGEST = "15MB"
STAGES = ("painter", "upsampler")


def pack(runs: Path, folder: Path) -> None:
    """Write the averaged weights of the painter and the upsampler in `runs`, as far as they are there, at 16 bit."""
    from huggingface_hub import save_torch_state_dict

    weights: dict[str, Tensor] = {}
    for stage in STAGES:
        checkpoint = runs / stage / "checkpoint.pt"
        if checkpoint.exists():
            state = torch.load(checkpoint, map_location="cpu", weights_only=True)
            weights[f"step.{stage}"] = torch.tensor(state["step"])
            for name, tensor in {**state["module"], **(state["average"] or {})}.items():
                weights[f"{stage}.{name}"] = tensor.half() if tensor.is_floating_point() else tensor
    if not weights:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("model*.safetensors*"):
        old.unlink()
    save_torch_state_dict(weights, folder, max_shard_size=LARGEST)


def unpack(folder: Path, runs: Path) -> None:
    """Make the checkpoints that `pack` took the weights from, without moments; leave those that are there alone."""
    from safetensors import safe_open

    weights: dict[str, Tensor] = {}
    for shard in sorted(folder.glob("model*.safetensors")):
        with safe_open(shard, "pt") as opened:
            weights |= {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (no mapping)
    for stage in STAGES:
        checkpoint, start = runs / stage / "checkpoint.pt", f"{stage}."
        if f"step.{stage}" not in weights or checkpoint.exists():
            continue
        own = {name.removeprefix(start): tensor for name, tensor in weights.items() if name.startswith(start)}
        own = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in own.items()}
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        state = {"step": int(weights[f"step.{stage}"]), "seconds": 0.0, "module": own, "optimizers": [], "average": own}
        torch.save(state, checkpoint)
