"""Hands that lay colour on: flat, watercolour, ink wash and oil."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipelines.image.hands.texture import Field, find_side, noise

PAPER = np.array((247, 242, 231), np.float32)
RICE = np.array((240, 231, 211), np.float32)


def warp(pixels: Field, rng: np.random.Generator, reach: float) -> Field:
    """Shake the picture's edges by up to `reach` pixels, as a wet brush does."""
    height, width = pixels.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    rows += noise(rng, pixels.shape, 24) * reach
    columns += noise(rng, pixels.shape, 24) * reach
    return pixels[rows.clip(0, height - 1).astype(np.intp), columns.clip(0, width - 1).astype(np.intp)]


def paint_flat(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Keep few, strong, even colours, as a poster does."""
    pixels = np.asarray(picture, np.float32)
    grey = pixels.mean(-1, keepdims=True)
    rich = grey + (pixels - grey) * 1.25
    return Image.fromarray((np.round(rich / 32) * 32).clip(0, 255).astype(np.uint8))


def paint_watercolour(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Thin the pigment, let it pool at edges and granulate, and leave a torn paper margin."""
    side = find_side(picture)
    pixels = warp(np.asarray(picture.filter(ImageFilter.BoxBlur(side / 256)), np.float32), rng, side / 256 * 2.6)
    soft = np.asarray(Image.fromarray(pixels.astype(np.uint8)).filter(ImageFilter.BoxBlur(side / 256 * 3)), np.float32)
    edges = (pixels - soft).clip(-50, 0) * 0.6
    body = PAPER - (PAPER - pixels) * 0.78 + edges
    pools = noise(rng, pixels.shape, 5)[..., None] * 16 + noise(rng, pixels.shape, 60)[..., None] * 9
    body = body + pools
    rows, columns = (np.minimum(np.arange(n), np.arange(n)[::-1]).astype(np.float32) / side for n in pixels.shape[:2])
    inset = np.minimum(rows[:, None], columns[None, :]) + noise(rng, pixels.shape, 10) * 0.035
    cover = ((inset - rng.uniform(0.035, 0.06)) * 60).clip(0, 1)[..., None]
    return Image.fromarray((PAPER + (body - PAPER) * cover).clip(0, 255).astype(np.uint8))


def paint_ink(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Wash the scene in black ink on warm rice paper, a breath of colour at most, and press a red seal."""
    side = find_side(picture)
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
    tone = tone * (1 + noise(rng, tone.shape, 6) * 0.05 + noise(rng, tone.shape, 70) * 0.04)
    body = RICE * tone.clip(0.04, 1.03)[..., None]
    if time in ("sunset", "dawn"):
        chroma = pixels - pixels.mean(-1, keepdims=True)
        body = body + chroma * (0.34 if time == "sunset" else 0.12)
    result = Image.fromarray(body.clip(0, 255).astype(np.uint8))
    seal = ImageDraw.Draw(result)
    x, y = picture.width - 0.13 * side, picture.height - 0.14 * side
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
    side = find_side(picture)
    scale = side / 256
    pixels = np.asarray(picture, np.float32)
    grey = pixels.mean(-1, keepdims=True)
    rich = (grey + (pixels - grey) * 1.4 - 128) * 1.12 + 112
    base = Image.fromarray(rich.clip(0, 255).astype(np.uint8))
    strokes = base.copy()
    brush = ImageDraw.Draw(strokes)
    count = 900
    spots = rng.uniform(0, picture.size, (count, 2))
    turns = -0.5 + rng.normal(0, 0.2, count)
    reach = rng.uniform(5, 11, count) * scale
    ends = np.stack((np.cos(turns), np.sin(turns)), 1) * reach[:, None]
    tones = rich[spots[:, 1].astype(int), spots[:, 0].astype(int)] + rng.normal(0, 24, (count, 1))
    tones = tones.clip(0, 255).astype(int)
    lines = np.concatenate((spots - ends, spots + ends), 1).tolist()
    for line, tone, width in zip(lines, tones.tolist(), rng.integers(5, 10, count).tolist(), strict=True):
        brush.line(line, fill=tuple(tone), width=max(1, round(width * scale)))
    blended = np.asarray(Image.blend(base, strokes, 0.78), np.float32)
    down, across = (np.linspace(-1, 1, count, dtype=np.float32) for count in pixels.shape[:2])
    corners = 1 - 0.42 * ((down[:, None] ** 2 + across[None, :] ** 2) / 2)[..., None] ** 1.5
    varnish = np.array((1.04, 0.97, 0.84), np.float32)
    return Image.fromarray((blended * corners * varnish).clip(0, 255).astype(np.uint8))
