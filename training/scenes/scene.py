"""A scene: drawn by lot as a record, then painted. The record alone is enough to paint or to name it again."""

import copy
import zlib
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from pipelines.image.hands import HANDS
from training.scenes import things
from training.scenes.brush import LIGHTS, SPOTLIGHTS, Brush, Colour
from training.scenes.kinds import (
    COLOURS,
    CORE,
    DRY,
    FAIR,
    HOURS,
    KINDS,
    LIT,
    SIDES,
    SINGLE,
    SIZES,
    SKY_SUBJECTS,
    SUMMERY,
)
from training.scenes.land import Stage, leaf_colour, paint_air, paint_rain, paint_sky
from training.scenes.places import BACKDROPS, HORIZONS, PLACES, WATERS, paint_islet

# In these hands the other hours could not be told apart.
HOURS_SHOWN: dict[str, tuple[str, ...]] = {
    "line": ("day",),
    "woodcut": ("day", "night"),
    "papercut": ("day", "night"),
    "porcelain": ("day",),
    "pencil": ("day",),
}


@dataclass(frozen=True)
class Subject:
    """One thing in the picture; `x` and `base` are its centre and foot, `height` its height, as parts of the side.

    Several of a kind, `count`, stand side by side around `x`, each of that height.
    """

    name: str
    colour: str
    x: float
    base: float
    height: float
    count: int = 1

    @property
    def spots(self) -> tuple[float, ...]:
        """Return where each of them stands, from left to right."""
        apart = min(self.height * KINDS[self.name].reach * 1.9, 0.94 / self.count)
        return tuple(self.x + apart * (index - (self.count - 1) / 2) for index in range(self.count))


@dataclass(frozen=True)
class Scene:
    """Everything a picture shows."""

    place: str
    time: str
    season: str
    style: str
    horizon: float
    subjects: tuple[Subject, ...]
    seed: int
    weather: str = ""

    @property
    def held_out(self) -> bool:
        """Whether this union of subject, place, hour and style is kept from training: one in thirty is."""
        main = self.subjects[-1].name if self.subjects else ""
        return zlib.crc32(f"{main} {self.place} {self.time} {self.style}".encode()) % 30 == 0


def draw_lot(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """Pick one of the options evenly."""
    return options[int(rng.integers(len(options)))]


def draw_scene(rng: np.random.Generator) -> Scene:
    """Draw a scene by lot: the `CORE` of the subjects twice as often as the others, the rest as the subject allows.

    What a caption leaves unsaid is as usual: a small painter learns a subject far sooner where its words settle
    where it is, how many, how large and in what colour.
    """
    main = draw_lot(rng, (*KINDS, *CORE)) if rng.random() < 0.95 else ""
    kind = KINDS[main] if main else None
    place = draw_lot(rng, kind.places if kind else tuple(PLACES))
    hours = LIT.get(place, HOURS)
    time = draw_lot(rng, tuple(hour for hour in (kind.times if kind else HOURS) if hour in hours))
    season = draw_season(rng, main, place)
    weather = "rain" if not season and place not in DRY and main not in FAIR and rng.random() < 0.07 else ""
    style = draw_lot(rng, tuple(style for style in HANDS if time in HOURS_SHOWN.get(style, HOURS)))
    horizon = HORIZONS[place] + float(rng.uniform(-0.02, 0.02))
    subjects = gather(rng, main, place, time, horizon) if main else []
    return Scene(place, time, season, style, horizon, tuple(subjects), int(rng.integers(2**31)), weather)


def draw_season(rng: np.random.Generator, main: str, place: str) -> str:
    """Draw a season that suits a subject and a place; none for most."""
    if place in LIT:
        return ""
    if main == "snowman" or (rng.random() < 0.13 and main not in SUMMERY):
        return "winter"
    wooded = place in ("mountains", "meadow", "forest", "lake", "village", "terraces")
    return "autumn" if wooded and main not in SUMMERY and rng.random() < 0.12 else ""


def gather(rng: np.random.Generator, main: str, place: str, time: str, horizon: float) -> list[Subject]:
    """Draw the subjects, the main one last: now and then several of it, or something in the sky or beside it."""
    kind = KINDS[main]
    alone = kind.where in ("band", "far", "rainbow") or main in SINGLE
    lot = rng.random()
    if not alone and lot < 0.14:
        return [settle(rng, main, horizon, "", count=int(rng.integers(2, 4)))]
    if kind.where == "stands" and lot < 0.26:
        others = tuple(
            n for n, k in KINDS.items() if k.where == "stands" and place in k.places and n != main and time in k.times
        )
        if others:
            return pair(rng, draw_lot(rng, others), main, horizon)
    side = draw_lot(rng, tuple(SIDES)) if rng.random() < 0.22 else ""
    first = settle(rng, main, horizon, side)
    moonlit = time == "night" and rng.random() < 0.34
    if place in LIT or kind.where not in ("stands", "floats", "band") or not (moonlit or rng.random() < 0.14):
        return [first]
    extra = "moon" if moonlit else draw_lot(rng, tuple(n for n in SKY_SUBJECTS if time in KINDS[n].times))
    return [settle(rng, extra, horizon, "left" if side == "right" else "right", beside=True), first]


def pair(rng: np.random.Generator, other: str, main: str, horizon: float) -> list[Subject]:
    """Stand two things together: the other to the left, to the right, or farther off behind the main one."""
    lot = rng.random()
    if lot < 0.3:
        behind = replace(settle(rng, other, horizon, ""), x=0.5 + float(rng.choice([-0.2, 0.2])), base=horizon + 0.12)
        return [replace(behind, height=behind.height * 0.85), settle(rng, main, horizon, "")]
    left = lot < 0.65
    beside = settle(rng, other, horizon, "left" if left else "right")
    first = settle(rng, main, horizon, "right" if left else "left")
    return [replace(one, height=one.height * 0.8) for one in (beside, first)]


def settle(
    rng: np.random.Generator, name: str, horizon: float, side: str, *, beside: bool = False, count: int = 1
) -> Subject:
    """Choose where and how large a subject is: on a `side` or in the middle, smaller `beside` another or as several."""
    kind = KINDS[name]
    size = "" if beside or rng.random() < 0.8 else draw_lot(rng, tuple(SIZES))
    height = kind.height * float(rng.uniform(0.97, 1.03)) * (0.7 if beside else SIZES.get(size, 1.0))
    if count > 1:
        height = kind.height * (0.8, 0.62)[count - 2] * float(rng.uniform(0.97, 1.03))
        height = min(height, 0.94 / count / kind.reach / 1.6)
    x = SIDES.get(side, 0.5) + float(rng.uniform(-0.03, 0.03))
    if side:
        edge = min(0.4, height * kind.reach * 0.9)
        x = min(max(x, edge), 1 - edge)
    base = float(rng.uniform(0.86, 0.89))
    if kind.where == "sky":
        base = height * 0.55 + (0.04 if beside else 0.08) + float(rng.uniform(-0.015, 0.015))
    elif kind.where == "swims":
        base = float(rng.uniform(0.42, 0.52))
    elif kind.where == "floats":
        base = float(rng.uniform(0.8, 0.83))
        x = 0.5 if name == "bridge" else x
    elif kind.where == "far":
        base = horizon + 0.015
    elif kind.where == "rainbow":
        base, x = horizon, float(rng.uniform(0.47, 0.53))
    colour = ""
    if kind.colours:
        colour = kind.colours[0] if rng.random() < 0.5 else draw_lot(rng, kind.colours[1:])
    return Subject(name, colour, x, base, height, count)


def paint(scene: Scene, side: int = 256, *, by_hand: bool = True) -> Image.Image:
    """Paint a scene as an RGB picture `side` pixels square, in the hand of its style or plain."""
    rng = np.random.default_rng(scene.seed)
    picture = Image.new("RGB", (side, side))
    light = LIGHTS[scene.time]
    brush = Brush(picture, light)
    names = {subject.name for subject in scene.subjects}
    kinds = {KINDS[name].where for name in names}
    low_sky = paint_sky(picture, rng, scene.time, scene.weather or scene.season, scene.horizon)
    stage = Stage(brush, rng, scene.time, scene.season, scene.horizon, low_sky, WATERS[scene.time])
    if scene.place in BACKDROPS:
        BACKDROPS[scene.place](stage)
    else:
        paint_air(stage, bare=bool(scene.weather) or bool(names & {"sun", "moon", "rainbow", "volcano"}))
    shown = [(subject, np.random.default_rng((scene.seed, index))) for index, subject in enumerate(scene.subjects)]
    for subject, dice in shown:
        if KINDS[subject.name].where in ("sky", "rainbow", "far"):
            paint_subject(stage, subject, dice)
    shore = (
        "stands" in kinds and scene.place in ("sea", "lake") and rng.random() < (0.4 if scene.place == "sea" else 0.8)
    )
    PLACES[scene.place](stage, shore)
    if scene.season == "winter":
        fall = np.random.default_rng((scene.seed, 9))
        for _ in range(40):
            r = fall.uniform(0.003, 0.007)
            brush.oval(fall.uniform(0, 1), fall.uniform(0, 1), r, r, (250, 252, 255), glow=True)
    for subject, dice in shown:
        if subject.name in ("birds", "balloon"):
            paint_subject(stage, subject, np.random.default_rng((scene.seed, 7)))
        if KINDS[subject.name].where == "band":
            draw = things.draw_river if subject.name == "river" else things.draw_path
            draw(brush, dice, subject.x, scene.horizon, low_sky)
        elif KINDS[subject.name].where in ("stands", "floats", "swims"):
            if KINDS[subject.name].where == "stands" and scene.place in ("sea", "lake") and not shore:
                paint_islet(stage, subject.x, subject.base, subject.height * 0.7)
            paint_subject(stage, subject, dice)
    if scene.weather == "rain":
        paint_rain(stage)
    return HANDS[scene.style](picture, rng, scene.time) if by_hand else picture


def paint_subject(stage: Stage, subject: Subject, dice: np.random.Generator) -> None:
    """Draw a subject as often as it is there."""
    for x in subject.spots:
        paint_one(stage, replace(subject, x=x), dice)


def paint_one(stage: Stage, subject: Subject, dice: np.random.Generator) -> None:
    """Draw one thing, with its reflection when it floats and its shadow when it stands."""
    kind = KINDS[subject.name]
    if kind.draw is None:
        return
    colour: Colour = COLOURS[subject.colour] if subject.colour else leaf_colour(stage)
    brush = stage.brush.at(subject.x, subject.base, subject.height).under(SPOTLIGHTS[stage.time])
    if kind.where == "floats":
        kind.draw(brush.mirrored(stage.water), copy.deepcopy(dice), colour)
    if kind.where == "stands":
        brush.oval(0.08, 0.0, 0.34, 0.035, (70, 84, 60) if stage.season != "winter" else (186, 196, 214))
    kind.draw(brush, dice, colour)
