"""What people make and ride: each function draws one, foot at the origin (the middle, in the sky), height 1."""

import numpy as np

from training.scenes.brush import Brush, Colour, mix

DARK: Colour = (44, 40, 48)
WHITE: Colour = (250, 248, 242)
GLASS: Colour = (176, 216, 236)
GOLD: Colour = (246, 200, 84)


def roll_on(brush: Brush, axles: tuple[float, ...], radius: float) -> None:
    """Draw wheels."""
    for x in axles:
        brush.oval(x, radius, radius, radius, DARK)
        brush.oval(x, radius, radius * 0.5, radius * 0.5, (196, 196, 202))


def draw_car(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A car in profile: a round cabin with two windows, two wheels."""
    high = float(rng.uniform(0.9, 1.0))
    brush.polygon([(-0.58, 0.52), (-0.36, high), (0.28, high), (0.56, 0.52)], colour)
    lit = brush.light.lamps
    pane: Colour = (255, 226, 140) if lit else GLASS
    brush.polygon([(-0.46, 0.54), (-0.3, high - 0.1), (-0.06, high - 0.1), (-0.06, 0.54)], pane, glow=lit)
    brush.polygon([(0.02, 0.54), (0.02, high - 0.1), (0.22, high - 0.1), (0.42, 0.54)], pane, glow=lit)
    brush.polygon([(-0.96, 0.22), (-0.92, 0.52), (0.6, 0.56), (0.94, 0.46), (0.98, 0.22)], colour)
    brush.polygon([(-0.96, 0.22), (0.98, 0.22), (0.97, 0.3), (-0.95, 0.3)], mix(colour, DARK, 0.35))
    brush.oval(0.9, 0.4, 0.06, 0.06, (255, 240, 180), glow=True)
    roll_on(brush, (-0.52, 0.54), 0.2)


def draw_train(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A steam engine and its coach on rails, smoke blowing back."""
    for puff in range(5):
        x = 0.62 - 0.26 * puff
        brush.oval(x, 0.96 + 0.05 * puff, 0.12 + 0.03 * puff, 0.09 + 0.02 * puff, (222, 220, 226))
    brush.box(0, 0, 2.6, 0.04, (96, 84, 80))
    brush.box(-0.72, 0.16, 0.92, 0.52, colour)
    brush.box(-0.72, 0.66, 1.0, 0.08, DARK)
    lit = brush.light.lamps
    for x in (-1.0, -0.72, -0.44):
        brush.box(x, 0.38, 0.17, 0.2, (255, 222, 130) if lit else GLASS, glow=lit)
    iron: Colour = (58, 62, 74)
    brush.box(0.0, 0.16, 0.36, 0.62, colour)
    brush.box(0.02, 0.48, 0.18, 0.2, (255, 222, 130) if lit else GLASS, glow=lit)
    brush.box(0.0, 0.76, 0.46, 0.08, DARK)
    brush.box(0.5, 0.2, 0.74, 0.36, iron)
    brush.oval(0.86, 0.38, 0.1, 0.18, mix(iron, WHITE, 0.2))
    brush.box(0.68, 0.54, 0.14, float(rng.uniform(0.26, 0.32)), iron)
    brush.box(0.36, 0.54, 0.12, 0.12, GOLD)
    roll_on(brush, (-1.0, -0.46, 0.04, 0.4, 0.72), 0.13)


def draw_umbrella(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """An open umbrella stands with its handle in the ground."""
    brush.stroke([(0, 0.9), (0, 0.1), (0.05, 0.03), (0.12, 0.06)], 0.04, (110, 76, 54))
    half = float(rng.uniform(0.56, 0.6))
    turns = np.linspace(0, np.pi, 25)
    dome = [(float(np.cos(turn)) * half, 0.5 + float(np.sin(turn)) * 0.44) for turn in turns]
    ribs = [(-half + half * 2 * (index + 0.5) / 4, 0.58) for index in range(4)]
    brush.polygon([*dome, *ribs], colour)
    pale = mix(colour, WHITE, 0.45)
    for left, right in ((-0.5, -0.02), (0.5, 1.0)):
        piece = [
            (half * left, 0.58),
            (half * left * 0.75, 0.78),
            (0, 0.94),
            (half * right * 0.75, 0.78),
            (half * right, 0.58),
        ]
        brush.polygon(piece, pale)
    brush.stroke([(0, 0.92), (0, 1.0)], 0.035, (110, 76, 54))


def draw_lantern(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A red paper lantern hangs from its cord, gold at both ends, a tassel below; origin at its middle."""
    red: Colour = (222, 44, 40)
    brush.stroke([(0, 0.36), (0, 0.9)], 0.025, (110, 60, 50))
    brush.oval(0, 0.06, 0.4, 0.33, red, glow=True)
    for share in (0.66, 0.3):
        brush.oval(0, 0.06, 0.4 * share, 0.33, mix(red, (255, 150, 70), 0.75 - share * 0.6), glow=True)
    for y in (0.36, -0.28):
        brush.box(0, y, 0.3, 0.07, GOLD, glow=True)
    sway = float(rng.uniform(-0.03, 0.03))
    for x in (-0.06, 0.0, 0.06):
        brush.stroke([(x, -0.28), (x + sway, -0.5)], 0.03, GOLD, glow=True)


def draw_rocket(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A rocket points up on a tongue of fire."""
    length = float(rng.uniform(0.16, 0.2))
    brush.polygon([(-0.11, 0.2), (0, 0.2 - length), (0.11, 0.2)], (255, 120, 40), glow=True)
    brush.polygon([(-0.06, 0.2), (0, 0.26 - length), (0.06, 0.2)], (255, 226, 110), glow=True)
    for side in (-1, 1):
        brush.polygon([(side * 0.12, 0.46), (side * 0.32, 0.22), (side * 0.32, 0.12), (side * 0.1, 0.24)], colour)
    brush.polygon([(-0.17, 0.7), (-0.17, 0.32), (-0.11, 0.2), (0.11, 0.2), (0.17, 0.32), (0.17, 0.7)], WHITE)
    brush.polygon([(-0.17, 0.7), (0, 1.0), (0.17, 0.7)], colour)
    brush.polygon([(0.05, 0.7), (0.17, 0.7), (0.17, 0.32), (0.11, 0.2), (0.05, 0.2)], (206, 208, 216))
    brush.oval(0, 0.56, 0.085, 0.085, (58, 70, 96))
    brush.oval(0, 0.56, 0.06, 0.06, GLASS, glow=True)


def draw_pavilion(brush: Brush, rng: np.random.Generator, colour: Colour) -> None:
    """A Chinese pavilion: four red posts under a roof whose corners curve up."""
    brush.box(0, 0, 1.1, 0.09, (170, 164, 158))
    for x in (-0.4, -0.14, 0.14, 0.4):
        brush.box(x, 0.09, 0.07, 0.44, (196, 56, 46))
    brush.box(0, 0.16, 0.86, 0.05, (150, 50, 44))
    roof: Colour = (62, 92, 88)
    lift = float(rng.uniform(0.6, 0.66))
    eaves = [
        (-0.72, lift),
        (-0.5, 0.5),
        (0.5, 0.5),
        (0.72, lift),
        (0.34, 0.66),
        (0.06, 0.94),
        (-0.06, 0.94),
        (-0.34, 0.66),
    ]
    brush.polygon(eaves, roof)
    brush.polygon([(-0.5, 0.5), (0.5, 0.5), (0.56, 0.54), (-0.56, 0.54)], GOLD)
    brush.oval(0, 0.96, 0.05, 0.05, GOLD)
