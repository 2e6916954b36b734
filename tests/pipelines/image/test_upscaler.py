"""An upscaling model: whole pictures from tiles, of any size and scale; what is no such model is refused."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution

from pipelines.errors import BrokenModel, OutOfMemory, WrongKind
from pipelines.image import upscaler
from pipelines.image.upscaler import Upscaler

CPU = torch.device("cpu")


def build_swin2sr(folder, scale=2, upsampler="pixelshuffledirect", **more):
    """Save a small Swin2SR whose residual network is random and whose picture comes through."""
    torch.manual_seed(0)
    config = Swin2SRConfig(
        embed_dim=12, depths=[2], num_heads=[2], window_size=4, image_size=16, mlp_ratio=1.0, upscale=scale,
        upsampler=upsampler, **more,
    )  # fmt: skip
    Swin2SRForImageSuperResolution(config).save_pretrained(folder)
    return folder


def load(folder):
    return Upscaler.load(folder, CPU, torch.float32)


def enlarge(model, picture, scale):
    told = list(model.enlarge(picture, scale))
    assert [done for done, _, _ in told] == list(range(1, told[0][1] + 1))
    assert all(large is None for _, _, large in told[:-1])
    return told[-1][2]


@pytest.mark.parametrize(("native", "asked"), [(2, 2), (2, 4), (4, 4), (4, 2)])
def test_any_size_is_enlarged_as_much_as_was_asked_for(tmp_path, native, asked):
    model = load(build_swin2sr(tmp_path, native))
    picture = Image.effect_noise((150, 37), 60).convert("RGB")
    assert enlarge(model, picture, asked).size == (150 * asked, 37 * asked)


@pytest.mark.parametrize("kind", ["pixelshuffle", "pixelshuffledirect", "nearest+conv"])
def test_tiles_join_to_what_the_whole_picture_gives(tmp_path, monkeypatch, kind):
    model = load(build_swin2sr(tmp_path, 4, kind))
    with torch.no_grad():  # a local network: attention without reach beyond its margin, to be seen through
        for layer in model.model.swin2sr.encoder.stages:
            for block in layer.layers:
                block.shift_size = 0
    picture = Image.effect_noise((96, 64), 60).convert("RGB")
    whole = enlarge(model, picture, 4)
    monkeypatch.setattr(upscaler, "TILE_PX", 32)
    assert len(list(model.enlarge(picture, 4))) == 6
    tiled = enlarge(model, picture, 4)
    assert np.abs(np.asarray(tiled, int) - np.asarray(whole, int)).max() <= 1


def test_other_models_and_broken_ones_are_refused(tmp_path):
    with pytest.raises(WrongKind):
        load(build_swin2sr(tmp_path / "clean", 1, ""))
    folder = build_swin2sr(tmp_path / "swin")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
    with pytest.raises(WrongKind):
        load(folder)
    (folder / "config.json").write_text(json.dumps(config))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-200])
    with pytest.raises(BrokenModel):
        load(folder)


def test_memory_that_runs_out_is_told(tmp_path, monkeypatch):
    model = load(build_swin2sr(tmp_path))
    monkeypatch.setattr(model.model, "forward", lambda *_: torch.empty(10**15))
    with pytest.raises(OutOfMemory):
        enlarge(model, Image.new("RGB", (8, 8)), 2)
