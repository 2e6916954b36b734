"""Put a scene into words, in English or Chinese, never twice quite the same."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.scenes.kinds import KINDS
from training.scenes.scene import Scene, Subject
from training.scenes.words import (
    COLOURS,
    COUNTS,
    EN_AT,
    EN_FRAME,
    MEASURES,
    PLACES,
    PLURALS,
    SEASONS,
    SIDES,
    SIZES,
    STYLES,
    SUBJECTS,
    TIMES,
    WEATHERS,
    ZH_AT,
    ZH_FRAME,
)

Language = Literal["en", "zh"]


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """Choose one wording."""
    return options[int(rng.integers(len(options)))]


def size_word(subject: Subject) -> str:
    """Tell whether a subject is small or large for its kind; empty in between."""
    share = subject.height / KINDS[subject.name].height
    if subject.count > 1:
        return ""
    return "small" if 0.72 > share else "large" if share > 1.1 else ""


def side_word(subject: Subject) -> str:
    """Tell whether a subject is clearly left or right of the middle."""
    return "left" if subject.x < 0.38 else "right" if subject.x > 0.62 else ""


def usual_colour(subject: Subject) -> bool:
    """Tell whether a subject has the colour it has when no colour is asked for."""
    return subject.colour == KINDS[subject.name].colours[0]


def name_english(subject: Subject, rng: np.random.Generator, sided: bool, certain: bool = False) -> str:
    """Name a subject: "a small red house on the left"."""
    words = pick(rng, SUBJECTS[subject.name]["en"]).split(" ")
    if subject.count > 1:
        words = [pick(rng, COUNTS[subject.count]["en"]), *pluralise(words)]
    adjectives = []
    size = size_word(subject)
    if size and (certain or rng.random() < 0.9):
        adjectives.append(pick(rng, SIZES[size]["en"]))
    if subject.colour and (certain or rng.random() < (0.4 if usual_colour(subject) else 0.92)):
        adjectives.append(pick(rng, COLOURS[subject.colour]["en"]))
    if adjectives and subject.count > 1:
        words = [words[0], *adjectives, *words[1:]]
    elif adjectives and words[0] in ("a", "an", "the"):
        article = words[0] if words[0] == "the" else ("an" if adjectives[0][0] in "aeiou" else "a")
        words = [article, *adjectives, *words[1:]]
    elif adjectives:
        words = [*adjectives, *words]
    side = side_word(subject)
    if sided and side:
        words.append(pick(rng, SIDES[side]["en"]))
    return " ".join(words)


def pluralise(words: list[str]) -> list[str]:
    """Turn a name into its plural without an article: "a cherry tree" into "cherry trees"."""
    *before, noun = words[1:] if words[0] in ("a", "an", "the") else words
    return [*before, PLURALS.get(noun) or (noun if noun.endswith("s") else add_s(noun))]


def add_s(noun: str) -> str:
    """Return a regular noun's plural."""
    if re.search(r"(s|x|ch|sh)$", noun):
        return f"{noun}es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", noun) + "s"


def name_chinese(subject: Subject, rng: np.random.Generator, sided: bool, certain: bool = False) -> str:
    """Name a subject: 左边一座红色的小房子."""
    names = SUBJECTS[subject.name]["zh"]
    if subject.count > 1:
        names = tuple(name for name in names if find_measure(name)) or names
    name = pick(rng, names)
    measure = find_measure(name)
    noun = name[len(measure) :]
    if subject.count > 1:
        measure = pick(rng, COUNTS[subject.count]["zh"]) + measure[1:]
    size = size_word(subject)
    if size and noun[0] not in "小大一" and (certain or rng.random() < 0.9):
        noun = pick(rng, SIZES[size]["zh"]) + noun
    if subject.colour and (certain or rng.random() < (0.4 if usual_colour(subject) else 0.92)):
        noun = pick(rng, COLOURS[subject.colour]["zh"]) + noun
    side = side_word(subject)
    return (pick(rng, SIDES[side]["zh"]) if sided and side else "") + measure + noun


def find_measure(name: str) -> str:
    """Return the number and measure word that a Chinese name begins with, if it does."""
    return next((m for m in MEASURES if name.startswith(m) and len(name) > len(m)), "")


def place_english(scene: Scene, where: str, rng: np.random.Generator) -> str:
    """Say where: "on the sea", "by a lake", "above the mountains"."""
    noun = pick(rng, PLACES[scene.place]["en"])
    if where == "floats":
        return f"on {noun}"
    if where in ("sky", "rainbow") and scene.place not in ("seabed", "space"):
        return f"{pick(rng, ('over', 'above'))} {noun}"
    if where == "far":
        return f"{pick(rng, ('behind', 'beyond', 'by'))} {noun}"
    return f"{pick(rng, EN_AT[scene.place])} {noun}"


def place_chinese(scene: Scene, where: str, rng: np.random.Generator) -> str:
    """Say where: 海上, 湖边, 山上."""
    if where == "floats":
        return "海上" if scene.place == "sea" and rng.random() < 0.6 else pick(rng, PLACES[scene.place]["zh"]) + "上"
    if where in ("sky", "rainbow") and scene.place not in ("seabed", "space"):
        return pick(rng, PLACES[scene.place]["zh"]) + pick(rng, ("上", "上空"))
    return pick(rng, ZH_AT[scene.place])


@dataclass(frozen=True)
class Mention:
    """What a caption mentions: subjects, the main one first; a place or none; details in any order; a style or none."""

    subjects: tuple[Subject, ...]
    place: bool
    details: tuple[str, ...]
    style: str


def choose_mention(scene: Scene, language: Language, rng: np.random.Generator, certain: bool = False) -> Mention:
    """Choose what to mention: not all that is there, but nearly always what is unusual; all where it is `certain`."""
    subjects = tuple(reversed(scene.subjects))
    if len(subjects) > 1 and not certain and rng.random() < 0.1:
        subjects = subjects[:1]
    chances = (0.85, 0.75, 0.85, 0.95, 0.7)
    place, time, season, weather, style = (certain or bool(rng.random() < chance) for chance in chances)
    details = [time_word(scene, language, rng)] if time else []
    if season and scene.season:
        details.append(pick(rng, SEASONS[scene.season][language]))
    if weather and scene.weather:
        details.append(pick(rng, WEATHERS[scene.weather][language]))
    rng.shuffle(details)
    named = pick(rng, STYLES[scene.style][language]) if style else ""
    return Mention(subjects, place or not subjects, tuple(details), named)


def time_word(scene: Scene, language: Language, rng: np.random.Generator) -> str:
    """Name the hour; moonlight only where the moon shines, sunlight only without rain."""
    options = TIMES[scene.time][language]
    if not any(subject.name == "moon" for subject in scene.subjects):
        options = tuple(option for option in options if "moon" not in option and "月" not in option)
    if scene.weather or scene.place == "seabed":
        options = (
            tuple(option for option in options if not re.search("sun|sky|clear|star|阳|晴|蓝天|星", option)) or options
        )
    return pick(rng, options)


def behind(scene: Scene) -> bool:
    """Tell whether the first of two things stands farther off than the second."""
    return scene.subjects[0].base < scene.subjects[1].base - 0.08


def relate_english(scene: Scene, subjects: tuple[Subject, ...], rng: np.random.Generator) -> str:
    """Say how two things stand to each other: "a cat in front of a house", "the moon above a tree"."""
    main, other = subjects
    first, second = (name_english(one, rng, sided=False) for one in subjects)
    if KINDS[other.name].where != "stands":
        return pick(
            rng,
            (f"{first} and {second}", f"{first} with {second}", f"{first} under {second}", f"{second} above {first}"),
        )
    if behind(scene):
        return pick(
            rng, (f"{first} in front of {second}", f"{second} behind {first}", f"{first} and {second} behind it")
        )
    left, right = (first, second) if main.x < other.x else (second, first)
    ways = (
        f"{left} and {right}",
        f"{left} beside {right}",
        f"{left} to the left of {right}",
        f"{right} to the right of {left}",
        f"{left} on the left, {right} on the right",
    )
    return pick(rng, ways)


def relate_chinese(scene: Scene, subjects: tuple[Subject, ...], rng: np.random.Generator) -> str:
    """Say how two things stand to each other: 房子前面的猫, 树上方的月亮."""
    main, other = subjects
    first, second = (name_chinese(one, rng, sided=False) for one in subjects)
    if KINDS[other.name].where != "stands":
        return pick(rng, (f"{first}和{second}", f"{second}与{first}", f"{second}下的{first}", f"{first}上方的{second}"))
    if behind(scene):
        return pick(rng, (f"{second}前面的{first}", f"{first}后面的{second}", f"{first}，后面是{second}"))
    left, right = (first, second) if main.x < other.x else (second, first)
    ways = (
        f"{left}和{right}",
        f"{right}旁边的{left}",
        f"{right}左边的{left}",
        f"{left}右边的{right}",
        f"左边是{left}，右边是{right}",
    )
    return pick(rng, ways)


def caption_english(scene: Scene, rng: np.random.Generator, certain: bool = False) -> str:
    """Describe a scene in English; leave nothing out where it should be `certain`."""
    mention = choose_mention(scene, "en", rng, certain)
    sided = certain or bool(rng.random() < 0.9)
    names = [name_english(subject, rng, sided, certain) for subject in mention.subjects]
    if rng.random() < 0.12:
        return list_tags(scene, mention, names, rng, "en")
    core = relate_english(scene, mention.subjects, rng) if len(names) > 1 else "".join(names)
    if mention.place:
        where = KINDS[mention.subjects[0].name].where if names else ""
        core = f"{core} {place_english(scene, where, rng)}" if core else pick(rng, PLACES[scene.place]["en"])
    details = mention.details
    text = f"{' '.join(details)}, {core}" if details and rng.random() < 0.2 else " ".join([core, *details])
    if not mention.style:
        return pick(rng, EN_FRAME) + text
    name = mention.style
    forms = (f"{name} of {text}", f"{text}, {name}", f"{name}, {text}", f"{text} in {name}", f"{text}, {name} style")
    return pick(rng, forms)


def caption_chinese(scene: Scene, rng: np.random.Generator, certain: bool = False) -> str:
    """Describe a scene in Chinese; leave nothing out where it should be `certain`."""
    mention = choose_mention(scene, "zh", rng, certain)
    sided = certain or bool(rng.random() < 0.9)
    names = [name_chinese(subject, rng, sided, certain) for subject in mention.subjects]
    if rng.random() < 0.12:
        return list_tags(scene, mention, names, rng, "zh")
    core = relate_chinese(scene, mention.subjects, rng) if len(names) > 1 else "".join(names)
    lead = pick(rng, ("", "，", "的")).join(mention.details)
    if mention.place and core:
        where = KINDS[mention.subjects[0].name].where
        core = place_chinese(scene, where, rng) + pick(rng, ("", "的", "有")) + core
    elif not core:
        core = pick(rng, PLACES[scene.place]["zh"])
    text = lead + pick(rng, ("", "，", "的")) * bool(lead) + core
    if not mention.style:
        return pick(rng, ZH_FRAME) + text
    name = mention.style
    return pick(rng, (f"{text}，{name}", f"{name}，{text}", f"{text}，{name}", f"{name}风格的{text}", f"{name}{text}"))


def list_tags(scene: Scene, mention: Mention, names: list[str], rng: np.random.Generator, language: Language) -> str:
    """Describe a scene by a list of its parts, in any order."""
    parts = [*names, *mention.details]
    if mention.place:
        parts.append(pick(rng, PLACES[scene.place][language]))
    if mention.style:
        parts.append(mention.style)
    rng.shuffle(parts)
    return (", " if language == "en" else "，").join(parts)


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Describe a scene in one of the two languages."""
    return caption_english(scene, rng) if rng.random() < 0.5 else caption_chinese(scene, rng)
