"""Draw shapes in unit coordinates, in the light of the hour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

Colour = tuple[float, float, float]
Point = tuple[float, float]


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """Blend two colours; `amount` 0 gives the first, 1 the second."""
    return tuple(a + (b - a) * amount for a, b in zip(first, second, strict=True))  # type: ignore[return-value]


@dataclass(frozen=True)
class Light:
    """How the hour colours everything: each channel is multiplied by `gain`, then mixed with `veil`."""

    hour: str
    gain: Colour
    veil: Colour
    veil_amount: float

    def shade(self, colour: Colour) -> Colour:
        """Return `colour` as it looks in this light."""
        lit = (colour[0] * self.gain[0], colour[1] * self.gain[1], colour[2] * self.gain[2])
        return mix(lit, self.veil, self.veil_amount)

    @property
    def lamps(self) -> bool:
        """Whether lamps are lit at this hour."""
        return self.hour in ("sunset", "night")


LIGHTS = {
    "day": Light("day", (1.0, 1.0, 1.0), (255, 250, 235), 0.04),
    "sunset": Light("sunset", (0.82, 0.62, 0.58), (255, 120, 60), 0.14),
    "night": Light("night", (0.50, 0.56, 0.78), (24, 34, 84), 0.24),
    "dawn": Light("dawn", (0.92, 0.86, 0.92), (244, 218, 226), 0.34),
}
# What a picture is about stands out of the hour that colours the rest.
SPOTLIGHTS = {
    hour: Light(hour, mix(light.gain, (1.0, 1.0, 1.0), 0.55), light.veil, light.veil_amount * 0.4)
    for hour, light in LIGHTS.items()
}


class Brush:
    """Draw on a square picture; x and y are in [0, 1], y downwards, unless moved by `at`."""

    def __init__(self, picture: Image.Image, light: Light) -> None:
        self.picture = picture
        self.light = light
        self.draw = ImageDraw.Draw(picture)
        self.side = picture.width
        self.origin: Point = (0.0, 0.0)
        self.scale: Point = (1.0, 1.0)
        self.veil: Colour = (0, 0, 0)
        self.veil_amount = 0.0

    def at(self, x: float, base: float, height: float) -> "Brush":
        """Return a brush whose origin is (x, base) and whose y points up, one unit being `height`."""
        return self._moved((x, base), (height, -height))

    def under(self, light: Light) -> "Brush":
        """Return this brush in another light."""
        brush = self._moved(self.origin, self.scale)
        brush.light = light
        return brush

    def mirrored(self, water: Colour) -> "Brush":
        """Return this brush turned upside down and faded into `water`: for a reflection."""
        brush = self._moved(self.origin, (self.scale[0], -self.scale[1] * 0.6))
        brush.veil, brush.veil_amount = water, 0.62
        return brush

    def _moved(self, origin: Point, scale: Point) -> "Brush":
        brush = Brush(self.picture, self.light)
        brush.origin, brush.scale = origin, scale
        brush.veil, brush.veil_amount = self.veil, self.veil_amount
        return brush

    def place(self, points: Sequence[Point]) -> list[Point]:
        """Turn local points into pixels."""
        (ox, oy), (sx, sy), side = self.origin, self.scale, self.side
        return [((ox + x * sx) * side, (oy + y * sy) * side) for x, y in points]

    def paint(self, colour: Colour, glow: bool = False) -> tuple[int, int, int]:
        """Return the pixel value of a colour here; what glows is not dimmed by the hour."""
        lit = colour if glow else self.light.shade(colour)
        if self.veil_amount:
            lit = mix(lit, self.veil, self.veil_amount)
        return (int(max(0, min(255, lit[0]))), int(max(0, min(255, lit[1]))), int(max(0, min(255, lit[2]))))

    def polygon(self, points: Sequence[Point], colour: Colour, glow: bool = False) -> None:
        """Fill a polygon."""
        self.draw.polygon(self.place(points), fill=self.paint(colour, glow))

    def box(self, x: float, y: float, width: float, height: float, colour: Colour, glow: bool = False) -> None:
        """Fill a rectangle whose bottom edge is centred on (x, y)."""
        half = width / 2
        corners = [(x - half, y), (x + half, y), (x + half, y + height), (x - half, y + height)]
        self.polygon(corners, colour, glow)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, glow: bool = False) -> None:
        """Fill an ellipse centred on (x, y)."""
        (x0, y0), (x1, y1) = self.place([(x - rx, y - ry), (x + rx, y + ry)])
        bounds = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        self.draw.ellipse(bounds, fill=self.paint(colour, glow))

    def stroke(self, points: Sequence[Point], width: float, colour: Colour, glow: bool = False) -> None:
        """Draw a line of the given width (in local units, at least one pixel)."""
        pixels = max(1, round(width * abs(self.scale[0]) * self.side))
        self.draw.line(self.place(points), fill=self.paint(colour, glow), width=pixels, joint="curve")
