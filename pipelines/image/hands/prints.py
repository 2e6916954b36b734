"""Hands that draw in line and ink: pencil, line, woodcut, paper-cut, porcelain and ukiyo-e."""

import functools

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pipelines.image.hands.texture import Field, find_side, noise

LUMA = np.array((0.3, 0.55, 0.15), np.float32)
PAPER = np.array((248, 245, 238), np.float32)
COBALT = np.array((24, 58, 150), np.float32)
CREAM = np.array((250, 240, 220), np.float32)
CINNABAR = np.array((206, 30, 34), np.float32)
PRUSSIAN = np.array((22, 52, 98), np.float32)
PIGMENTS = np.array(
    [
        (240, 226, 194),
        (224, 196, 148),
        (198, 92, 66),
        (222, 150, 120),
        (116, 146, 112),
        (72, 104, 88),
        (52, 96, 142),
        (132, 170, 190),
        (34, 44, 72),
        (228, 176, 84),
        (150, 116, 92),
    ],
    np.float32,
)


def find_edges(picture: Image.Image) -> Field:
    """Return how sharply colours change around each pixel, `(side, side)` in 0-255: outlines 1/64 of the side wide."""
    reach = max(3, find_side(picture) // 128 * 2 + 1)
    pixels = np.asarray(picture)
    strongest: Field = (_extend(pixels, reach, np.maximum) - _extend(pixels, reach, np.minimum)).max(-1)
    return strongest


def _extend(pixels: NDArray[np.uint8], reach: int, choose: np.ufunc) -> Field:
    """Return what a ufunc chooses in the square of `reach` pixels around each; Pillow's rank filters take longer."""
    half, chosen = reach // 2, pixels
    for axis in (0, 1):
        padded = np.pad(chosen, [(half, half) if one == axis else (0, 0) for one in range(3)], mode="edge")
        shifted = (np.roll(padded, -step, axis) for step in range(reach))
        chosen = functools.reduce(choose, shifted).take(range(pixels.shape[axis]), axis)
    return chosen.astype(np.float32)


def to_tone(picture: Image.Image, blur: float = 1.0) -> Field:
    """Return the picture's lightness, `(side, side)` in [0, 1], stretched to use that whole range."""
    soft = picture.filter(ImageFilter.BoxBlur(find_side(picture) / 256 * blur))
    grey = np.asarray(soft, np.float32) @ LUMA
    low, high = np.percentile(grey[::4, ::4], (2, 98))
    stretched: Field = ((grey - low) / max(40.0, float(high - low))).clip(0, 1)
    return stretched


def ink_on(paper: Field, ink: Field, amount: Field) -> Image.Image:
    """Lay an ink `(3,)` on a paper `(3,)`, as much of it as `amount` `(side, side)` says, 0 to 1."""
    body = paper + (ink - paper) * amount.clip(0, 1)[..., None]
    return Image.fromarray(body.astype(np.uint8))


def slant(picture: Image.Image, lines: float, turn: float) -> Field:
    """Return parallel stripes as a wave in [0, 1], `lines` of them across a square, turned by `turn` radians."""
    columns, rows = (np.arange(length, dtype=np.float32) / find_side(picture) for length in picture.size)
    across = columns[None, :] * np.sin(turn) + rows[:, None] * np.cos(turn)
    wave: Field = 0.5 + 0.5 * np.sin(2 * np.pi * lines * across)
    return wave


def paint_pencil(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Shade in graphite: contours, slanting hatches that thicken in the dark, the paper left where it is light."""
    grey = np.asarray(picture, np.float32) @ LUMA / 255
    depth = ((1 - grey) * 0.72).clip(0, 1) ** 1.15
    hatch = slant(picture, 30, 0.8 + float(rng.uniform(-0.1, 0.1)))
    shade = depth * (0.62 + 0.5 * hatch) + noise(rng, grey.shape, 90) * 0.05
    contour = (find_edges(picture) / 90 - 0.25).clip(0, 0.8)
    return ink_on(np.full(3, 246, np.float32), np.full(3, 40, np.float32), np.maximum(shade, contour))


def paint_line(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Draw black contours on white, nothing else."""
    edges = find_edges(picture.filter(ImageFilter.BoxBlur(find_side(picture) / 256)))
    return ink_on(np.full(3, 253, np.float32), np.full(3, 16, np.float32), ((edges - 26) / 26).clip(0, 1))


def paint_woodcut(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Cut the picture in wood: lines that swell into solid black, contours black by day and cut out by night."""
    tone = to_tone(picture)
    if time == "night":
        tone = tone**1.35 * 0.92
    bent = tone * 0.05 + noise(rng, tone.shape, 5) * 0.012
    rows = np.arange(picture.height, dtype=np.float32)[:, None] / find_side(picture)
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * 19 * (rows + bent))
    cut = ((wave * 0.84 + 0.08 - tone) * 9 + 0.5).clip(0, 1)
    contour = ((find_edges(picture) - 40) / 30).clip(0, 1)
    cut = cut * (1 - contour) if time == "night" else np.maximum(cut, contour)
    return ink_on(PAPER, np.array((22, 20, 22), np.float32), cut)


def paint_papercut(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Cut the picture out of red paper on a cream ground: the light falls away, and so do thin lines between shapes."""
    tone = to_tone(picture, 2.0)
    level = 0.74 if time == "day" else 0.5
    body = ((level - tone) * 14 + 0.5).clip(0, 1)
    gaps = ((find_edges(picture) - 46) / 20).clip(0, 1)
    if time == "night":
        gaps = ((find_edges(picture.filter(ImageFilter.BoxBlur(find_side(picture) / 100))) - 20) / 12).clip(0, 1)
        body = np.maximum(body, 1 - gaps)
    return ink_on(CREAM, CINNABAR, body * (1 - gaps))


def paint_porcelain(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Paint in cobalt on white glaze: washes, fuller contours, a double ring around the picture."""
    tone = to_tone(picture)
    depth = 0.78 * (1 - tone) ** 1.25
    contour = ((find_edges(picture) - 40) / 60).clip(0, 0.9)
    amount = np.maximum(depth * (1 + noise(rng, tone.shape, 8) * 0.2), contour)
    side = find_side(picture)
    inset = [np.minimum(np.arange(n), np.arange(n)[::-1]).astype(np.float32) / side for n in tone.shape]
    rim = 0.5 - np.minimum(inset[0][:, None], inset[1][None, :])
    amount = np.where(rim > 0.44, 0.0, amount)
    amount = np.where(((rim > 0.445) & (rim < 0.462)) | (rim > 0.478), 0.9, amount)
    return ink_on(np.array((250, 251, 252), np.float32), COBALT, amount)


def paint_ukiyoe(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Print from blocks: few mineral colours, dark outlines, a band of Prussian blue fading down from the top."""
    pixels = np.asarray(picture.filter(ImageFilter.BoxBlur(find_side(picture) / 256)), np.float32)
    flat = pixels.reshape(-1, 3)
    distance = (flat**2).sum(1)[:, None] - 2 * flat @ PIGMENTS.T + (PIGMENTS**2).sum(1)[None]
    blocks = PIGMENTS[distance.argmin(1)].reshape(pixels.shape)
    body = blocks * 0.66 + pixels * np.array((0.34, 0.33, 0.3), np.float32)
    rows = np.arange(picture.height, dtype=np.float32)[:, None, None] / picture.height
    band = (1 - rows / 0.2).clip(0, 1) * (0.95 if time != "night" else 0.5)
    body = body + (PRUSSIAN - body) * band
    contour = ((find_edges(picture) - 44) / 50).clip(0, 0.85)[..., None]
    body = body + (np.array((30, 34, 54), np.float32) - body) * contour
    return Image.fromarray((body + noise(rng, pixels.shape, 60)[..., None] * 5).clip(0, 255).astype(np.uint8))
