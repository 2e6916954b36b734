"""What can be in a picture, and how each thing is placed in it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.scenes import animals, buildings, crafts, nature, things
from training.scenes.brush import Brush, Colour

COLOURS: dict[str, Colour] = {
    "red": (214, 56, 48),
    "orange": (240, 134, 48),
    "yellow": (246, 206, 72),
    "green": (74, 150, 84),
    "blue": (58, 110, 196),
    "purple": (134, 84, 176),
    "pink": (240, 140, 170),
    "white": (248, 245, 238),
    "brown": (142, 94, 60),
    "black": (52, 48, 56),
    "grey": (150, 150, 158),
}
LAND = ("mountains", "meadow", "forest", "desert", "lake", "sea", "city", "village", "terraces", "canyon")
HOURS = ("day", "sunset", "night", "dawn")
LIT = {"space": ("night",), "seabed": ("day", "night")}  # places with hours of their own
DRY = ("desert", "canyon", "seabed", "space")  # no rain falls here
Draw = Callable[[Brush, np.random.Generator, Colour], None]


@dataclass(frozen=True)
class Kind:
    """How a subject is placed: it `stands`, `floats`, `swims`, hangs in the `sky`, rises `far` off or lies as a `band`.

    `height` is its usual height and the first of its `colours` its usual colour: what a caption need not say. Half its
    width is about `reach` times its height.
    """

    draw: Draw | None
    where: str
    places: tuple[str, ...]
    height: float = 0.5
    colours: tuple[str, ...] = ()
    times: tuple[str, ...] = ("day", "sunset", "night", "dawn")
    reach: float = 0.6


KINDS: dict[str, Kind] = {
    "house": Kind(
        buildings.draw_house,
        "stands",
        ("mountains", "meadow", "forest", "lake", "sea", "terraces"),
        0.46,
        ("red", "white", "blue", "yellow", "brown"),
    ),
    "tree": Kind(
        nature.draw_tree,
        "stands",
        ("meadow", "meadow", "mountains", "lake", "desert", "city", "village", "terraces", "canyon"),
        0.6,
    ),
    "pine": Kind(nature.draw_pine, "stands", ("mountains", "meadow", "lake", "canyon", "village"), 0.62),
    "palm": Kind(nature.draw_palm, "stands", ("sea", "desert", "city"), 0.6),
    "blossom": Kind(nature.draw_blossom, "stands", ("meadow", "lake", "mountains", "village", "city"), 0.58),
    "lighthouse": Kind(buildings.draw_lighthouse, "stands", ("sea",), 0.66, ("red", "blue", "white")),
    "tower": Kind(buildings.draw_tower, "stands", ("mountains", "lake", "forest", "city", "terraces"), 0.64),
    "castle": Kind(buildings.draw_castle, "stands", ("mountains", "meadow", "lake", "canyon"), 0.52),
    "windmill": Kind(buildings.draw_windmill, "stands", ("meadow", "lake", "village"), 0.62),
    "church": Kind(buildings.draw_church, "stands", ("mountains", "meadow", "village", "city"), 0.58),
    "tent": Kind(
        buildings.draw_tent,
        "stands",
        ("mountains", "meadow", "forest", "desert", "lake", "canyon"),
        0.42,
        ("red", "orange", "yellow", "blue", "green"),
    ),
    "flower": Kind(
        nature.draw_flower,
        "stands",
        ("meadow", "mountains", "lake", "village", "terraces"),
        0.64,
        ("red", "yellow", "pink", "purple", "white", "orange", "blue"),
    ),
    "sunflower": Kind(nature.draw_sunflower, "stands", ("meadow", "village"), 0.66),
    "mushroom": Kind(nature.draw_mushroom, "stands", ("forest", "meadow"), 0.52, ("red", "brown", "purple")),
    "cactus": Kind(nature.draw_cactus, "stands", ("desert", "canyon"), 0.6),
    "snowman": Kind(
        nature.draw_snowman,
        "stands",
        ("meadow", "forest", "mountains", "village", "city"),
        0.56,
        ("red", "blue", "green"),
    ),
    "person": Kind(
        nature.draw_person,
        "stands",
        ("meadow", "sea", "desert", "mountains", "forest", "city", "village", "terraces", "canyon"),
        0.6,
        ("red", "blue", "yellow", "white"),
    ),
    "bridge": Kind(buildings.draw_bridge, "floats", ("lake",), 0.3, reach=1.4),
    "boat": Kind(things.draw_boat, "floats", ("sea", "sea", "lake"), 0.56, ("white", "red", "yellow", "blue")),
    "ship": Kind(things.draw_ship, "floats", ("sea",), 0.4, ("red", "blue", "white"), reach=1.0),
    "moon": Kind(things.draw_moon, "sky", LAND, 0.3, (), ("night",)),
    "sun": Kind(things.draw_sun, "sky", LAND, 0.3, (), ("day", "sunset", "dawn")),
    "cloud": Kind(things.draw_cloud, "sky", LAND, 0.26, (), ("day", "sunset", "dawn"), 1.1),
    "rainbow": Kind(
        things.draw_rainbow,
        "rainbow",
        ("meadow", "mountains", "sea", "lake", "desert", "city", "village", "terraces", "canyon"),
        0.46,
        (),
        ("day", "dawn", "sunset"),
        1.0,
    ),
    "birds": Kind(things.draw_birds, "sky", LAND, 0.3, reach=1.2),
    "balloon": Kind(things.draw_balloon, "sky", LAND, 0.42, ("red", "yellow", "blue", "purple", "orange", "green")),
    "volcano": Kind(things.draw_volcano, "far", ("sea", "desert", "meadow", "forest"), 0.46, reach=1.0),
    "waterfall": Kind(things.draw_waterfall, "stands", ("mountains", "forest", "canyon"), 0.6, reach=1.0),
    "cat": Kind(
        animals.draw_cat,
        "stands",
        ("meadow", "village", "city", "forest", "sea"),
        0.56,
        ("orange", "white", "black", "grey"),
    ),
    "dog": Kind(
        animals.draw_dog, "stands", ("meadow", "village", "city", "sea"), 0.5, ("brown", "white", "black"), reach=0.75
    ),
    "horse": Kind(
        animals.draw_horse,
        "stands",
        ("meadow", "canyon", "village", "mountains", "desert"),
        0.58,
        ("brown", "white", "black"),
        reach=0.7,
    ),
    "deer": Kind(animals.draw_deer, "stands", ("forest", "mountains", "meadow"), 0.64),
    "cow": Kind(animals.draw_cow, "stands", ("meadow", "village", "terraces", "mountains"), 0.5, reach=0.65),
    "sheep": Kind(animals.draw_sheep, "stands", ("meadow", "mountains", "village", "canyon"), 0.46, reach=0.65),
    "rabbit": Kind(
        animals.draw_rabbit, "stands", ("meadow", "forest", "village"), 0.56, ("white", "brown", "grey"), reach=0.4
    ),
    "panda": Kind(animals.draw_panda, "stands", ("forest", "mountains", "meadow"), 0.52),
    "elephant": Kind(animals.draw_elephant, "stands", ("meadow", "forest", "desert"), 0.56, reach=0.8),
    "camel": Kind(animals.draw_camel, "stands", ("desert", "canyon"), 0.6, reach=0.7),
    "giraffe": Kind(animals.draw_giraffe, "stands", ("meadow", "desert", "canyon"), 0.74, reach=0.4),
    "penguin": Kind(animals.draw_penguin, "stands", ("sea", "mountains", "lake"), 0.54, reach=0.4),
    "swan": Kind(animals.draw_swan, "floats", ("lake",), 0.46, reach=0.8),
    "fish": Kind(
        animals.draw_fish, "swims", ("seabed",), 0.4, ("orange", "red", "yellow", "purple", "green"), reach=0.8
    ),
    "whale": Kind(animals.draw_whale, "swims", ("seabed",), 0.44, reach=1.05),
    "butterfly": Kind(
        animals.draw_butterfly,
        "sky",
        ("meadow", "forest", "lake", "village", "terraces"),
        0.44,
        ("orange", "blue", "yellow", "purple", "white", "pink"),
        ("day", "sunset", "dawn"),
        0.6,
    ),
    "car": Kind(
        crafts.draw_car,
        "stands",
        ("city", "village", "desert", "meadow"),
        0.36,
        ("red", "blue", "yellow", "white", "green"),
        reach=1.0,
    ),
    "train": Kind(
        crafts.draw_train,
        "stands",
        ("mountains", "meadow", "canyon", "city"),
        0.36,
        ("green", "red", "blue", "black"),
        reach=1.25,
    ),
    "umbrella": Kind(
        crafts.draw_umbrella,
        "stands",
        ("sea", "city", "meadow", "village"),
        0.56,
        ("red", "yellow", "blue", "purple", "green", "pink"),
    ),
    "pavilion": Kind(crafts.draw_pavilion, "stands", ("lake", "mountains", "forest", "terraces"), 0.52, reach=0.72),
    "lantern": Kind(
        crafts.draw_lantern, "sky", ("city", "village", "lake", "mountains"), 0.5, (), ("night", "sunset"), 0.45
    ),
    "rocket": Kind(
        crafts.draw_rocket, "stands", ("space", "desert"), 0.7, ("red", "blue", "orange", "green"), reach=0.35
    ),
    "bamboo": Kind(nature.draw_bamboo, "stands", ("forest", "mountains", "village", "lake"), 0.7, reach=0.5),
    "lotus": Kind(nature.draw_lotus, "floats", ("lake",), 0.46, ("pink", "white", "yellow"), reach=0.9),
    "apple_tree": Kind(nature.draw_apple_tree, "stands", ("meadow", "village", "terraces"), 0.58),
    "river": Kind(None, "band", ("mountains", "meadow", "forest", "desert", "canyon", "village")),
    "path": Kind(None, "band", ("mountains", "meadow", "forest", "desert", "village", "terraces")),
}
SKY_SUBJECTS = ("moon", "sun", "birds", "balloon")
CORE = ("cat", "dog", "horse", "deer", "rabbit", "elephant", "fish", "car", "train", "person", "house", "boat")
SUMMERY = (
    "flower",
    "sunflower",
    "blossom",
    "palm",
    "cactus",
    "mushroom",
    "rainbow",
    "butterfly",
    "lotus",
    "umbrella",
)  # no snow, no falling leaves
FAIR = ("sun", "moon", "rainbow", "cloud", "snowman")  # no rain with these
SINGLE = ("sun", "moon", "birds", "bridge", "waterfall", "castle")  # never two of them
SIZES = {"small": 0.66, "large": 1.22}
SIDES = {"left": 0.28, "right": 0.72}
