"""The colours of painters of the past, for a picture of today: learned from their paintings by `training palettes`.

A picture's colours are moved until they are distributed as the paintings' are (Pitié, Kokaram & Dahyot 2007, "Automated
colour grading using colour distribution transfer"): along one direction of colour space after the other, each colour
takes the place of the one that is as far up in the other's order. Colours are in Oklab (Ottosson 2020).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Colours = NDArray[np.floating[Any]]  # (n, 3), Oklab

FILE = Path(__file__).with_name("palettes.json")
NONE = "none"
TURNS = 8
KNOTS = np.linspace(0.0, 1.0, 33)  # few: a mapping that follows every pixel would tear smooth skies into bands
SAMPLE_PX = 64
NODES = 17
SPREAD = 1.6  # the steepest that a mapping may be, or the grain of a flat sky becomes spots
TO_CONE = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def to_oklab(pixels: NDArray[np.uint8]) -> Colours:
    """Turn sRGB of 0-255, `(..., 3)`, into Oklab of the same shape."""
    share = pixels.astype(np.float32) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    colours: Colours = np.cbrt(linear @ TO_CONE.T) @ TO_LAB.T
    return colours


def to_srgb(colours: Colours) -> NDArray[np.uint8]:
    """Turn Oklab, `(..., 3)`, into sRGB of 0-255 of the same shape; colours that can't be shown are cut."""
    linear = ((colours @ np.linalg.inv(TO_LAB).T) ** 3 @ np.linalg.inv(TO_CONE).T).clip(0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (share * 255).round().clip(0, 255).astype(np.uint8)


@cache
def read_palettes() -> dict[str, tuple[Colours, Colours]]:
    """Return each palette by its name: colours, and the share of the paintings that each covers."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: (
            to_oklab(np.array(entry["colours"], np.uint8)),
            np.array(entry["shares"], np.float32) / sum(entry["shares"]),
        )
        for name, entry in stored.items()
    }


@cache
def list_turns() -> tuple[NDArray[np.float64], ...]:
    """Return rotations of colour space, always the same; the first leaves it as it is."""
    dice = np.random.default_rng(2007)
    return (np.eye(3), *(np.linalg.qr(dice.standard_normal((3, 3)))[0] for _ in range(TURNS - 1)))


@cache
def list_nodes() -> Colours:
    """Return the colours of a table that a picture's are looked up in, `(NODES ** 3, 3)`."""
    steps = np.linspace(0, 255, NODES).round().astype(np.uint8)
    nodes = np.stack(np.meshgrid(steps, steps, steps, indexing="ij")[::-1], -1).reshape(-1, 3)  # red goes first
    return to_oklab(nodes)


def lend_colours(picture: Image.Image, palette: str, strength: float) -> Image.Image:
    """Return an RGB picture in the colours of a palette; a `strength` of 0 leaves its own, 1 takes theirs whole."""
    if palette == NONE or not strength:
        return picture
    theirs, shares = read_palettes()[palette]
    size = min(SAMPLE_PX, picture.width), min(SAMPLE_PX, picture.height)
    sample = to_oklab(np.asarray(picture.resize(size, Image.Resampling.BOX))).reshape(-1, 3)
    nodes = list_nodes()
    moved = nodes
    for turn in list_turns():
        moved, sample, goal = moved @ turn, sample @ turn, theirs @ turn
        for axis in range(3):
            order = np.argsort(goal[:, axis])
            place = np.cumsum(shares[order]) - shares[order] / 2
            knots = np.quantile(sample[:, axis], KNOTS)
            wanted = soften(knots, np.interp(KNOTS, place, goal[order, axis]))
            for colours in (moved, sample):
                colours[:, axis] = np.interp(colours[:, axis], knots, wanted)
        moved, sample = moved @ turn.T, sample @ turn.T
    table = to_srgb(nodes + strength * (moved - nodes)) / np.float32(255)
    return picture.filter(ImageFilter.Color3DLUT(NODES, table.ravel()))


def soften(knots: Colours, wanted: Colours) -> Colours:
    """Return where knots go that were to go to `wanted`: nowhere more than SPREAD times as far apart as they were."""
    steps = np.minimum(np.diff(wanted), SPREAD * np.diff(knots))
    path = np.concatenate(([0.0], np.cumsum(steps)))
    path += wanted.mean() - path.mean()
    return path
