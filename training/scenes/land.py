"""What places are made of: sky, far land, water and ground, painted from back to front."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from training.scenes.brush import Brush, Colour, mix
from training.scenes.nature import draw_pine, draw_tree
from training.scenes.texture import soft_disc

SKIES: dict[str, tuple[tuple[Colour, Colour, Colour], ...]] = {
    "day": (
        ((66, 142, 214), (140, 196, 236), (222, 240, 244)),
        ((48, 120, 200), (112, 180, 230), (232, 240, 228)),
        ((104, 172, 220), (170, 212, 236), (244, 240, 220)),
    ),
    "sunset": (
        ((58, 50, 112), (206, 84, 100), (255, 178, 84)),
        ((122, 62, 110), (236, 108, 70), (255, 206, 110)),
        ((70, 72, 132), (232, 130, 120), (255, 196, 128)),
    ),
    "night": (
        ((8, 14, 48), (20, 34, 92), (54, 76, 138)),
        ((14, 12, 54), (36, 34, 100), (76, 72, 142)),
        ((6, 18, 44), (14, 44, 86), (44, 88, 132)),
    ),
    "dawn": (
        ((168, 184, 214), (230, 204, 216), (254, 232, 214)),
        ((190, 192, 214), (236, 210, 210), (250, 226, 208)),
        ((178, 200, 212), (216, 216, 220), (246, 232, 222)),
    ),
}

CLOUDS: dict[str, dict[str, Colour]] = {
    "winter": {"day": (206, 214, 224), "sunset": (190, 150, 150), "night": (56, 64, 104), "dawn": (222, 222, 228)},
    "rain": {"day": (128, 142, 160), "sunset": (140, 104, 104), "night": (24, 30, 52), "dawn": (176, 180, 188)},
}


@dataclass(frozen=True)
class Stage:
    """What the painters of a place share: the brush, the dice, the horizon and the colours of the air."""

    brush: Brush
    rng: np.random.Generator
    time: str
    season: str
    horizon: float
    low_sky: Colour
    water: Colour


def paint_sky(picture: Image.Image, rng: np.random.Generator, time: str, clouds: str, horizon: float) -> Colour:
    """Fill the picture with the hour's three-band sky under `clouds`; return the colour of the air at the horizon."""
    stops = SKIES[time][int(rng.integers(len(SKIES[time])))]
    if clouds in CLOUDS:
        grey, amount = CLOUDS[clouds][time], {"winter": 0.38, "rain": 0.72}[clouds]
        stops = tuple(mix(stop, grey, amount) for stop in stops)  # type: ignore[assignment]
    side = picture.width
    rows = np.linspace(0, 1 / horizon, side)
    bands = np.stack([np.interp(rows, (0, 0.55, 1.0), [stop[c] for stop in stops]) for c in range(3)], 1)
    pixels = np.ascontiguousarray(np.broadcast_to(bands[:, None, :], (side, side, 3)).astype(np.uint8))
    picture.paste(Image.fromarray(pixels))
    return stops[2]


def paint_air(stage: Stage, bare: bool) -> None:
    """Add stars, thin clouds and, at sunset and dawn, a low sun (unless the sky should stay `bare`)."""
    brush, rng, side = stage.brush, stage.rng, stage.brush.side
    if stage.time == "night":
        for _ in range(int(rng.integers(14, 24))):
            r = rng.uniform(0.0015, 0.0048)
            brush.oval(rng.uniform(0, 1), rng.uniform(0, stage.horizon * 0.95), r, r, (240, 240, 255), glow=True)
        return
    if stage.time in ("sunset", "dawn") and not bare and rng.random() < 0.75:
        sun: Colour = (255, 214, 130) if stage.time == "sunset" else (255, 240, 214)
        glow_at(brush, (rng.uniform(0.2, 0.8), stage.horizon - rng.uniform(0.03, 0.12)), 0.5, sun, 150)
    if rng.random() < 0.65:
        tone = {"day": (252, 252, 250), "sunset": (255, 170, 130), "dawn": (255, 246, 240)}[stage.time]
        mask = Image.new("L", (side // 4, side // 4), 0)
        wisps = Brush(mask.convert("RGB"), brush.light)
        for _ in range(int(rng.integers(2, 5))):
            x, y, reach = rng.uniform(0, 1), rng.uniform(0.06, stage.horizon * 0.7), rng.uniform(0.08, 0.2)
            for _ in range(4):
                wisps.oval(
                    x + rng.uniform(-reach, reach),
                    y + rng.uniform(-0.015, 0.015),
                    reach * 0.7,
                    0.018,
                    (150, 150, 150),
                    glow=True,
                )
        mask = wisps.picture.convert("L").resize((side, side), Image.Resampling.BICUBIC)
        brush.picture.paste(tone, (0, 0), mask)


def paint_rain(stage: Stage) -> None:
    """Let slanting rain fall over everything."""
    rng = stage.rng
    tone: Colour = (150, 168, 206) if stage.time == "night" else (236, 242, 250)
    for _ in range(70):
        x, y, reach = rng.uniform(-0.05, 1.05), rng.uniform(-0.05, 1), rng.uniform(0.04, 0.08)
        stage.brush.stroke([(x, y), (x - reach * 0.35, y + reach)], 0.006, tone, glow=True)


def glow_at(brush: Brush, centre: tuple[float, float], radius: float, colour: Colour, strength: int) -> None:
    """Paint a low sun: a wide glow and a small bright disc."""
    side = brush.side
    size = int(2 * radius * side)
    corner = (int(centre[0] * side - size / 2), int(centre[1] * side - size / 2))
    brush.picture.paste(tuple(int(v) for v in colour), corner, soft_disc(size, strength))
    brush.oval(centre[0], centre[1], 0.042, 0.042, mix(colour, (255, 255, 240), 0.5), glow=True)


def ridge(rng: np.random.Generator, base: float, amplitude: float, roughness: int) -> list[tuple[float, float]]:
    """Return a skyline closed along the bottom edge."""
    xs = np.linspace(-0.02, 1.02, 40)
    ys = np.full(40, base)
    for wave in range(1, roughness + 1):
        ys = ys - amplitude / wave * np.sin(xs * wave * rng.uniform(3, 5) + rng.uniform(0, 6.3))
    return [*((float(x), float(y)) for x, y in zip(xs, ys, strict=True)), (1.02, 1.05), (-0.02, 1.05)]


def peak(stage: Stage, x: float, base: float, height: float, tone: Colour, capped: bool) -> None:
    """Draw one mountain: a jagged triangle, its shaded side and a snow cap."""
    brush, rng = stage.brush, stage.rng
    half = height * rng.uniform(0.75, 1.05)
    top = (x, base - height)
    left = [(x - half * t, base - height * (1 - t) + rng.uniform(-0.02, 0.02)) for t in (0.75, 0.5, 0.25)]
    right = [(x + half * t, base - height * (1 - t) + rng.uniform(-0.02, 0.02)) for t in (0.25, 0.5, 0.75)]
    brush.polygon([(x - half, base), *left, top, *right, (x + half, base)], tone)
    spine = [(x + rng.uniform(-0.03, 0.05), base - height * t) for t in (0.7, 0.4)]
    brush.polygon([top, *right, (x + half, base), (x + half * 0.15, base), *spine[::-1]], mix(tone, (30, 34, 62), 0.26))
    if capped:
        snow = [
            left[2],
            top,
            right[0],
            (x + half * 0.13, base - height * 0.72),
            (x + half * 0.03, base - height * 0.82),
            (x - half * 0.1, base - height * 0.7),
        ]
        brush.polygon(snow, (246, 249, 255))


def paint_peaks(stage: Stage, low: float, high: float, count: int) -> None:
    """Draw a far and a near range of mountains on the horizon."""
    rng = stage.rng
    rock: Colour = (104, 122, 152) if stage.season != "autumn" else (134, 116, 126)
    for depth, amount in ((0.62, 0.62), (1.0, 0.2)):
        tone = mix(rock, unlit(stage, stage.low_sky), amount)
        xs = np.linspace(0.02, 0.98, count) + rng.uniform(-0.12, 0.12, count)
        for x in rng.permutation(xs):
            peak(
                stage,
                float(x),
                stage.horizon + 0.03,
                rng.uniform(low, high) * (0.72 + 0.28 * depth),
                tone,
                depth == 1.0,
            )


def unlit(stage: Stage, colour: Colour) -> Colour:
    """Turn a colour of the air into one the light will shade back to about the same."""
    gain, veil, amount = stage.brush.light.gain, stage.brush.light.veil, stage.brush.light.veil_amount
    return tuple(min(400.0, (c - v * amount) / (1 - amount) / g) for c, g, v in zip(colour, gain, veil, strict=True))  # type: ignore[return-value]


def ground_colour(stage: Stage, summer: Colour) -> Colour:
    """Turn a summer green into the season's ground."""
    if stage.season == "winter":
        return mix((240, 244, 252), summer, 0.06)
    if stage.season == "autumn":
        return mix((206, 150, 62), summer, 0.25)
    return summer


def leaf_colour(stage: Stage) -> Colour:
    """Pick a crown's colour for the season."""
    if stage.season == "winter":
        return (226, 234, 244)
    choices = (
        [(216, 104, 42), (196, 62, 44), (226, 162, 50)]
        if stage.season == "autumn"
        else [(74, 138, 62), (96, 152, 70), (56, 118, 70)]
    )
    return choices[int(stage.rng.integers(len(choices)))]


def paint_trees(stage: Stage, base: float, height: float, count: int, veil: float) -> None:
    """Plant a row of small trees along a line; `veil` fades them into the air."""
    rng = stage.rng
    conifers = rng.random() < 0.5
    for _ in range(count):
        brush = stage.brush.at(
            rng.uniform(-0.02, 1.02), base + rng.uniform(-0.01, 0.015), height * rng.uniform(0.75, 1.25)
        )
        brush.veil, brush.veil_amount = stage.low_sky, veil
        (draw_pine if conifers else draw_tree)(brush, rng, leaf_colour(stage))


def paint_hills(stage: Stage, tones: tuple[Colour, ...], lift: float) -> None:
    """Roll hills towards the viewer, darker and richer as they come."""
    for index, tone in enumerate(tones):
        base = stage.horizon + 0.02 + index * (1 - stage.horizon) * 0.27
        veil = 0.28 * (1 - index / len(tones))
        colour = mix(ground_colour(stage, tone), unlit(stage, stage.low_sky), veil)
        stage.brush.polygon(ridge(stage.rng, base, lift / (1 + index), 2), colour)


def paint_water(stage: Stage, top: float, bottom: float) -> None:
    """Fill a band with water: the sky's colour far off, deeper near, crossed by short gleams."""
    brush, rng, side = stage.brush, stage.rng, stage.brush.side
    first, last = int(top * side), int(bottom * side)
    far, near = mix(stage.low_sky, stage.water, 0.45), stage.water
    rows = np.linspace(0, 1, max(1, last - first))[:, None] ** 0.7
    band = np.asarray(far)[None] * (1 - rows) + np.asarray(near)[None] * rows
    pixels = np.ascontiguousarray(np.broadcast_to(band[:, None, :], (len(band), side, 3)).clip(0, 255).astype(np.uint8))
    brush.picture.paste(Image.fromarray(pixels), (0, first))
    gleam = mix(stage.low_sky, (255, 255, 255), 0.25)
    for _ in range(int(rng.integers(22, 40))):
        t = rng.uniform(0.02, 1) ** 1.3
        y, x, reach = top + (bottom - top) * t, rng.uniform(0, 1), 0.02 + 0.06 * t
        tone = mix(gleam, near, rng.uniform(0.3, 0.75))
        brush.stroke([(x - reach, y), (x + reach, y)], 0.005, tone, glow=True)


def mirror(stage: Stage, top: float, bottom: float) -> None:
    """Lay a faded upside-down copy of what stands above `top` on the water below it."""
    side = stage.brush.side
    first, last = int(top * side), int(bottom * side)
    height = min(last - first, first)
    above = stage.brush.picture.crop((0, max(0, first - int(height * 1.5)), side, first))
    flipped = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((side, height), Image.Resampling.BILINEAR)
    water = stage.brush.picture.crop((0, first, side, first + height))
    stage.brush.picture.paste(Image.blend(water, flipped, 0.5), (0, first))
