"""What floats, flies and shines, and the great features of the land; origin at the foot (or centre, in the sky)."""

import numpy as np

from training.scenes.brush import Brush, Colour, mix

DARK: Colour = (44, 40, 46)
WHITE: Colour = (250, 248, 242)


def draw_boat(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A small sailing boat: hull, mast, mainsail and jib."""
    hull = mix((120, 72, 46), (70, 50, 52), float(rng.uniform(0, 1)))
    half, heading = rng.uniform(0.45, 0.5), 1
    brush.polygon([(-half, 0.2), (half, 0.2), (half * 0.68, 0), (-half * 0.68, 0)], hull)
    brush.polygon([(-half, 0.2), (half, 0.2), (half * 0.95, 0.15), (-half * 0.95, 0.15)], mix(hull, WHITE, 0.4))
    brush.stroke([(0, 0.18), (0, 1.0)], 0.03, DARK)
    brush.polygon([(heading * 0.03, 0.26), (heading * 0.03, 0.98), (heading * (half + 0.02), 0.26)], colour)
    brush.polygon(
        [(heading * 0.03, 0.26), (heading * 0.03, 0.98), (heading * 0.16, 0.26)], mix(colour, (90, 80, 110), 0.16)
    )
    brush.polygon(
        [(-heading * 0.03, 0.3), (-heading * 0.03, 0.86), (-heading * half * 0.8, 0.3)], mix(colour, WHITE, 0.3)
    )


def draw_ship(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A steamship: long hull, white decks, two funnels and smoke."""
    heading = 1
    for puff in range(5):
        x = -heading * (0.1 + 0.19 * puff)
        brush.oval(x, 0.9 + 0.04 * puff, 0.09 + 0.025 * puff, 0.06 + 0.012 * puff, (196, 194, 200))
    brush.polygon([(-heading * 0.86, 0.34), (heading * 1.02, 0.4), (heading * 0.78, 0), (-heading * 0.8, 0)], colour)
    brush.polygon(
        [(-heading * 0.83, 0.08), (heading * 0.82, 0.08), (heading * 0.78, 0), (-heading * 0.8, 0)],
        mix(colour, DARK, 0.5),
    )
    brush.box(-heading * 0.05, 0.36, 1.15, 0.16, WHITE)
    brush.box(-heading * 0.1, 0.5, 0.75, 0.12, WHITE)
    lit = brush.light.lamps
    for x in np.linspace(-0.5, 0.4, 7):
        brush.box(float(x), 0.41, 0.06, 0.06, (255, 214, 110) if lit else (80, 104, 130), glow=lit)
    for x in (-0.26, 0.1):
        brush.box(x, 0.6, 0.15, 0.26, (206, 70, 54))
        brush.box(x, 0.8, 0.15, 0.07, DARK)


def draw_moon(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A full moon with its halo."""
    pale: Colour = (255, 244, 206)
    halo(brush, 1.15, (210, 214, 240), 105)
    brush.oval(0, 0, 0.5, 0.5, pale, glow=True)
    for x, y, r in ((-0.16, 0.14, 0.11), (0.14, -0.06, 0.13), (-0.08, -0.24, 0.08)):
        brush.oval(x, y, r, r, (236, 218, 176), glow=True)


def draw_sun(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A great round sun in its glow."""
    low = brush.light.hour == "sunset"
    tone: Colour = (255, 112, 58) if low else (255, 208, 66)
    halo(brush, 1.5, (255, 190, 110) if low else (255, 244, 190), 150)
    brush.oval(0, 0, 0.5, 0.5, tone, glow=True)
    brush.oval(0, 0, 0.4, 0.4, mix(tone, (255, 240, 170), 0.3), glow=True)


def halo(brush: Brush, radius: float, colour: Colour, strength: int) -> None:
    """Add a soft round glow around the origin."""
    from training.scenes.texture import soft_disc

    (x0, y0), (x1, y1) = brush.place([(-radius, radius), (radius, -radius)])
    size = max(2, int(x1 - x0))
    mask = soft_disc(size, strength)
    brush.picture.paste(tuple(int(v) for v in colour), (int(x0), int(y0)), mask)


def draw_cloud(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """One big heaped cloud with a flat base."""
    lumps = [
        (x, rng.uniform(0.2, 0.5) * (1 - abs(x) / 1.1), rng.uniform(0.28, 0.4)) for x in np.linspace(-0.75, 0.75, 6)
    ]
    for shift, tone in ((-0.09, (196, 206, 222)), (0.0, (252, 252, 252))):
        for x, y, r in lumps:
            brush.oval(float(x), y + shift, r, r * 0.8, tone)
        brush.box(0, -0.14 + shift, 1.6, 0.24, tone)


def draw_rainbow(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A broad arch of six colours, its feet on the horizon."""
    bands: tuple[Colour, ...] = (
        (228, 66, 62),
        (244, 146, 54),
        (250, 218, 74),
        (92, 184, 92),
        (72, 130, 214),
        (136, 88, 186),
    )
    (x0, y0), (x1, y1) = brush.place([(-1, 1), (1, -1)])
    pixels = max(2, round(abs(x1 - x0) * 0.036))
    for index, band in enumerate(bands):
        inset = index * pixels * 0.92
        tone = brush.paint(mix(band, (255, 255, 255), 0.12))
        brush.draw.arc((x0 + inset, y0 + inset, x1 - inset, y1 - inset), 180, 360, fill=tone, width=pixels)


def draw_birds(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A flight of four to six birds with bent wings."""
    dark = brush.light.hour == "night"
    tone: Colour = (238, 238, 244) if dark else DARK
    for index in range(int(rng.integers(4, 7))):
        x, y = (index - 2.2) * 0.36 + rng.uniform(-0.1, 0.1), rng.uniform(-0.4, 0.45)
        span, lift = rng.uniform(0.2, 0.32), rng.uniform(0.08, 0.16)
        wing = [
            (x - span, y + lift),
            (x - span * 0.45, y + lift * 1.25),
            (x, y),
            (x + span * 0.45, y + lift * 1.25),
            (x + span, y + lift),
        ]
        brush.stroke(wing, 0.055, tone, glow=dark)


def draw_balloon(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A striped hot-air balloon and its basket, centred on the origin."""
    other: Colour = WHITE if rng.random() < 0.6 else (250, 206, 84)
    for half, tone in ((0.36, colour), (0.235, other), (0.11, colour)):
        brush.oval(0, 0.14, half, 0.36, tone)
        brush.polygon([(-half * 0.93, 0.0), (half * 0.93, 0.0), (half * 0.3, -0.32), (-half * 0.3, -0.32)], tone)
    brush.stroke([(-0.1, -0.3), (-0.06, -0.42)], 0.016, DARK)
    brush.stroke([(0.1, -0.3), (0.06, -0.42)], 0.016, DARK)
    brush.box(0, -0.52, 0.17, 0.12, (132, 88, 50))


def draw_volcano(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A dark cone with a glowing crater, lava and smoke."""
    rock: Colour = (92, 72, 74)
    drift = rng.choice([-1, 1]) * rng.uniform(0.04, 0.12)
    for puff in range(6):
        brush.oval(
            drift * puff,
            0.78 + 0.09 * puff,
            0.1 + 0.035 * puff,
            0.08 + 0.015 * puff,
            mix((120, 112, 116), (190, 180, 180), puff / 6),
        )
    brush.polygon([(-0.95, 0), (-0.45, 0.3), (-0.15, 0.74), (0.15, 0.74), (0.45, 0.3), (0.95, 0)], rock)
    brush.polygon([(0.04, 0.74), (0.15, 0.74), (0.45, 0.3), (0.95, 0), (0.3, 0)], mix(rock, DARK, 0.45))
    for x, low, width in ((-0.05, 0.36, 0.07), (0.06, 0.22, 0.06), (-0.11, 0.5, 0.05)):
        brush.stroke([(x, 0.74), (x * 1.3, (0.74 + low) / 2 + 0.05), (x * 2.4, low)], width, (255, 92, 36), glow=True)
    brush.oval(0, 0.74, 0.15, 0.045, (255, 176, 62), glow=True)


def draw_waterfall(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A white fall between two rock walls into a pool."""
    rock = mix((112, 100, 98), (92, 108, 84), float(rng.uniform(0, 1)))
    half = rng.uniform(0.13, 0.19)
    for side in (-1, 1):
        wall = [(0, 0), (side * 1.0, 0), (side * 0.86, 0.5), (side * 0.62, 0.88), (side * 0.3, 1.0), (0, 0.95)]
        brush.polygon(wall, mix(rock, DARK, 0.1 if side < 0 else 0.38))
        for _ in range(5):
            x, y = side * rng.uniform(0.28, 0.75), rng.uniform(0.1, 0.7)
            brush.polygon(
                [(x, y), (x + 0.14, y + 0.03), (x + 0.05, y + 0.16)], mix(rock, DARK, float(rng.uniform(0, 0.6)))
            )
        brush.oval(side * 0.6, 0.92, 0.24, 0.09, (76, 134, 68))
    brush.polygon([(-half * 0.8, 0.97), (half * 0.8, 0.97), (half * 1.3, 0.02), (-half * 1.3, 0.02)], (226, 240, 250))
    for x in np.linspace(-0.8, 0.8, 5):
        brush.stroke([(x * half, 0.94), (x * half * 1.3, 0.06)], 0.022, (164, 200, 228))
    brush.oval(0, 0.0, 0.72, 0.075, (110, 168, 204))
    for _ in range(7):
        brush.oval(float(rng.uniform(-0.26, 0.26)), float(rng.uniform(0, 0.07)), 0.075, 0.05, (244, 249, 252))


def winding(rng: np.random.Generator, x: float, horizon: float, widest: float) -> list[tuple[float, float]]:
    """Return the outline of a band that winds from the bottom edge to the horizon, narrowing with distance."""
    sway, phase = rng.uniform(0.12, 0.15), rng.uniform(-0.3, 0.3)
    left, right = [], []
    for t in np.linspace(0, 1, 22):
        y = 1.02 + (horizon + 0.012 - 1.02) * t
        near = (1 - t) ** 1.4
        centre = x + sway * np.sin(phase + t * 5.2) * (0.25 + near) + (0.5 - x) * t * 0.5
        half = widest * (near + 0.045)
        left.append((float(centre - half), float(y)))
        right.append((float(centre + half), float(y)))
    return left + right[::-1]


def draw_river(brush: Brush, rng: np.random.Generator, x: float, horizon: float, sky: Colour) -> None:
    """A river that winds to the horizon and carries the sky's colour."""
    outline = winding(rng, x, horizon, 0.2)
    brush.polygon([(px + (0.012 if i >= 22 else -0.012), py) for i, (px, py) in enumerate(outline)], (96, 92, 70))
    water = mix((70, 140, 196), sky, 0.3)
    brush.polygon(outline, water, glow=brush.light.hour != "night")
    for i in range(2, 20, 3):
        (ax, ay), (bx, _) = outline[i], outline[43 - i]
        third = (bx - ax) / 3
        brush.stroke(
            [(ax + third, ay), (bx - third, ay)], 0.008, mix(water, WHITE, 0.45), glow=brush.light.hour != "night"
        )


def draw_path(brush: Brush, rng: np.random.Generator, x: float, horizon: float, sky: Colour) -> None:
    """A sandy path that winds to the horizon."""
    outline = winding(rng, x, horizon, 0.15)
    earth: Colour = (214, 186, 140)
    brush.polygon([(px + (0.014 if i >= 22 else -0.014), py) for i, (px, py) in enumerate(outline)], (132, 106, 74))
    brush.polygon(outline, earth)
