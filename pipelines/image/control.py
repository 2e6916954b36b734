"""ControlNets: networks beside the denoiser that make a picture follow the lines of another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from pipelines.errors import AddOnUnfit, BrokenModel
from pipelines.image.ground import fit
from pipelines.image.params import ImageParams, measure
from pipelines.memory import measure_room, ran_out, too_large
from pipelines.pictures import read_address
from pipelines.weights import HALF, count_weights, name_source, own, read_json

# A ControlNet is a copy of the network whose layers it adds to: what must be alike.
ALIKE = ("in_channels", "cross_attention_dim", "block_out_channels", "layers_per_block", "addition_embed_type")


@dataclass(frozen=True)
class Control:
    """A ControlNet, `(1, 3, height, width)` lines in [0, 1] for it to look at, and how much it has to say."""

    net: Any
    lines: Tensor
    scale: float = 1.0

    @classmethod
    def begin(cls, nets: Mapping[str, Any], params: ImageParams) -> Self | None:
        """Return what a run follows; None where it follows nothing."""
        net = nets.get(params.control)
        if net is None or not params.control_image:
            return None
        picture = fit(read_address(params.control_image), measure(params)).convert("RGB")
        lines = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float().div(255)
        return cls(net, lines.to(net.device, net.dtype))

    def at(self, params: ImageParams, index: int, total: int) -> Self | None:
        """Return what acts in step `index` of `total`; None at a scale of 0, before its start and after its end."""
        acts = index / total >= params.control_start and (index + 1) / total <= params.control_end
        return replace(self, scale=params.control_scale) if acts and params.control_scale else None

    def lead(self, latents: Tensor, timestep: Tensor, states: Tensor, extra: dict[str, Any]) -> dict[str, Any]:
        """Return what is added inside the network that denoises these latents."""
        down, middle = self.net(
            latents,
            timestep,
            encoder_hidden_states=states,
            controlnet_cond=self.lines.expand(len(latents), -1, -1, -1),
            conditioning_scale=self.scale,
            return_dict=False,
            **extra,
        )
        return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}


def load_control(folder: Path, pipe: Any) -> Any:
    """Load a ControlNet for a pipeline's model, to where that runs; raise AddOnUnfit, BrokenModel or ModelTooLarge."""
    from diffusers import ControlNetModel

    config, source = read_json(folder / "config.json"), name_source(folder)
    if config.get("_class_name") != "ControlNetModel":
        raise AddOnUnfit(source=source)
    device, dtype = pipe._execution_device, pipe.unet.dtype
    variant = HALF if any(folder.glob(f"*.{HALF}*.safetensors")) else None
    try:
        net = ControlNetModel.from_pretrained(
            folder, dtype=dtype, variant=variant, use_safetensors=True, local_files_only=True
        )
        scale = 2 ** (len(net.config.conditioning_embedding_out_channels) - 1)
        if scale != pipe.vae_scale_factor or any(_plain(net, name) != _plain(pipe.unet, name) for name in ALIKE):
            raise AddOnUnfit(source=source)
        return own(net, device).eval()
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, ImportError, MemoryError) as error:
        if ran_out(error):
            room = measure_room(device)
            free = room.ram if room.card is None else room.card
            raise too_large(source, count_weights(folder) * dtype.itemsize, free) from None
        raise BrokenModel(source=source) from None


def _plain(network: Any, name: str) -> Any:
    value = network.config.get(name)
    return list(value) if isinstance(value, tuple) else value
