"""Places far from any road: terraces, a canyon, the sea floor, and space."""

import numpy as np
from PIL import Image

from pipelines.image.hands.texture import noise
from training.scenes.brush import Colour, mix
from training.scenes.land import Stage, paint_peaks, ridge, unlit
from training.scenes.texture import soft_disc

CORALS: tuple[Colour, ...] = ((236, 96, 96), (244, 150, 92), (226, 120, 170), (150, 110, 190))


def paint_terraces(stage: Stage, shore: bool) -> None:
    """Rice fields in steps that curve down a slope, water on some of them."""
    rng, horizon = stage.rng, stage.horizon
    paint_peaks(stage, 0.12, 0.22, 4)
    green: tuple[Colour, ...] = ((150, 192, 84), (118, 172, 74), (92, 150, 66))
    if stage.season == "autumn":
        green = ((232, 190, 80), (216, 164, 64), (196, 140, 60))
    bend, turn = float(rng.uniform(0.04, 0.08)), float(rng.uniform(0, 6.3))
    steps = 7
    for index in range(steps):
        base = horizon + (1 - horizon) * (index / steps) ** 1.25
        xs = np.linspace(-0.02, 1.02, 30)
        ys = base + bend * (0.5 + index / steps) * np.sin(xs * 4.2 + turn + index * 0.25)
        outline = [*((float(x), float(y)) for x, y in zip(xs, ys, strict=True)), (1.02, 1.05), (-0.02, 1.05)]
        tone = green[index % 3]
        if stage.season == "winter":
            tone = mix((242, 246, 252), tone, 0.12)
        elif index % 3 == 1:
            tone = unlit(stage, mix(stage.low_sky, stage.water, 0.25))
        stage.brush.polygon(outline, mix(tone, unlit(stage, stage.low_sky), 0.25 * (1 - index / steps)))
        lip = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        stage.brush.stroke(lip, 0.009 + 0.006 * index / steps, (96, 84, 52))


def paint_canyon(stage: Stage, shore: bool) -> None:
    """Walls of banded red rock on both sides of a dry floor."""
    rng, horizon = stage.rng, stage.horizon
    reds: tuple[Colour, ...] = ((206, 108, 66), (184, 86, 56), (222, 138, 90), (164, 72, 52))
    if stage.season == "winter":
        reds = tuple(mix(tone, (244, 246, 252), 0.35) for tone in reds)
    for side in (0.0, 1.0):
        for depth, reach, top in ((0.45, 0.5, 0.3), (0.1, 0.3, 0.06)):
            reach, top = reach * float(rng.uniform(0.85, 1.1)), top + float(rng.uniform(-0.03, 0.05))
            foot = horizon + 0.06 + (0.45 - depth) * 0.2
            for band in range(6):
                upper = top + (foot - top) * band / 6
                edge = reach * (0.72 + 0.28 * band / 5) + float(rng.uniform(-0.02, 0.02))
                tone = mix(reds[band % 4], unlit(stage, stage.low_sky), depth)
                corners = [(side, upper), (abs(side - edge), upper), (abs(side - edge * 1.04), foot), (side, foot)]
                stage.brush.polygon(corners, tone)
    sand: Colour = (244, 244, 248) if stage.season == "winter" else (220, 160, 108)
    stage.brush.polygon(ridge(rng, horizon + 0.05, 0.012, 2), sand)
    stage.brush.polygon(ridge(rng, horizon + 0.2, 0.02, 2), mix(sand, (150, 86, 60), 0.2))


def fill_rows(picture: Image.Image, top: Colour, bottom: Colour) -> None:
    """Fill a picture from one colour above to another below."""
    side = picture.width
    rows = np.linspace(0, 1, side)[:, None]
    band = np.asarray(top)[None] * (1 - rows) + np.asarray(bottom)[None] * rows
    picture.paste(
        Image.fromarray(np.ascontiguousarray(np.broadcast_to(band[:, None], (side, side, 3)).astype(np.uint8)))
    )


def fill_sea_floor(stage: Stage) -> None:
    """Fill the picture with water seen from below, light slanting in from above."""
    night = stage.time == "night"
    picture, rng = stage.brush.picture, stage.rng
    fill_rows(picture, (20, 52, 110) if night else (96, 206, 222), (6, 14, 48) if night else (14, 84, 150))
    side = picture.width
    rays = Image.new("L", (side, side), 0)
    brush = type(stage.brush)(rays.convert("RGB"), stage.brush.light)
    for _ in range(4):
        x, lean, wide = rng.uniform(0, 1), rng.uniform(-0.25, 0.1), rng.uniform(0.03, 0.08)
        ray = [(x, -0.02), (x + wide, -0.02), (x + lean + wide * 2.2, 0.8), (x + lean, 0.8)]
        brush.polygon(ray, (40, 40, 40) if night else (72, 72, 72), glow=True)
    picture.paste((226, 250, 250), (0, 0), brush.picture.convert("L"))


def paint_sea_floor(stage: Stage, shore: bool) -> None:
    """Sand, weeds and corals at the foot of the water; bubbles."""
    brush, rng = stage.brush, stage.rng
    night = stage.time == "night"
    sand: Colour = (60, 78, 120) if night else (222, 206, 160)
    brush.polygon(ridge(rng, 0.84, 0.03, 2), sand, glow=True)
    for _ in range(6):
        x, high = float(rng.choice([rng.uniform(0, 0.3), rng.uniform(0.7, 1)])), rng.uniform(0.1, 0.26)
        tone: Colour = mix((52, 140, 84), (20, 40, 90), 0.5 if night else 0.0)
        bend = rng.uniform(-0.03, 0.03)
        stem = [(x + bend * np.sin(t * 7), 0.9 - high * t) for t in np.linspace(0, 1, 7)]
        brush.stroke(stem, 0.02, tone, glow=True)
    for _ in range(5):
        x, r = float(rng.choice([rng.uniform(0, 0.32), rng.uniform(0.68, 1)])), rng.uniform(0.025, 0.05)
        tone = mix(CORALS[int(rng.integers(4))], (20, 30, 80), 0.45 if night else 0.0)
        for lean in (-1, 0, 1):
            brush.oval(x + lean * r * 0.8, 0.9 - r * (1.4 - abs(lean) * 0.5), r * 0.5, r * 1.1, tone, glow=True)
    for _ in range(9):
        r = rng.uniform(0.006, 0.014)
        brush.oval(rng.uniform(0, 1), rng.uniform(0.05, 0.75), r, r, (214, 244, 250), glow=True)


def fill_space(stage: Stage) -> None:
    """Fill the picture with black space: a coloured cloud of stars, one planet in an upper corner."""
    picture, rng = stage.brush.picture, stage.rng
    fill_rows(picture, (8, 6, 26), (26, 16, 58))
    side = picture.width
    tint = [(110, 50, 140), (40, 80, 160), (150, 60, 90)][int(rng.integers(3))]
    cloud = (noise(rng, (side, side), 3) * 190 - 20).clip(0, 150).astype(np.uint8)
    picture.paste(tint, (0, 0), Image.fromarray(cloud))
    for _ in range(40):
        r = rng.uniform(0.002, 0.006)
        stage.brush.oval(rng.uniform(0, 1), rng.uniform(0, 1), r, r, (246, 246, 255), glow=True)
    x, y, r = float(rng.choice([0.14, 0.86])), rng.uniform(0.14, 0.24), rng.uniform(0.06, 0.1)
    hue: Colour = [(224, 150, 90), (96, 160, 214), (206, 110, 110)][int(rng.integers(3))]
    glow = int(side * r * 3)
    picture.paste(
        tuple(int(v) for v in hue), (int(x * side - glow / 2), int(y * side - glow / 2)), soft_disc(glow, 120)
    )
    stage.brush.oval(x, y, r, r, hue, glow=True)
    stage.brush.oval(x + r * 0.25, y + r * 0.2, r * 0.7, r * 0.75, mix(hue, (20, 16, 40), 0.3), glow=True)
    stage.brush.stroke(
        [(x - r * 1.8, y + r * 0.5), (x + r * 1.8, y - r * 0.5)], 0.012, mix(hue, (255, 255, 255), 0.5), glow=True
    )


def paint_space(stage: Stage, shore: bool) -> None:
    """Grey ground full of craters, as on a moon."""
    brush, rng = stage.brush, stage.rng
    brush.polygon(ridge(rng, 0.82, 0.02, 2), (150, 148, 160), glow=True)
    for _ in range(9):
        x, y = rng.uniform(0, 1), rng.uniform(0.87, 1.0)
        r = 0.02 + 0.05 * (y - 0.82)
        brush.oval(x, y, r * 1.8, r * 0.6, (112, 110, 124), glow=True)
        brush.oval(x, y + r * 0.15, r * 1.5, r * 0.42, (132, 130, 144), glow=True)
