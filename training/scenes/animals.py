"""Animals, whole and plain: each function draws one, foot at the origin, height 1, facing right or towards us."""

import numpy as np

from training.scenes.brush import Brush, Colour, Point, mix

DARK: Colour = (40, 36, 42)
WHITE: Colour = (250, 248, 242)
PINK: Colour = (240, 168, 170)
HORN: Colour = (236, 226, 200)


def stand_on(brush: Brush, feet: tuple[float, ...], top: float, width: float, tone: Colour) -> None:
    """Draw legs from the ground up to `top`; the second and third are farther off and darker."""
    for index, x in enumerate(feet):
        far = index in (1, 2)
        brush.box(x, 0, width, top, mix(tone, DARK, 0.3 if far else 0.05))


def look(brush: Brush, spots: tuple[Point, ...], size: float = 0.022) -> None:
    """Draw eyes."""
    for x, y in spots:
        brush.oval(x, y, size, size * 1.2, DARK)


def draw_cat(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A cat sits and looks at us: pointed ears, whiskers, a tail around its paws."""
    shade, belly = mix(colour, DARK, 0.22), mix(colour, WHITE, 0.55)
    reach = float(rng.uniform(0.4, 0.5))
    brush.stroke([(0.15, 0.06), (reach, 0.08), (reach + 0.06, 0.26), (reach - 0.02, 0.42)], 0.085, shade)
    brush.oval(0, 0.28, 0.29, 0.31, colour)
    brush.oval(0, 0.24, 0.15, 0.22, belly)
    for side in (-1, 1):
        brush.oval(side * 0.13, 0.05, 0.09, 0.055, belly)
        brush.polygon([(side * 0.25, 0.72), (side * 0.22, 1.0), (side * 0.04, 0.86)], colour)
        brush.polygon([(side * 0.21, 0.76), (side * 0.2, 0.92), (side * 0.1, 0.84)], PINK)
    brush.oval(0, 0.7, 0.27, 0.2, colour)
    brush.oval(0, 0.63, 0.12, 0.09, belly)
    look(brush, ((-0.11, 0.73), (0.11, 0.73)), 0.042)
    brush.oval(0, 0.66, 0.03, 0.02, (206, 96, 100))


def draw_dog(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A dog stands in profile: a long muzzle, a hanging ear, the tail up."""
    shade = mix(colour, DARK, 0.45)
    tail = float(rng.uniform(0.86, 0.98))
    stand_on(brush, (-0.3, -0.2, 0.24, 0.34), 0.36, 0.1, colour)
    brush.stroke([(-0.36, 0.52), (-0.52, 0.66), (-0.5, tail)], 0.075, colour)
    brush.oval(0, 0.45, 0.42, 0.17, colour)
    brush.polygon([(0.2, 0.45), (0.42, 0.4), (0.56, 0.72), (0.3, 0.8)], colour)
    brush.oval(0.45, 0.8, 0.17, 0.15, colour)
    brush.oval(0.62, 0.75, 0.13, 0.075, mix(colour, WHITE, 0.3))
    brush.oval(0.735, 0.78, 0.032, 0.032, DARK)
    brush.oval(0.36, 0.75, 0.075, 0.15, shade)
    look(brush, ((0.52, 0.84),), 0.028)
    brush.stroke([(0.28, 0.6), (0.44, 0.55)], 0.05, (206, 60, 54))


def draw_horse(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A horse: slender legs, an arched neck, mane and tail."""
    mane = mix(colour, DARK, 0.62) if colour[0] > 80 else (120, 100, 90)
    stand_on(brush, (-0.34, -0.24, 0.2, 0.3), 0.45, 0.075, colour)
    sway = float(rng.uniform(-0.04, 0.04))
    brush.stroke([(-0.38, 0.6), (-0.52, 0.5), (-0.5 + sway, 0.22)], 0.085, mane)
    brush.oval(-0.03, 0.55, 0.4, 0.155, colour)
    brush.polygon([(0.1, 0.55), (0.36, 0.5), (0.52, 0.88), (0.36, 0.94)], colour)
    brush.polygon([(0.36, 0.94), (0.5, 0.94), (0.74, 0.76), (0.7, 0.68), (0.46, 0.78)], colour)
    brush.polygon([(0.39, 0.9), (0.44, 1.0), (0.48, 0.9)], colour)
    brush.stroke([(0.4, 0.96), (0.27, 0.78), (0.16, 0.64)], 0.075, mane)
    look(brush, ((0.52, 0.87),))


def draw_deer(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A stag: spots on its back, branching antlers."""
    brown: Colour = (176, 116, 68)
    stand_on(brush, (-0.26, -0.18, 0.16, 0.24), 0.38, 0.055, brown)
    brush.oval(-0.02, 0.46, 0.31, 0.125, brown)
    brush.oval(-0.02, 0.4, 0.24, 0.06, mix(brown, WHITE, 0.5))
    brush.oval(-0.33, 0.52, 0.05, 0.06, WHITE)
    brush.polygon([(0.12, 0.46), (0.28, 0.42), (0.38, 0.68), (0.26, 0.72)], brown)
    brush.polygon([(0.24, 0.73), (0.36, 0.76), (0.54, 0.64), (0.5, 0.59), (0.34, 0.62)], brown)
    brush.polygon([(0.26, 0.72), (0.14, 0.76), (0.27, 0.66)], brown)
    spread = float(rng.uniform(0.95, 1.05))
    for lean in (-0.16, 0.14):
        tip = (0.3 + lean * spread, 1.0)
        brush.stroke([(0.3, 0.74), (0.3 + lean * 0.7, 0.86), tip], 0.032, (112, 76, 50))
        brush.stroke([(0.3 + lean * 0.7, 0.86), (0.3 + lean * 1.5, 0.93)], 0.032, (112, 76, 50))
    for x in (-0.2, -0.08, 0.04):
        brush.oval(x, 0.51, 0.022, 0.022, WHITE)
    look(brush, ((0.37, 0.7),), 0.02)


def draw_cow(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A cow: a white square body with dark patches, horns, a pink muzzle."""
    patch: Colour = (52, 44, 44)
    stand_on(brush, (-0.4, -0.28, 0.2, 0.32), 0.36, 0.1, WHITE)
    brush.stroke([(-0.48, 0.74), (-0.56, 0.5), (-0.54, 0.3)], 0.035, patch)
    brush.polygon([(-0.48, 0.78), (0.38, 0.8), (0.42, 0.4), (-0.46, 0.36)], WHITE)
    for x, y, rx, ry in ((-0.3, 0.66, 0.14, 0.12), (0.02, 0.52, 0.15, 0.12), (0.24, 0.72, 0.11, 0.08)):
        brush.oval(x + float(rng.uniform(-0.03, 0.03)), y, rx, ry, patch)
    brush.oval(-0.12, 0.36, 0.08, 0.05, PINK)
    for x in (0.42, 0.62):
        brush.stroke([(x, 0.9), (x + (x - 0.52) * 0.5, 1.0)], 0.04, HORN)
    brush.oval(0.52, 0.76, 0.145, 0.16, patch)
    brush.oval(0.52, 0.78, 0.05, 0.14, WHITE)
    brush.oval(0.54, 0.63, 0.13, 0.08, PINK)
    look(brush, ((0.45, 0.8), (0.6, 0.8)), 0.024)


def draw_sheep(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A sheep: a white cloud of wool on dark legs, a dark face."""
    stand_on(brush, (-0.28, -0.16, 0.14, 0.26), 0.34, 0.085, (66, 58, 58))
    for tone, lift in (((214, 210, 204), -0.035), (WHITE, 0.0)):
        for index, x in enumerate(np.linspace(-0.36, 0.34, 6)):
            brush.oval(float(x), 0.62 + lift + (0.07 if index % 2 else 0), 0.17, 0.21, tone)
        brush.oval(-0.02, 0.56 + lift, 0.42, 0.24, tone)
    wave = float(rng.uniform(-0.02, 0.02))
    brush.oval(0.5, 0.66 + wave, 0.13, 0.17, (66, 58, 58))
    brush.oval(0.37, 0.74 + wave, 0.09, 0.045, (66, 58, 58))
    brush.oval(0.46, 0.83 + wave, 0.13, 0.09, WHITE)
    brush.oval(0.53, 0.71 + wave, 0.03, 0.035, WHITE)
    look(brush, ((0.54, 0.71 + wave),), 0.016)


def draw_rabbit(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A rabbit sits up: two long ears, round cheeks."""
    shade = mix(colour, DARK, 0.16)
    lean = float(rng.uniform(-0.04, 0.04))
    for side in (-1, 1):
        brush.oval(side * 0.12 + lean, 0.82, 0.075, 0.2, colour)
        brush.oval(side * 0.12 + lean, 0.82, 0.036, 0.15, PINK)
        brush.oval(side * 0.17, 0.055, 0.13, 0.06, shade)
    brush.oval(0.27, 0.16, 0.09, 0.09, WHITE)
    brush.oval(0, 0.24, 0.25, 0.24, colour)
    brush.oval(0, 0.22, 0.14, 0.17, mix(colour, WHITE, 0.6))
    brush.oval(0, 0.54, 0.22, 0.17, colour)
    look(brush, ((-0.1, 0.58), (0.1, 0.58)), 0.034)
    brush.oval(0, 0.51, 0.035, 0.026, (214, 106, 120))


def draw_panda(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A panda sits: white face, black ears, eyes, arms and legs."""
    lift = float(rng.uniform(-0.01, 0.02))
    for side in (-1, 1):
        brush.oval(side * 0.22, 0.9 + lift, 0.1, 0.1, DARK)
    brush.oval(0, 0.32, 0.34, 0.32, WHITE)
    brush.oval(0, 0.5, 0.34, 0.13, DARK)
    for side in (-1, 1):
        brush.oval(side * 0.3, 0.36, 0.11, 0.19, DARK)
        brush.oval(side * 0.24, 0.09, 0.16, 0.11, DARK)
    brush.oval(0, 0.74 + lift, 0.29, 0.23, WHITE)
    for side in (-1, 1):
        brush.oval(side * 0.13, 0.75 + lift, 0.075, 0.085, DARK)
        brush.oval(side * 0.12, 0.77 + lift, 0.024, 0.024, WHITE)
    brush.oval(0, 0.66 + lift, 0.05, 0.035, DARK)


def draw_elephant(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """An elephant: a great grey body, an ear like a fan, trunk and tusk."""
    grey: Colour = (142, 148, 164)
    stand_on(brush, (-0.42, -0.26, 0.12, 0.28), 0.44, 0.16, grey)
    brush.stroke([(-0.54, 0.68), (-0.62, 0.42)], 0.035, mix(grey, DARK, 0.3))
    brush.oval(-0.1, 0.62, 0.48, 0.34, grey)
    brush.oval(0.4, 0.7, 0.24, 0.25, grey)
    curl = float(rng.uniform(0.08, 0.16))
    brush.stroke([(0.56, 0.66), (0.68, 0.46), (0.66, 0.22), (0.66 + curl, 0.1)], 0.12, grey)
    brush.polygon([(0.52, 0.52), (0.56, 0.46), (0.82, 0.46), (0.8, 0.52)], HORN)
    brush.oval(0.24, 0.72, 0.19, 0.23, mix(grey, DARK, 0.22))
    brush.oval(0.24, 0.71, 0.13, 0.17, mix(grey, PINK, 0.35))
    look(brush, ((0.5, 0.78),), 0.026)


def draw_camel(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A camel: two humps, a long neck bent like an S."""
    sand: Colour = (206, 152, 92)
    stand_on(brush, (-0.36, -0.26, 0.16, 0.26), 0.46, 0.075, sand)
    high = float(rng.uniform(0.84, 0.9))
    brush.oval(-0.05, 0.54, 0.38, 0.15, sand)
    for x in (-0.2, 0.12):
        brush.polygon([(x - 0.19, 0.56), (x - 0.05, high), (x + 0.05, high), (x + 0.19, 0.56)], mix(sand, DARK, 0.12))
    brush.stroke([(0.28, 0.54), (0.48, 0.52), (0.54, 0.7), (0.54, 0.92)], 0.12, sand)
    brush.oval(0.62, 0.93, 0.14, 0.075, sand)
    brush.oval(0.73, 0.9, 0.06, 0.05, mix(sand, DARK, 0.2))
    brush.stroke([(-0.42, 0.58), (-0.48, 0.36)], 0.035, mix(sand, DARK, 0.4))
    look(brush, ((0.6, 0.96),), 0.02)


def draw_giraffe(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A giraffe: a very long spotted neck."""
    yellow, spot = (240, 196, 96), (160, 96, 46)
    stand_on(brush, (-0.22, -0.14, 0.08, 0.16), 0.36, 0.055, yellow)
    brush.oval(-0.03, 0.41, 0.25, 0.12, yellow)
    brush.polygon([(0.04, 0.42), (0.2, 0.38), (0.34, 0.9), (0.24, 0.92)], yellow)
    brush.oval(0.36, 0.92, 0.12, 0.055, yellow)
    for x in (0.26, 0.31):
        brush.stroke([(x, 0.94), (x, 1.02)], 0.026, spot)
    spots = [(-0.17, 0.43), (-0.06, 0.45), (-0.1, 0.36), (0.04, 0.37), (0.11, 0.47), (0.17, 0.57), (0.2, 0.67)]
    for x, y in [*spots, (0.25, 0.77), (0.27, 0.86)]:
        brush.oval(x + float(rng.uniform(-0.01, 0.01)), y, 0.04, 0.034, spot)
    look(brush, ((0.36, 0.94),), 0.016)


def draw_penguin(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A penguin: black back, white belly, orange beak and feet."""
    black: Colour = (38, 42, 56)
    for side in (-1, 1):
        brush.oval(side * 0.12, 0.03, 0.11, 0.045, (244, 150, 48))
        wing = float(rng.uniform(0.3, 0.36))
        brush.polygon(
            [(side * 0.18, 0.64), (side * (wing + 0.03), 0.26), (side * wing, 0.22), (side * 0.2, 0.36)], black
        )
    brush.oval(0, 0.36, 0.26, 0.35, black)
    brush.oval(0, 0.8, 0.2, 0.19, black)
    brush.oval(0, 0.34, 0.18, 0.29, WHITE)
    brush.oval(0, 0.78, 0.13, 0.12, WHITE)
    look(brush, ((-0.07, 0.83), (0.07, 0.83)), 0.026)
    brush.polygon([(-0.06, 0.77), (0.06, 0.77), (0, 0.69)], (244, 150, 48))


def draw_swan(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A swan: a white body like a boat, the neck an S."""
    brush.polygon([(-0.62, 0.42), (-0.3, 0.14), (0.0, 0.3)], mix(WHITE, (150, 160, 180), 0.25))
    brush.oval(-0.06, 0.2, 0.46, 0.2, WHITE)
    rise = float(rng.uniform(0.78, 0.86))
    neck = [(0.28, 0.18), (0.44, 0.38), (0.34, 0.58), (0.34, rise), (0.46, rise + 0.08)]
    brush.stroke(neck, 0.115, WHITE)
    brush.oval(0.5, rise + 0.06, 0.1, 0.075, WHITE)
    brush.polygon([(0.56, rise + 0.09), (0.74, rise + 0.02), (0.56, rise + 0.01)], (240, 140, 40))
    brush.oval(0.5, rise + 0.08, 0.024, 0.024, DARK)
    brush.oval(-0.14, 0.24, 0.28, 0.12, mix(WHITE, (150, 160, 180), 0.3))


def draw_fish(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A fish in profile, striped, its tail like a fan; origin at its middle."""
    fin = mix(colour, DARK, 0.22)
    sweep = float(rng.uniform(0.3, 0.38))
    brush.polygon([(-0.4, 0), (-0.8, sweep), (-0.7, 0), (-0.8, -sweep)], fin)
    brush.polygon([(-0.2, 0.26), (0.06, 0.52), (0.26, 0.26)], fin)
    brush.polygon([(-0.1, -0.26), (0.02, -0.46), (0.16, -0.26)], fin)
    brush.oval(0, 0, 0.54, 0.34, colour)
    for x in (-0.22, 0.06):
        brush.polygon(
            [(x - 0.05, 0.3), (x + 0.05, 0.31), (x + 0.03, -0.31), (x - 0.06, -0.3)], mix(colour, WHITE, 0.75)
        )
    brush.oval(0.32, 0.08, 0.08, 0.08, WHITE)
    look(brush, ((0.34, 0.08),), 0.04)


def draw_whale(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A whale: a great blue back, a pale throat, the flukes raised; origin at its middle."""
    blue: Colour = (62, 98, 152)
    lift = float(rng.uniform(0.4, 0.5))
    brush.polygon([(-0.7, 0.02), (-1.0, lift), (-0.78, lift - 0.08)], blue)
    brush.polygon([(-0.7, 0.02), (-0.6, lift + 0.02), (-0.78, lift - 0.08)], blue)
    brush.polygon([(-0.86, 0.3), (-0.3, -0.34), (0.2, -0.1), (-0.2, 0.2)], blue)
    brush.oval(0.22, 0, 0.68, 0.4, blue)
    brush.polygon([(-0.2, -0.3), (0.88, -0.06), (0.66, -0.3), (0.3, -0.41), (0.0, -0.39)], (222, 230, 238))
    brush.polygon([(0.1, -0.16), (-0.1, -0.48), (0.28, -0.24)], mix(blue, DARK, 0.25))
    look(brush, ((0.66, 0.02),), 0.035)
    for side in (-1, 1):
        brush.stroke([(0.34, 0.4), (0.34 + side * 0.05, 0.58), (0.34 + side * 0.18, 0.6)], 0.05, (206, 234, 248))


def draw_butterfly(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A butterfly with open wings, seen from above; origin at its middle."""
    open_by = float(rng.uniform(0.92, 1.05))
    for side in (-1, 1):
        upper = [(side * 0.03, 0.05), (side * 0.2 * open_by, 0.46), (side * 0.56 * open_by, 0.5)]
        brush.polygon([*upper, (side * 0.6 * open_by, 0.2), (side * 0.3, -0.02)], DARK)
        brush.oval(side * 0.36 * open_by, 0.24, 0.2, 0.18, colour)
        brush.oval(side * 0.26, -0.2, 0.21, 0.21, DARK)
        brush.oval(side * 0.26, -0.19, 0.16, 0.16, mix(colour, WHITE, 0.25))
        brush.oval(side * 0.42 * open_by, 0.32, 0.05, 0.05, WHITE)
        brush.stroke([(0, 0.28), (side * 0.12, 0.52)], 0.02, DARK)
    brush.oval(0, 0, 0.045, 0.34, (62, 48, 44))
