"""What grows and what walks: each function draws one subject, foot at the origin, height 1."""

import numpy as np

from training.scenes.brush import Brush, Colour, mix

BARK: Colour = (96, 66, 48)
DARK: Colour = (44, 40, 46)
LEAF: Colour = (74, 138, 62)


def foliage(brush: Brush, rng: np.random.Generator, colour: Colour, spread: float) -> None:
    """Draw a round crown of overlapping clumps, lit from the upper left."""
    turns = np.linspace(0.3, 0.3 + 2 * np.pi, 7, endpoint=False) + rng.uniform(-0.2, 0.2, 7)
    clumps = [(float(np.cos(turn)) * spread * 0.6, float(0.68 + np.sin(turn) * 0.17)) for turn in turns]
    for shift, tone in ((0.03, mix(colour, DARK, 0.32)), (0.0, colour)):
        for x, y in clumps:
            brush.oval(x + shift, y - shift, spread * 0.52, 0.17, tone)
    brush.oval(0, 0.68, spread * 0.7, 0.2, colour)
    for x, y in clumps[:4]:
        brush.oval(x - 0.06, y + 0.06, spread * 0.24, 0.075, mix(colour, (255, 250, 190), 0.28))


def draw_tree(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A broad-leaved tree with a round crown."""
    brush.polygon([(-0.075, 0), (0.075, 0), (0.04, 0.55), (-0.04, 0.55)], BARK)
    brush.stroke([(0, 0.3), (0.16, 0.55)], 0.035, BARK)
    foliage(brush, rng, colour, rng.uniform(0.4, 0.44))


def draw_blossom(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A cherry tree in flower: a bent dark trunk, pink clouds of petals."""
    bend = rng.uniform(0.1, 0.15)
    brush.stroke([(0, 0), (bend * 0.6, 0.25), (-bend * 0.3, 0.45), (bend, 0.7)], 0.085, (70, 46, 48))
    brush.stroke([(-bend * 0.2, 0.42), (-bend * 2, 0.66)], 0.05, (70, 46, 48))
    pink: Colour = (246, 164, 186)
    for tone, count, radius in (
        (mix(pink, (150, 70, 110), 0.35), 9, 0.15),
        (pink, 14, 0.13),
        ((255, 222, 228), 10, 0.06),
    ):
        for _ in range(count):
            angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, 1))
            brush.oval(
                float(np.cos(angle) * reach * 0.44),
                float(0.7 + np.sin(angle) * reach * 0.22),
                radius,
                radius * 0.8,
                tone,
            )
    for _ in range(8):
        brush.oval(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0, 0.4)), 0.018, 0.018, (255, 206, 218))


def draw_pine(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A fir of stacked triangles."""
    green = mix((34, 92, 66), (54, 108, 58), float(rng.uniform(0, 1)))
    snowy = colour[2] > 200
    brush.box(0, 0, 0.09, 0.2, BARK)
    tiers = int(rng.integers(4, 6))
    for tier in range(tiers):
        low = 0.1 + 0.72 * tier / tiers
        half, high = 0.31 * (1 - 0.78 * tier / tiers), low + 0.9 / tiers * 1.35
        brush.polygon([(-half, low), (half, low), (0, min(1.0, high))], green)
        brush.polygon([(half * 0.15, low), (half, low), (0, min(1.0, high))], mix(green, DARK, 0.3))
        if snowy:
            brush.polygon([(-half, low), (-half * 0.2, low + 0.05), (0, min(1.0, high))], (240, 244, 250))


def draw_palm(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A leaning palm with a fan of drooping fronds."""
    lean = rng.uniform(0.12, 0.2)
    brush.stroke([(0, 0), (lean * 0.3, 0.35), (lean, 0.78)], 0.065, (138, 100, 66))
    for angle in np.linspace(-0.35, np.pi + 0.35, 8):
        reach = rng.uniform(0.34, 0.42)
        tip = (lean + np.cos(angle) * reach, 0.78 + np.sin(angle) * reach * 0.6 - 0.1)
        middle = (lean + np.cos(angle) * reach * 0.55, 0.82 + np.sin(angle) * reach * 0.62)
        green: Colour = (58, 128, 58) if rng.random() < 0.5 else (84, 152, 66)
        brush.polygon([(lean, 0.76), (middle[0], middle[1] + 0.05), tip, (middle[0], middle[1] - 0.045)], green)
    brush.oval(lean, 0.76, 0.045, 0.04, (110, 74, 44))


def draw_flower(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """One large flower: five or six round petals on a stem with two leaves."""
    sway = rng.uniform(-0.02, 0.02)
    brush.stroke([(0, 0), (sway, 0.4), (sway, 0.7)], 0.05, (70, 130, 62))
    for side in (-1, 1):
        brush.polygon([(sway * 0.5, 0.15), (side * 0.2, 0.36), (side * 0.28, 0.28), (side * 0.14, 0.16)], LEAF)
    petals = 6
    turn = rng.uniform(-0.1, 0.1)
    for petal in range(petals):
        angle = turn + petal * 2 * np.pi / petals
        x, y = float(sway + np.cos(angle) * 0.165), float(0.74 + np.sin(angle) * 0.165)
        brush.oval(x + 0.012, y - 0.012, 0.125, 0.125, mix(colour, DARK, 0.25))
        brush.oval(x, y, 0.115, 0.115, colour)
    heart: Colour = (250, 200, 60) if colour[2] > 90 or colour[1] < 120 else (150, 84, 36)
    brush.oval(sway, 0.74, 0.09, 0.09, heart)


def draw_sunflower(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A tall sunflower: a brown disc in a ring of pointed yellow petals."""
    brush.stroke([(0, 0), (0, 0.7)], 0.055, (74, 126, 56))
    for side, y in ((-1, 0.2), (1, 0.32)):
        brush.polygon([(0, y), (side * 0.2, y + 0.15), (side * 0.3, y + 0.04), (side * 0.14, y - 0.03)], LEAF)
    turn = rng.uniform(0, 1)
    for ring, tone in ((0.3, (222, 150, 30)), (0.27, (252, 200, 44))):
        for petal in range(14):
            angle = turn + petal * 2 * np.pi / 14 + ring * 8
            tip = (float(np.cos(angle) * ring), float(0.7 + np.sin(angle) * ring))
            left, right = angle - 0.26, angle + 0.26
            brush.polygon(
                [
                    (float(np.cos(left) * 0.15), float(0.7 + np.sin(left) * 0.15)),
                    tip,
                    (float(np.cos(right) * 0.15), float(0.7 + np.sin(right) * 0.15)),
                ],
                tone,
            )
    brush.oval(0, 0.7, 0.155, 0.155, (110, 66, 32))
    brush.oval(-0.02, 0.72, 0.09, 0.09, (74, 44, 26))


def draw_mushroom(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A fat stalk under a spotted cap."""
    brush.polygon([(-0.16, 0), (0.16, 0), (0.11, 0.55), (-0.11, 0.55)], (240, 228, 206))
    brush.polygon([(0.05, 0), (0.16, 0), (0.11, 0.55), (0.04, 0.55)], (206, 190, 168))
    half = rng.uniform(0.44, 0.54)
    angles = np.linspace(0, np.pi, 21)
    cap = [(float(np.cos(a) * half), float(0.48 + np.sin(a) * 0.5)) for a in angles]
    brush.polygon(cap, colour)
    brush.polygon([(x * 0.98, y) for x, y in cap[:7]] + [(half * 0.3, 0.48)], mix(colour, DARK, 0.22))
    brush.oval(0, 0.48, half, 0.05, mix(colour, DARK, 0.4))
    for x, y, r in ((-0.24, 0.64, 0.07), (0.02, 0.8, 0.08), (0.22, 0.62, 0.065)):
        brush.oval(x, y, r, r * 0.8, (252, 246, 236))


def draw_cactus(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A saguaro with two raised arms."""
    green: Colour = (72, 136, 84)
    for shift, tone in ((0.0, mix(green, DARK, 0.35)), (-0.03, green)):
        brush.box(shift, 0, 0.2, 0.92, tone)
        brush.oval(shift, 0.92, 0.1, 0.08, tone)
        for side, low, high in ((-1, 0.34, 0.74), (1, 0.46, 0.82)):
            brush.stroke([(shift, low), (shift + side * 0.3, low)], 0.13, tone)
            brush.box(shift + side * 0.3, low - 0.06, 0.13, high - low, tone)
            brush.oval(shift + side * 0.3, high - 0.06, 0.065, 0.06, tone)


def draw_snowman(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """Two snowballs, a carrot, a hat and a scarf."""
    snow: Colour = (250, 251, 255)
    shade: Colour = (206, 216, 234)
    brush.oval(0.02, 0.26, 0.31, 0.28, shade)
    brush.oval(-0.01, 0.28, 0.28, 0.26, snow)
    brush.oval(0.02, 0.66, 0.205, 0.2, shade)
    brush.oval(-0.01, 0.67, 0.185, 0.185, snow)
    brush.box(0, 0.48, 0.34, 0.07, colour)
    brush.box(0.1, 0.3, 0.08, 0.2, colour)
    brush.box(0, 0.82, 0.4, 0.04, DARK)
    brush.box(0, 0.84, 0.25, 0.17, DARK)
    brush.polygon([(0, 0.7), (0, 0.63), (-0.24, 0.65)], (240, 130, 40))
    for x in (-0.09, 0.07):
        brush.oval(x, 0.74, 0.028, 0.028, DARK)
    for y in (0.2, 0.34):
        brush.oval(0, y, 0.03, 0.03, DARK)


def draw_person(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A walker in a long coat, seen from behind."""
    skin = mix((236, 196, 160), (150, 104, 74), float(rng.uniform(0, 1)))
    stride = rng.uniform(0.05, 0.1)
    brush.polygon([(-0.02, 0.4), (0.06, 0.4), (stride + 0.05, 0), (stride - 0.03, 0)], DARK)
    brush.polygon([(-0.06, 0.4), (0.02, 0.4), (-stride + 0.03, 0), (-stride - 0.05, 0)], DARK)
    brush.polygon([(-0.1, 0.76), (0.1, 0.76), (0.17, 0.26), (-0.17, 0.26)], colour)
    for side in (-1, 1):
        brush.stroke([(side * 0.09, 0.73), (side * 0.2, 0.44)], 0.06, mix(colour, DARK, 0.2))
    brush.oval(0, 0.87, 0.085, 0.1, skin)
    brush.polygon([(-0.2, 0.9), (0.2, 0.9), (0, 1.03)], (210, 176, 110))


def draw_bamboo(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """Stalks of bamboo with their joints and narrow leaves."""
    for x in (-0.26, -0.04, 0.2):
        lean = float(rng.uniform(-0.05, 0.05))
        green = mix((96, 160, 76), (64, 128, 70), float(rng.uniform(0, 1)))
        brush.stroke([(x, 0), (x + lean, 1.0)], 0.075, green)
        for joint in (0.16, 0.34, 0.52, 0.7, 0.88):
            spot = x + lean * joint
            brush.stroke([(spot - 0.05, joint), (spot + 0.05, joint)], 0.022, mix(green, DARK, 0.5))
        for joint, side in ((0.52, 1), (0.7, -1), (0.86, 1), (0.94, -1)):
            spot, reach = x + lean * joint, side * float(rng.uniform(0.18, 0.26))
            tip = (spot + reach, joint - 0.1)
            brush.polygon(
                [(spot, joint), (spot + reach * 0.5, joint + 0.02), tip, (spot + reach * 0.4, joint - 0.08)], LEAF
            )


def draw_lotus(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A lotus flower over its round leaves on the water."""
    for x, y, reach in ((-0.5, 0.08, 0.42), (0.52, 0.06, 0.4), (0.0, 0.0, 0.34)):
        brush.oval(x, y, reach, 0.12, (52, 120, 84))
        brush.oval(x, y + 0.02, reach * 0.8, 0.08, (84, 156, 104))
    brush.stroke([(0, 0.06), (0, 0.4)], 0.05, (70, 130, 80))
    opened = float(rng.uniform(0.95, 1.08))
    for turn, tone in ((1.25, 0.25), (0.8, 0.12), (0.4, 0.0), (0.0, 0.4)):
        for side in (-1, 1):
            tip = (side * float(np.sin(turn)) * 0.5 * opened, 0.36 + float(np.cos(turn)) * 0.62)
            wide = 0.13
            across = (float(np.cos(turn)) * wide, -side * float(np.sin(turn)) * wide)
            middle = (tip[0] * 0.5, (0.36 + tip[1]) * 0.5)
            petal = [
                (0, 0.34),
                (middle[0] + across[0], middle[1] + across[1]),
                tip,
                (middle[0] - across[0], middle[1] - across[1]),
            ]
            brush.polygon(petal, mix(colour, (255, 250, 246), tone))
    brush.oval(0, 0.42, 0.08, 0.06, (246, 206, 84))


def draw_apple_tree(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A low broad tree hung with red apples."""
    brush.polygon([(-0.08, 0), (0.08, 0), (0.045, 0.5), (-0.045, 0.5)], BARK)
    foliage(brush, rng, (70, 140, 66) if colour[2] < 200 else colour, 0.44)
    for x, y in ((-0.3, 0.62), (-0.14, 0.78), (0.02, 0.58), (0.16, 0.8), (0.3, 0.62), (-0.02, 0.9), (-0.34, 0.8)):
        jitter = float(rng.uniform(-0.03, 0.03))
        brush.oval(x + jitter, y + jitter, 0.055, 0.055, (220, 48, 44))
