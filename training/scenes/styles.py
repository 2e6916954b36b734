"""The hands a finished scene can be painted in: flat colour, watercolour, ink wash, oil, and a table of all."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from training.scenes.dabs import (
    paint_impressionist,
    paint_pastel,
    paint_pixel,
    paint_pointillist,
    paint_stained_glass,
)
from training.scenes.prints import (
    paint_line,
    paint_papercut,
    paint_pencil,
    paint_porcelain,
    paint_ukiyoe,
    paint_woodcut,
)
from training.scenes.texture import Field, noise

PAPER = np.array((247, 242, 231), np.float32)
RICE = np.array((240, 231, 211), np.float32)


def warp(pixels: Field, rng: np.random.Generator, reach: float) -> Field:
    """Shake the picture's edges by up to `reach` pixels, as a wet brush does."""
    side = pixels.shape[0]
    rows, columns = np.indices((side, side), dtype=np.float32)
    rows += noise(rng, side, 24) * reach
    columns += noise(rng, side, 24) * reach
    return pixels[rows.clip(0, side - 1).astype(np.intp), columns.clip(0, side - 1).astype(np.intp)]


def paint_flat(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Keep few, strong, even colours, as a poster does."""
    pixels = np.asarray(picture, np.float32)
    grey = pixels.mean(-1, keepdims=True)
    rich = grey + (pixels - grey) * 1.25
    return Image.fromarray((np.round(rich / 32) * 32).clip(0, 255).astype(np.uint8))


def paint_watercolour(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Thin the pigment, let it pool at edges and granulate, and leave a torn paper margin."""
    side = picture.width
    pixels = warp(np.asarray(picture.filter(ImageFilter.BoxBlur(side / 256)), np.float32), rng, side / 256 * 2.6)
    soft = np.asarray(Image.fromarray(pixels.astype(np.uint8)).filter(ImageFilter.BoxBlur(side / 256 * 3)), np.float32)
    edges = (pixels - soft).clip(-50, 0) * 0.6
    body = PAPER - (PAPER - pixels) * 0.78 + edges
    pools = noise(rng, side, 5)[..., None] * 16 + noise(rng, side, 60)[..., None] * 9
    body = body + pools
    axis = np.minimum(np.arange(side), np.arange(side)[::-1]).astype(np.float32) / side
    inset = np.minimum(axis[:, None], axis[None, :]) + noise(rng, side, 10) * 0.035
    cover = ((inset - rng.uniform(0.035, 0.06)) * 60).clip(0, 1)[..., None]
    return Image.fromarray((PAPER + (body - PAPER) * cover).clip(0, 255).astype(np.uint8))


def paint_ink(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Wash the scene in black ink on warm rice paper, a breath of colour at most, and press a red seal."""
    side = picture.width
    pixels = warp(np.asarray(picture, np.float32), rng, side / 256 * 2.2)
    grey = pixels @ np.array((0.35, 0.5, 0.15), np.float32)
    low, high = {"day": (50, 196), "sunset": (30, 185), "night": (8, 170), "dawn": (60, 215)}[time]
    tone = ((grey - low) / (high - low)).clip(0, 1)
    floor = {"day": 0.1, "sunset": 0.14, "night": 0.10, "dawn": 0.26}[time]
    ceiling = {"day": 1.0, "sunset": 0.9, "night": 0.78, "dawn": 1.0}[time]
    soft = np.asarray(Image.fromarray(grey.astype(np.uint8)).filter(ImageFilter.BoxBlur(side / 256 * 2)), np.float32)
    tone = (
        floor
        + (ceiling - floor) * tone ** (0.62 if time == "night" else 0.85)
        + (grey - soft).clip(-60, 10) / 255 * 0.8
    )
    tone = tone * (1 + noise(rng, side, 6) * 0.05 + noise(rng, side, 70) * 0.04)
    body = RICE * tone.clip(0.04, 1.03)[..., None]
    if time in ("sunset", "dawn"):
        chroma = pixels - pixels.mean(-1, keepdims=True)
        body = body + chroma * (0.34 if time == "sunset" else 0.12)
    result = Image.fromarray(body.clip(0, 255).astype(np.uint8))
    seal = ImageDraw.Draw(result)
    x, y = 0.87 * side, 0.86 * side
    seal.rectangle((x, y, x + side * 0.075, y + side * 0.075), fill=(188, 46, 38))
    for step in (0.02, 0.045):
        seal.line(
            (x + side * step, y + side * 0.012, x + side * step, y + side * 0.062),
            fill=(240, 220, 200),
            width=max(1, side // 128),
        )
    return result


def paint_oil(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Rebuild the picture from thick slanting strokes of deep warm colour, darker towards the corners."""
    side = picture.width
    scale = side / 256
    pixels = np.asarray(picture, np.float32)
    grey = pixels.mean(-1, keepdims=True)
    rich = (grey + (pixels - grey) * 1.4 - 128) * 1.12 + 112
    base = Image.fromarray(rich.clip(0, 255).astype(np.uint8))
    strokes = base.copy()
    brush = ImageDraw.Draw(strokes)
    count = 900
    spots = rng.uniform(0, side, (count, 2))
    turns = -0.5 + rng.normal(0, 0.2, count)
    reach = rng.uniform(5, 11, count) * scale
    ends = np.stack((np.cos(turns), np.sin(turns)), 1) * reach[:, None]
    tones = rich[spots[:, 1].astype(int), spots[:, 0].astype(int)] + rng.normal(0, 24, (count, 1))
    tones = tones.clip(0, 255).astype(int)
    lines = np.concatenate((spots - ends, spots + ends), 1).tolist()
    for line, tone, width in zip(lines, tones.tolist(), rng.integers(5, 10, count).tolist(), strict=True):
        brush.line(line, fill=tuple(tone), width=max(1, round(width * scale)))
    blended = np.asarray(Image.blend(base, strokes, 0.78), np.float32)
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    corners = 1 - 0.42 * ((axis[:, None] ** 2 + axis[None, :] ** 2) / 2)[..., None] ** 1.5
    varnish = np.array((1.04, 0.97, 0.84), np.float32)
    return Image.fromarray((blended * corners * varnish).clip(0, 255).astype(np.uint8))


STYLES: dict[str, Callable[[Image.Image, np.random.Generator, str], Image.Image]] = {
    "flat": paint_flat,
    "watercolour": paint_watercolour,
    "ink": paint_ink,
    "oil": paint_oil,
    "pastel": paint_pastel,
    "pencil": paint_pencil,
    "line": paint_line,
    "woodcut": paint_woodcut,
    "papercut": paint_papercut,
    "porcelain": paint_porcelain,
    "ukiyoe": paint_ukiyoe,
    "impressionist": paint_impressionist,
    "pointillist": paint_pointillist,
    "pixel": paint_pixel,
    "stained_glass": paint_stained_glass,
}
# In these the other hours could not be told apart.
HOURS_SHOWN: dict[str, tuple[str, ...]] = {
    "line": ("day",),
    "woodcut": ("day", "night"),
    "papercut": ("day", "night"),
    "porcelain": ("day",),
    "pencil": ("day",),
}
