"""What a model's folder says about its sizes, read without loading it."""

from pathlib import Path
from typing import Any

from pipelines.image.params import SIZES
from pipelines.weights import read_card, read_json

Card = dict[str, dict[str, Any]]


def read_image_card(folder: Path) -> Card:
    """Return the folder's card; where it says nothing of sizes, the ones its networks were trained for."""
    card: Card = {**read_card(folder)}
    if "size" not in card and (native := _native_side(folder)):
        card["size"] = size_limits(native)
    return card


def size_limits(native: int) -> dict[str, Any]:
    """Offer the sides from half to one and a half times the native one, in pixels."""
    choices = [size for size in SIZES if native / 2 <= int(size) <= native * 1.5] or [SIZES[-1]]
    return {"choices": choices, "default": str(native) if str(native) in choices else choices[-1]}


def _native_side(folder: Path) -> int:
    network = read_json(folder / "unet" / "config.json") or read_json(folder / "transformer" / "config.json")
    vae = read_json(folder / "vae" / "config.json")
    blocks = vae.get("decoder_block_out_channels") or vae.get("block_out_channels")
    side = network.get("sample_size")
    if not isinstance(side, int) or not isinstance(blocks, list):
        return 0
    return int(side * 2 ** (len(blocks) - 1))
