"""What makes a place: its land beyond the horizon and its ground or water in front."""

from collections.abc import Callable

import numpy as np

from training.scenes.brush import Colour, mix
from training.scenes.land import (
    Stage,
    ground_colour,
    mirror,
    paint_hills,
    paint_peaks,
    paint_trees,
    paint_water,
    ridge,
    unlit,
)
from training.scenes.towns import paint_city, paint_village
from training.scenes.wilds import (
    fill_sea_floor,
    fill_space,
    paint_canyon,
    paint_sea_floor,
    paint_space,
    paint_terraces,
)

GREENS: tuple[Colour, ...] = ((126, 176, 96), (104, 164, 78), (86, 146, 64))


def paint_sea(stage: Stage, shore: bool) -> None:
    """Open water, now and then a far headland; a beach in front when something must stand."""
    rng = stage.rng
    if rng.random() < 0.35:
        side, reach = rng.choice([0.0, 1.0]), rng.uniform(0.2, 0.4)
        tone = mix((92, 110, 120), unlit(stage, stage.low_sky), 0.5)
        high = stage.horizon - rng.uniform(0.03, 0.07)
        stage.brush.polygon(
            [(side, high), (abs(side - reach), stage.horizon + 0.005), (side, stage.horizon + 0.005)], tone
        )
    paint_water(stage, stage.horizon, 1.0)
    if shore:
        paint_shore(stage)


def paint_shore(stage: Stage) -> None:
    """Close the foreground with a sandy beach edged with foam."""
    sand: Colour = (240, 244, 250) if stage.season == "winter" else (226, 200, 150)
    line = ridge(stage.rng, 0.86, 0.02, 2)
    stage.brush.polygon([(x, y - 0.016) for x, y in line], (244, 248, 250))
    stage.brush.polygon(line, sand)


def paint_mountains(stage: Stage, shore: bool) -> None:
    """Two ranges of snow-capped peaks over a dark wooded foreground."""
    paint_peaks(stage, 0.26, 0.44, 4)
    paint_hills(stage, ((92, 132, 100), (76, 118, 80)), 0.03)
    paint_trees(stage, stage.horizon + 0.12, 0.09, 12, 0.25)


def paint_meadow(stage: Stage, shore: bool) -> None:
    """Rolling fields, a far line of trees, flowers in the grass."""
    rng = stage.rng
    paint_trees(stage, stage.horizon + 0.03, 0.06, 14, 0.4)
    paint_hills(stage, GREENS, 0.025)
    if stage.season == "winter":
        return
    petals: tuple[Colour, ...] = ((250, 214, 80), (244, 244, 238), (228, 96, 96), (176, 122, 204))
    tone = petals[int(rng.integers(4))] if stage.season != "autumn" else (236, 200, 110)
    for _ in range(int(rng.integers(30, 60))):
        y = stage.horizon + 0.12 + (0.88 - stage.horizon) * rng.uniform(0, 1) ** 0.7
        r = 0.003 + 0.010 * (y - stage.horizon)
        stage.brush.oval(rng.uniform(0, 1), y, r, r, tone)


def paint_forest(stage: Stage, shore: bool) -> None:
    """Three ranks of tall trees, the nearest at the sides like curtains, over a dark floor."""
    rng, horizon = stage.rng, stage.horizon
    far = mix((58, 96, 70), unlit(stage, stage.low_sky), 0.45)
    if stage.season == "autumn":
        far = mix((190, 110, 60), unlit(stage, stage.low_sky), 0.45)
    stage.brush.polygon([(x, y - 0.2) for x, y in ridge(rng, horizon, 0.03, 4)], far)
    paint_trees(stage, horizon + 0.02, 0.36, 14, 0.5)
    paint_hills(stage, ((70, 110, 62), (56, 96, 52), (50, 86, 48)), 0.012)
    paint_trees(stage, horizon + 0.06, 0.38, 7, 0.3)
    for x in (rng.uniform(-0.05, 0.09), rng.uniform(0.91, 1.05)):
        trunk = mix((74, 54, 44), (46, 46, 44), float(rng.uniform(0, 1)))
        width = rng.uniform(0.03, 0.055)
        stage.brush.polygon(
            [(x - width * 1.4, 1.0), (x + width * 1.4, 1.0), (x + width, -0.02), (x - width, -0.02)], trunk
        )
        for _ in range(5):
            tone = mix((40, 84, 46), (74, 54, 44), 0.1) if stage.season == "" else ground_colour(stage, (90, 70, 50))
            stage.brush.oval(x + rng.uniform(-0.08, 0.08), rng.uniform(-0.02, 0.12), 0.11, 0.07, tone)


def paint_desert(stage: Stage, shore: bool) -> None:
    """Dunes with lit and shaded faces, and table mountains far off."""
    rng, horizon = stage.rng, stage.horizon
    far = mix((184, 112, 84), unlit(stage, stage.low_sky), 0.45)
    for _ in range(int(rng.integers(0, 3))):
        x, half, high = rng.uniform(0.05, 0.95), rng.uniform(0.07, 0.15), rng.uniform(0.06, 0.13)
        stage.brush.polygon(
            [
                (x - half, horizon + 0.02),
                (x - half * 0.8, horizon - high),
                (x + half * 0.8, horizon - high),
                (x + half, horizon + 0.02),
            ],
            far,
        )
    sands: tuple[Colour, ...] = ((232, 196, 132), (226, 182, 112), (214, 164, 94))
    for index, tone in enumerate(sands):
        base = horizon + 0.01 + index * (1 - horizon) * 0.29
        tone = mix((246, 246, 250), tone, 0.35) if stage.season == "winter" else tone
        line = ridge(rng, base, 0.035, 2)
        stage.brush.polygon(line, tone)
        crest = int(rng.integers(10, 30))
        top = line[crest]
        foot = (min(1.0, top[0] + rng.uniform(0.2, 0.4)), top[1] + rng.uniform(0.12, 0.2))
        tail = [point for point in line[crest : crest + 9]]
        stage.brush.polygon([top, *tail, foot], mix(tone, (120, 66, 60), 0.3))


def paint_lake(stage: Stage, shore: bool) -> None:
    """Still water that mirrors wooded hills; a grassy bank in front."""
    rng, horizon = stage.rng, stage.horizon
    if rng.random() < 0.6:
        paint_peaks(stage, 0.16, 0.26, 4)
    hill = mix(ground_colour(stage, (84, 130, 88)), unlit(stage, stage.low_sky), 0.3)
    stage.brush.polygon([(x, y - 0.03) for x, y in ridge(rng, horizon, 0.03, 3)], hill)
    paint_trees(stage, horizon + 0.01, 0.11, 16, 0.2)
    water_line, bank = horizon + 0.02, (0.86 if shore else 1.0)
    paint_water(stage, water_line, 1.0)
    mirror(stage, water_line, 0.97)
    for _ in range(14):
        x, y = rng.uniform(0, 1), rng.uniform(water_line + 0.02, 1)
        stage.brush.stroke([(x - 0.06, y), (x + 0.06, y)], 0.005, mix(stage.low_sky, stage.water, 0.35), glow=True)
    green = ground_colour(stage, (92, 142, 70))
    if shore:
        stage.brush.polygon(ridge(rng, bank, 0.02, 2), green)
        return
    corner = rng.choice([0.0, 1.0])
    stage.brush.polygon([(corner, 0.9), (abs(corner - 0.25), 0.97), (abs(corner - 0.4), 1.02), (corner, 1.02)], green)


def paint_islet(stage: Stage, x: float, base: float, reach: float) -> None:
    """Raise a grassy rock out of the water for something to stand on."""
    angles = np.linspace(0, np.pi, 15)
    top = ground_colour(stage, (112, 150, 84))
    rock: Colour = (122, 108, 98)
    bumps = stage.rng.uniform(0.85, 1.1, 15)
    outline = [
        (float(x + np.cos(a) * reach), float(base + 0.075 - np.sin(a) * 0.085 * b))
        for a, b in zip(angles, bumps, strict=True)
    ]
    stage.brush.polygon(outline, rock)
    stage.brush.polygon([(px, min(py, base + 0.035)) for px, py in outline], top)
    stage.brush.stroke([(x - reach * 1.15, base + 0.078), (x + reach * 1.15, base + 0.078)], 0.01, (236, 244, 248))


PLACES: dict[str, Callable[[Stage, bool], None]] = {
    "sea": paint_sea,
    "mountains": paint_mountains,
    "meadow": paint_meadow,
    "forest": paint_forest,
    "desert": paint_desert,
    "lake": paint_lake,
    "city": paint_city,
    "village": paint_village,
    "terraces": paint_terraces,
    "canyon": paint_canyon,
    "seabed": paint_sea_floor,
    "space": paint_space,
}
BACKDROPS: dict[str, Callable[[Stage], None]] = {"seabed": fill_sea_floor, "space": fill_space}  # instead of a sky
HORIZONS = {
    "sea": 0.56,
    "mountains": 0.60,
    "meadow": 0.56,
    "forest": 0.63,
    "desert": 0.56,
    "lake": 0.53,
    "city": 0.60,
    "village": 0.54,
    "terraces": 0.42,
    "canyon": 0.62,
    "seabed": 0.80,
    "space": 0.80,
}
WATERS: dict[str, Colour] = {
    "day": (44, 118, 168),
    "sunset": (112, 72, 108),
    "night": (12, 22, 56),
    "dawn": (150, 168, 186),
}
