"""Put a scene into words, in English or Chinese, never twice quite the same."""

from typing import Literal

import numpy as np

from training.scenes.scene import KINDS, Scene, Subject
from training.scenes.words import (
    COLOURS,
    EN_AT,
    EN_FRAME,
    PLACES,
    SEASONS,
    SIDES,
    SIZES,
    STYLES,
    SUBJECTS,
    TIMES,
    ZH_AT,
    ZH_FRAME,
)

MEASURES = (
    "一座",
    "一间",
    "一棵",
    "一朵",
    "一顶",
    "一个",
    "一只",
    "一艘",
    "一条",
    "一位",
    "一树",
    "一群",
    "一轮",
    "一道",
)


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """Choose one wording."""
    return options[int(rng.integers(len(options)))]


def size_word(subject: Subject) -> str:
    """Tell whether a subject is small or large for its kind; empty in between."""
    share = subject.height / KINDS[subject.name].height
    return "small" if 0.72 > share else "large" if share > 1.1 else ""


def side_word(subject: Subject) -> str:
    """Tell whether a subject is clearly left or right of the middle."""
    return "left" if subject.x < 0.38 else "right" if subject.x > 0.62 else ""


def usual_colour(subject: Subject) -> bool:
    """Tell whether a subject has the colour it has when no colour is asked for."""
    return subject.colour == KINDS[subject.name].colours[0]


def name_english(subject: Subject, rng: np.random.Generator, sided: bool) -> str:
    """Name a subject: "a small red house on the left"."""
    words = pick(rng, SUBJECTS[subject.name]["en"]).split(" ")
    adjectives = []
    size = size_word(subject)
    if size and rng.random() < 0.9:
        adjectives.append(pick(rng, SIZES[size]["en"]))
    if subject.colour and rng.random() < (0.4 if usual_colour(subject) else 0.92):
        adjectives.append(pick(rng, COLOURS[subject.colour]["en"]))
    if adjectives and words[0] in ("a", "an", "the"):
        article = words[0] if words[0] == "the" else ("an" if adjectives[0][0] in "aeiou" else "a")
        words = [article, *adjectives, *words[1:]]
    elif adjectives:
        words = [*adjectives, *words]
    side = side_word(subject)
    if sided and side:
        words.append(pick(rng, SIDES[side]["en"]))
    return " ".join(words)


def name_chinese(subject: Subject, rng: np.random.Generator, sided: bool) -> str:
    """Name a subject: 左边一座红色的小房子."""
    name = pick(rng, SUBJECTS[subject.name]["zh"])
    measure = next((m for m in MEASURES if name.startswith(m) and len(name) > len(m)), "")
    noun = name[len(measure) :]
    size = size_word(subject)
    if size and noun[0] not in "小大一" and rng.random() < 0.9:
        noun = pick(rng, SIZES[size]["zh"]) + noun
    if subject.colour and rng.random() < (0.4 if usual_colour(subject) else 0.92):
        noun = pick(rng, COLOURS[subject.colour]["zh"]) + noun
    side = side_word(subject)
    return (pick(rng, SIDES[side]["zh"]) if sided and side else "") + measure + noun


def place_english(scene: Scene, where: str, rng: np.random.Generator) -> str:
    """Say where: "on the sea", "by a lake", "above the mountains"."""
    noun = pick(rng, PLACES[scene.place]["en"])
    if where == "floats":
        return f"on {noun}"
    if where in ("sky", "rainbow"):
        return f"{pick(rng, ('over', 'above'))} {noun}"
    if where == "far":
        return f"{pick(rng, ('behind', 'beyond', 'by'))} {noun}"
    return f"{pick(rng, EN_AT[scene.place])} {noun}"


def place_chinese(scene: Scene, where: str, rng: np.random.Generator) -> str:
    """Say where: 海上, 湖边, 山上."""
    if where == "floats":
        return "海上" if scene.place == "sea" and rng.random() < 0.6 else pick(rng, PLACES[scene.place]["zh"]) + "上"
    if where in ("sky", "rainbow"):
        return pick(rng, PLACES[scene.place]["zh"]) + pick(rng, ("上", "上空"))
    return pick(rng, ZH_AT[scene.place])


def shown(scene: Scene, rng: np.random.Generator) -> tuple[list[Subject], bool, bool, bool, bool]:
    """Choose what to mention: the subjects, and whether the place, time, season and style."""
    subjects = list(reversed(scene.subjects))
    if len(subjects) > 1 and rng.random() < 0.1:
        subjects = subjects[:1]
    chances = (0.85, 0.75, 0.85, 0.6)
    place, time, season, style = (bool(rng.random() < chance) for chance in chances)
    return subjects, place or not subjects, time, season and bool(scene.season), style


def moonlit(scene: Scene, words: str) -> bool:
    """Tell whether a wording promises a moon that the scene lacks."""
    return "moon" in words or "月" in words


def time_word(scene: Scene, language: str, rng: np.random.Generator) -> str:
    """Name the hour; moonlight only where the moon shines."""
    options = tuple(TIMES[scene.time]["en" if language == "en" else "zh"])
    if not any(subject.name == "moon" for subject in scene.subjects):
        options = tuple(option for option in options if not moonlit(scene, option))
    return pick(rng, options)


def caption_english(scene: Scene, rng: np.random.Generator) -> str:
    """Describe a scene in English."""
    subjects, place, time, season, style = shown(scene, rng)
    sided = bool(rng.random() < 0.9)
    where = KINDS[subjects[0].name].where if subjects else ""
    names = [name_english(subject, rng, sided) for subject in subjects]
    if rng.random() < 0.12:
        return _tags(scene, names, (place, time, season, style), rng, "en")
    core = pick(rng, (" and ", " with ", " under ")).join(names) if len(names) > 1 else "".join(names)
    if place:
        core = f"{core} {place_english(scene, where, rng)}" if core else pick(rng, PLACES[scene.place]["en"])
    details = []
    if time:
        details.append(time_word(scene, "en", rng))
    if season:
        details.append(pick(rng, SEASONS[scene.season]["en"]))
    rng.shuffle(details)
    text = f"{' '.join(details)}, {core}" if details and rng.random() < 0.2 else " ".join([core, *details])
    if not style:
        return pick(rng, EN_FRAME) + text
    name = pick(rng, STYLES[scene.style]["en"])
    forms = (f"{name} of {text}", f"{text}, {name}", f"{name}, {text}", f"{text} in {name}", f"{text}, {name} style")
    return pick(rng, forms)


def caption_chinese(scene: Scene, rng: np.random.Generator) -> str:
    """Describe a scene in Chinese."""
    subjects, place, time, season, style = shown(scene, rng)
    sided = bool(rng.random() < 0.9)
    where = KINDS[subjects[0].name].where if subjects else ""
    names = [name_chinese(subject, rng, sided) for subject in subjects]
    if rng.random() < 0.12:
        return _tags(scene, names, (place, time, season, style), rng, "zh")
    details = []
    if time:
        details.append(time_word(scene, "zh", rng))
    if season:
        details.append(pick(rng, SEASONS[scene.season]["zh"]))
    rng.shuffle(details)
    lead = pick(rng, ("", "，", "的")).join(details)
    core = pick(rng, ("和", "与")).join(names)
    if place and core:
        text = (
            lead
            + pick(rng, ("", "，", "的")) * bool(lead)
            + place_chinese(scene, where, rng)
            + pick(rng, ("", "的", "有"))
            + core
        )
    elif core:
        text = lead + pick(rng, ("", "的")) * bool(lead) + core
    else:
        text = lead + pick(rng, ("", "的")) * bool(lead) + pick(rng, PLACES[scene.place]["zh"])
    if not style:
        return pick(rng, ZH_FRAME) + text
    name = pick(rng, STYLES[scene.style]["zh"])
    return pick(rng, (f"{text}，{name}", f"{name}，{text}", f"{text}，{name}", f"{name}风格的{text}", f"{name}{text}"))


def _tags(
    scene: Scene,
    names: list[str],
    wanted: tuple[bool, bool, bool, bool],
    rng: np.random.Generator,
    key: Literal["en", "zh"],
) -> str:
    place, time, season, style = wanted
    parts = list(names)
    if place:
        parts.append(pick(rng, PLACES[scene.place][key]))
    if time:
        parts.append(time_word(scene, key, rng))
    if season:
        parts.append(pick(rng, SEASONS[scene.season][key]))
    if style:
        parts.append(pick(rng, STYLES[scene.style][key]))
    rng.shuffle(parts)
    return (", " if key == "en" else "，").join(parts)


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Describe a scene in one of the two languages."""
    return caption_english(scene, rng) if rng.random() < 0.5 else caption_chinese(scene, rng)
