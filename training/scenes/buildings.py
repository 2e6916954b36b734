"""What people build: each function draws one subject on a brush whose origin is its foot and whose height is 1."""

import numpy as np

from training.scenes.brush import Brush, Colour, mix

WARM: Colour = (255, 214, 110)
DARK: Colour = (52, 44, 48)
WHITE: Colour = (248, 245, 238)
STONE: Colour = (168, 162, 158)


def window(brush: Brush, x: float, y: float, size: float, lit: bool) -> None:
    """Draw a window; lamplight does not dim with the hour."""
    brush.box(x, y, size, size, WARM if lit else (88, 112, 138), glow=lit)


def draw_house(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A gabled house with a chimney, a door and windows."""
    width = rng.uniform(1.1, 1.2)
    wall = rng.uniform(0.5, 0.54)
    roof: Colour = (78, 66, 76) if colour[1] < 110 else (164, 64, 50)
    brush.box(width * 0.26, wall, 0.13, 0.42, mix(STONE, DARK, 0.35))
    brush.box(0, 0, width, wall, colour)
    brush.box(-width * 0.35, 0, width * 0.3, wall, mix(colour, DARK, 0.14))
    peak = width / 2 + 0.12
    brush.polygon([(-peak, wall - 0.03), (peak, wall - 0.03), (width * 0.12, 1), (-width * 0.12, 1)], roof)
    brush.box(0, 0, width * 0.17, wall * 0.64, mix(DARK, (120, 70, 40), 0.6))
    lit = brush.light.lamps
    window(brush, -width * 0.29, wall * 0.36, width * 0.19, lit)
    window(brush, width * 0.29, wall * 0.36, width * 0.19, lit)


def draw_lighthouse(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A striped tapering tower with a lamp on top."""
    foot, top = rng.uniform(0.15, 0.19), 0.095
    bands = 5
    for band in range(bands):
        low, high = band / bands * 0.74, (band + 1) / bands * 0.74
        a, b = foot + (top - foot) * low / 0.74, foot + (top - foot) * high / 0.74
        stripe = colour if band % 2 == 0 else WHITE
        if sum(colour) > 690:
            stripe = WHITE if band % 2 == 0 else (200, 52, 46)
        brush.polygon([(-a, low), (a, low), (b, high), (-b, high)], stripe)
        brush.polygon([(a * 0.35, low), (a, low), (b, high), (b * 0.35, high)], mix(stripe, DARK, 0.16))
    if brush.light.lamps:
        beam = mix((255, 236, 160), (60, 70, 110), 0.5)
        brush.polygon([(0, 0.82), (-1.3, 1.0), (-1.3, 0.78)], beam, glow=True)
        brush.polygon([(0, 0.82), (1.3, 0.94), (1.3, 0.72)], beam, glow=True)
    brush.box(0, 0.74, 0.3, 0.035, DARK)
    brush.box(0, 0.775, 0.14, 0.11, (255, 226, 120), glow=True)
    brush.polygon([(-0.12, 0.885), (0.12, 0.885), (0, 1.0)], mix(colour, DARK, 0.45))


def draw_tower(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A pagoda: storeys that shrink upwards under curved eaves."""
    storeys = 4
    rise = 0.9 / storeys
    wall: Colour = (190, 78, 58)
    roof: Colour = (62, 72, 84)
    for storey in range(storeys):
        y, half = storey * rise, 0.25 * (1 - 0.58 * storey / storeys)
        brush.box(0, y, half * 2, rise * 0.72, wall)
        brush.box(0, y, half * 0.6, rise * 0.5, WARM if brush.light.lamps else DARK, glow=brush.light.lamps)
        eave, low = half * 1.75, y + rise * 0.58
        brush.polygon(
            [
                (-eave, low + rise * 0.14),
                (-half, low),
                (half, low),
                (eave, low + rise * 0.14),
                (half * 0.7, y + rise),
                (-half * 0.7, y + rise),
            ],
            roof,
        )
    brush.polygon([(-0.025, 0.9), (0.025, 0.9), (0, 1.04)], (214, 176, 84))


def draw_castle(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A keep between two round towers with pointed roofs."""
    stone = mix(STONE, (206, 190, 160), float(rng.uniform(0, 1)))
    roof: Colour = (164, 70, 66)
    brush.box(0, 0, 0.9, 0.44, mix(stone, DARK, 0.12))
    for notch in np.linspace(-0.38, 0.38, 6):
        brush.box(float(notch), 0.44, 0.085, 0.06, mix(stone, DARK, 0.12))
    brush.box(0, 0, 0.3, 0.66, stone)
    brush.polygon([(-0.19, 0.66), (0.19, 0.66), (0, 1.0)], roof)
    for side in (-1, 1):
        brush.box(side * 0.47, 0, 0.22, 0.56, stone)
        brush.box(side * 0.47 + 0.06, 0, 0.1, 0.56, mix(stone, DARK, 0.18))
        brush.polygon([(side * 0.47 - 0.16, 0.56), (side * 0.47 + 0.16, 0.56), (side * 0.47, 0.86)], roof)
        window(brush, side * 0.47, 0.36, 0.06, brush.light.lamps)
    brush.box(0, 0, 0.15, 0.2, DARK)
    brush.oval(0, 0.2, 0.075, 0.075, DARK)
    window(brush, 0, 0.46, 0.08, brush.light.lamps)


def draw_windmill(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A tapering mill with four sails."""
    body = mix(WHITE, (196, 150, 110), float(rng.uniform(0, 0.9)))
    brush.polygon([(-0.22, 0), (0.22, 0), (0.12, 0.62), (-0.12, 0.62)], body)
    brush.polygon([(0.05, 0), (0.22, 0), (0.12, 0.62), (0.03, 0.62)], mix(body, DARK, 0.2))
    brush.polygon([(-0.15, 0.6), (0.15, 0.6), (0, 0.78)], (134, 70, 56))
    brush.box(0, 0, 0.1, 0.18, DARK)
    window(brush, 0, 0.34, 0.07, brush.light.lamps)
    turn = rng.uniform(0.6, 0.9)
    for quarter in range(4):
        angle = turn + quarter * np.pi / 2
        along, across = (np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))
        blade = [
            (along[0] * r + across[0] * w, 0.62 + along[1] * r + across[1] * w)
            for r, w in ((0.1, 0.0), (0.44, 0.0), (0.44, 0.1), (0.1, 0.1))
        ]
        brush.polygon(blade, (242, 232, 214))
        brush.stroke([(0, 0.62), (along[0] * 0.46, 0.62 + along[1] * 0.46)], 0.025, DARK)


def draw_church(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A nave and a steeple with a cross."""
    wall = mix(WHITE, (214, 190, 160), float(rng.uniform(0, 1)))
    roof: Colour = (124, 72, 62)
    side = 1
    brush.box(side * 0.22, 0, 0.62, 0.3, wall)
    brush.polygon(
        [(side * 0.22 - 0.36, 0.29), (side * 0.22 + 0.36, 0.29), (side * 0.22 + 0.24, 0.5), (side * 0.22 - 0.24, 0.5)],
        roof,
    )
    brush.box(-side * 0.2, 0, 0.26, 0.56, mix(wall, DARK, 0.06))
    brush.polygon([(-side * 0.2 - 0.16, 0.55), (-side * 0.2 + 0.16, 0.55), (-side * 0.2, 0.9)], roof)
    brush.box(-side * 0.2, 0.88, 0.028, 0.14, DARK)
    brush.box(-side * 0.2, 0.945, 0.1, 0.028, DARK)
    lit = brush.light.lamps
    brush.box(-side * 0.2, 0, 0.1, 0.17, DARK)
    window(brush, -side * 0.2, 0.34, 0.08, lit)
    for offset in (0.12, 0.34):
        brush.box(side * offset, 0.08, 0.07, 0.13, WARM if lit else (88, 112, 138), glow=lit)


def draw_tent(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A ridge tent seen from the front, its flap open."""
    half = rng.uniform(0.72, 0.85)
    brush.polygon([(-half, 0), (half * 0.62, 0), (-half * 0.1, 1)], colour)
    brush.polygon([(half * 0.62, 0), (half * 1.15, 0.08), (-half * 0.1, 1)], mix(colour, DARK, 0.28))
    lit = brush.light.lamps
    brush.polygon(
        [(-half * 0.45, 0), (half * 0.2, 0), (-half * 0.1, 0.68)], WARM if lit else mix(colour, DARK, 0.65), glow=lit
    )


def draw_bridge(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """An arched stone bridge, wider than it is high."""
    stone = mix(STONE, (188, 120, 88), float(rng.uniform(0, 1)))
    span = rng.uniform(1.25, 1.45)
    xs = np.linspace(-span, span, 25)
    deck = [(float(x), float(0.42 + 0.5 * np.cos(x / span * np.pi / 2) ** 1.3)) for x in xs]
    hole = [
        (float(x), float(0.66 * np.sqrt(max(0.0, 1 - (x / (span * 0.56)) ** 2)))) for x in xs if abs(x) <= span * 0.56
    ]
    brush.polygon([(-span, 0.0), *deck, (span, 0.0), (span * 0.57, 0.0), *reversed(hole), (-span * 0.57, 0.0)], stone)
    brush.stroke([(x, y + 0.09) for x, y in deck], 0.05, mix(stone, DARK, 0.35))
    for x, y in deck[1::3]:
        brush.stroke([(x, y), (x, y + 0.1)], 0.035, mix(stone, DARK, 0.35))
    brush.stroke([(x, y + 0.02) for x, y in hole], 0.045, mix(stone, DARK, 0.45))
