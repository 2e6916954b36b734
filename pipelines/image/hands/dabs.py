"""Hands that build a picture of many small pieces: pastel, impressionist, pointillist, pixels and stained glass."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipelines.image.hands.prints import find_edges
from pipelines.image.hands.texture import FIELDS, Field, find_side, noise


def enrich(pixels: Field, saturation: float, lift: float = 0.0) -> Field:
    """Return pixels with their colours made stronger and lifted towards white."""
    grey = pixels.mean(-1, keepdims=True)
    rich: Field = grey + (pixels - grey) * saturation
    return (rich + (255 - rich) * lift).clip(0, 255)


def paint_pastel(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Rub soft chalk on toned paper that shows through its grain."""
    side = find_side(picture)
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(side / 128)), np.float32)
    chalk = enrich(soft, 1.05, 0.1 if time == "night" else 0.3)
    grain = noise(rng, soft.shape, 52) + noise(rng, soft.shape, 34) * 0.6
    bare = ((grain - 0.3) * 3.5).clip(0, 0.75)[..., None]
    paper = np.array((84, 80, 108) if time == "night" else (176, 152, 146), np.float32)
    return Image.fromarray((chalk + (paper - chalk) * bare).astype(np.uint8))


def paint_impressionist(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Break the light into short bright dabs, blue and violet where it is dark."""
    side = find_side(picture)
    pixels = enrich(np.asarray(picture, np.float32), 1.3, 0.1)
    shadow = ((120 - pixels.mean(-1, keepdims=True)) / 120).clip(0, 1)
    pixels = pixels + (np.array((96, 84, 170), np.float32) - pixels) * shadow * 0.35
    canvas = Image.fromarray(pixels.astype(np.uint8)).filter(ImageFilter.BoxBlur(side / 100))
    count, scale = 950, side / 256
    spots = rng.uniform(0, picture.size, (count, 2))
    turns = rng.choice([0.0, 0.5, -0.5, 1.2], count) + rng.normal(0, 0.15, count)
    reach = rng.uniform(2.5, 5.5, count) * scale
    ends = np.stack((np.cos(turns), np.sin(turns)), 1) * reach[:, None]
    tones = pixels[spots[:, 1].astype(int), spots[:, 0].astype(int)] + rng.normal(0, 26, (count, 3))
    brush = ImageDraw.Draw(canvas)
    lines = np.concatenate((spots - ends, spots + ends), 1).tolist()
    width = max(1, round(5 * scale))
    for line, tone in zip(lines, tones.clip(0, 255).astype(int).tolist(), strict=True):
        brush.line(line, fill=tuple(tone), width=width)
    return canvas


def paint_pointillist(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Set dots of pure colour on cream, now and then one of the opposite hue."""
    side, density = find_side(picture), 27
    pixels = enrich(np.asarray(picture, np.float32), 1.35)
    canvas = Image.new("RGB", picture.size, (240, 232, 212) if time != "night" else (70, 74, 110))
    step = side / density
    across, down = (round(length / step) + 1 for length in picture.size)
    grid = (np.stack(np.meshgrid(np.arange(across), np.arange(down)), -1).reshape(-1, 2) + 0.5) * step
    dot = ImageDraw.Draw(canvas)
    for offset in (0.0, 0.5):
        spots = (grid + offset * step + rng.uniform(-0.16, 0.16, grid.shape) * step).clip(0, np.array(picture.size) - 1)
        tones = pixels[spots[:, 1].astype(int), spots[:, 0].astype(int)] + rng.normal(0, 20, (len(spots), 3))
        opposite = rng.random(len(spots)) < 0.05
        tones[opposite] = 225 - tones[opposite] * 0.7
        radius = step * 0.46
        boxes = np.concatenate((spots - radius, spots + radius), 1).tolist()
        for box, tone in zip(boxes, tones.clip(0, 255).astype(int).tolist(), strict=True):
            dot.ellipse(box, fill=tuple(tone))
    return canvas


def paint_pixel(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Keep big pixels, 32 a side of a square, and a small palette."""
    block = find_side(picture) / 32
    blocks = (max(1, round(picture.width / block)), max(1, round(picture.height / block)))
    small = np.asarray(picture.resize(blocks, Image.Resampling.BOX), np.float32)
    few = (np.round(enrich(small, 1.3) / 51) * 51).clip(0, 255).astype(np.uint8)
    return Image.fromarray(few).resize(picture.size, Image.Resampling.NEAREST)


@lru_cache(maxsize=64)
def cut_facets(side: int, across: int, place: int) -> tuple[Field, Field]:
    """Return for one of many random tilings how near a border each pixel is, 0 on it, and each tile's own shade."""
    rng = np.random.default_rng((across, place))
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side
    cells = np.stack(np.meshgrid(np.arange(across), np.arange(across)), -1).reshape(-1, 2)
    seeds = ((cells + rng.uniform(0.08, 0.92, cells.shape)) / across).astype(np.float32)
    apart = (axis[:, None, None] - seeds[:, 1]) ** 2 + (axis[None, :, None] - seeds[:, 0]) ** 2
    two = np.sqrt(np.partition(apart, 1, axis=-1)[..., :2])
    shades = rng.uniform(-1, 1, len(seeds)).astype(np.float32)
    return two[..., 1] - two[..., 0], shades[apart.argmin(-1)]


def paint_stained_glass(picture: Image.Image, rng: np.random.Generator, time: str) -> Image.Image:
    """Join pieces of glowing glass with dark lead: along what is drawn, and across wide spaces."""
    side, longest = find_side(picture), max(picture.size)
    border, shade = cut_facets(longest, round(6 * longest / side), int(rng.integers(FIELDS)))
    if rng.random() < 0.5:
        border, shade = border[:, ::-1], shade[:, ::-1]
    border, shade = (field[: picture.height, : picture.width] for field in (border, shade))
    soft = np.asarray(picture.filter(ImageFilter.BoxBlur(side / 200)), np.float32)
    glass = enrich(soft, 1.75, 0.06)
    glass = (np.round(glass / 36) * 36) * (1 + 0.2 * shade[..., None]) + 8
    lead = np.maximum(((find_edges(picture) - 44) / 34).clip(0, 1), ((0.012 - border) / 0.006).clip(0, 1))[..., None]
    body = glass + (np.array((22, 20, 26), np.float32) - glass) * lead
    return Image.fromarray(body.clip(0, 255).astype(np.uint8))
