"""Places that people built: a city's towers and a village's roofs."""

from training.scenes.brush import Colour, mix
from training.scenes.land import Stage, ground_colour, paint_hills, ridge, unlit

LAMP: Colour = (255, 226, 130)
WALLS: tuple[Colour, ...] = ((244, 236, 222), (236, 214, 178), (214, 190, 168))
ROOFS: tuple[Colour, ...] = ((188, 92, 66), (160, 84, 70), (120, 96, 96))


def paint_city(stage: Stage, shore: bool) -> None:
    """Two rows of towers behind a street, their windows lit when it is dark."""
    blue: Colour = (96, 112, 140)
    paint_towers(stage, stage.horizon + 0.04, (0.22, 0.42), mix(blue, unlit(stage, stage.low_sky), 0.55), 9)
    paint_towers(stage, stage.horizon + 0.12, (0.16, 0.34), mix((74, 84, 108), unlit(stage, stage.low_sky), 0.15), 7)
    street: Colour = (236, 240, 246) if stage.season == "winter" else (128, 130, 136)
    stage.brush.polygon(
        [(-0.02, stage.horizon + 0.12), (1.02, stage.horizon + 0.12), (1.02, 1.02), (-0.02, 1.02)], street
    )
    kerb = stage.horizon + 0.15
    stage.brush.stroke([(-0.02, kerb), (1.02, kerb)], 0.02, mix(street, (255, 255, 255), 0.45))
    for x in range(4):
        left = 0.06 + x * 0.26
        stage.brush.stroke([(left, 0.93), (left + 0.13, 0.93)], 0.014, (244, 236, 200))


def paint_towers(stage: Stage, foot: float, heights: tuple[float, float], tone: Colour, count: int) -> None:
    """Stand a row of towers side by side from edge to edge, each with a grid of windows."""
    brush, rng = stage.brush, stage.rng
    lit = stage.time in ("night", "sunset")
    pane: Colour = LAMP if lit else mix(tone, (236, 246, 255), 0.5)
    width = 1.04 / count
    for index in range(count):
        x = -0.02 + width * (index + 0.5) + rng.uniform(-0.2, 0.2) * width
        half, high = width * rng.uniform(0.36, 0.5), rng.uniform(*heights)
        shade = mix(tone, (30, 34, 56), float(rng.uniform(0, 0.22)))
        brush.polygon([(x - half, foot), (x - half, foot - high), (x + half, foot - high), (x + half, foot)], shade)
        if rng.random() < 0.3:
            brush.stroke([(x, foot - high), (x, foot - high - 0.06)], 0.01, shade)
        for row in range(int(high / 0.05)):
            for column in (-0.5, 0.0, 0.5):
                if rng.random() < (0.6 if lit else 0.75):
                    y = foot - high + 0.025 + row * 0.05
                    left, reach = x + column * half - half * 0.13, half * 0.26
                    panes = [(left, y), (left + reach, y), (left + reach, y + 0.02), (left, y + 0.02)]
                    brush.polygon(panes, pane, glow=lit)


def paint_village(stage: Stage, shore: bool) -> None:
    """A line of small gabled houses on a green, hills behind, a fence before it."""
    rng = stage.rng
    hill = mix(ground_colour(stage, (112, 150, 96)), unlit(stage, stage.low_sky), 0.4)
    stage.brush.polygon(ridge(rng, stage.horizon - 0.05, 0.05, 2), hill)
    paint_hills(stage, ((118, 168, 88), (96, 150, 74)), 0.015)
    for index in range(7):
        x = 0.02 + index * 0.16 + float(rng.uniform(-0.03, 0.03))
        paint_cottage(stage, x, stage.horizon + 0.11 + float(rng.uniform(-0.02, 0.02)), float(rng.uniform(0.1, 0.14)))
    fence: Colour = (196, 168, 128) if stage.season != "winter" else (150, 130, 110)
    top = stage.horizon + 0.155
    stage.brush.stroke([(-0.02, top), (1.02, top)], 0.008, fence)
    for index in range(21):
        stage.brush.stroke([(index * 0.05, top - 0.02), (index * 0.05, top + 0.03)], 0.008, fence)


def paint_cottage(stage: Stage, x: float, foot: float, high: float) -> None:
    """One house of the row: a wall, a roof, a window that is lit after dusk."""
    brush, rng = stage.brush, stage.rng
    wall, roof = WALLS[int(rng.integers(3))], ROOFS[int(rng.integers(3))]
    if stage.season == "winter":
        roof = (246, 248, 252)
    half = high * 0.62
    brush.polygon(
        [(x - half, foot), (x - half, foot - high * 0.6), (x + half, foot - high * 0.6), (x + half, foot)], wall
    )
    eaves = half * 1.2
    brush.polygon([(x - eaves, foot - high * 0.55), (x, foot - high * 1.2), (x + eaves, foot - high * 0.55)], roof)
    lit = stage.time in ("night", "sunset")
    pane: Colour = LAMP if lit else (96, 116, 140)
    for side in (-0.45, 0.3):
        left, upper = x + side * half, foot - high * 0.45
        reach = half * 0.36
        corners = [(left, upper), (left + reach, upper), (left + reach, upper + reach), (left, upper + reach)]
        brush.polygon(corners, pane, glow=lit)
