"""The hands a picture can be finished in: a painter paints what is there, a hand how it is laid on.

A small model that had to learn fifteen styles would have less left for things. So a model whose `words.json` has a
table of hands paints plain, and the words for a hand in its prompt choose one of these.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from pipelines.image.hands import dabs, paints, prints
from pipelines.image.wording import Weighted
from pipelines.weights import read_json

Hand = Callable[[Image.Image, np.random.Generator, str], Image.Image]
HANDS: dict[str, Hand] = {
    "flat": paints.paint_flat,
    "watercolour": paints.paint_watercolour,
    "ink": paints.paint_ink,
    "oil": paints.paint_oil,
    "pastel": dabs.paint_pastel,
    "pencil": prints.paint_pencil,
    "line": prints.paint_line,
    "woodcut": prints.paint_woodcut,
    "papercut": prints.paint_papercut,
    "porcelain": prints.paint_porcelain,
    "ukiyoe": prints.paint_ukiyoe,
    "impressionist": dabs.paint_impressionist,
    "pointillist": dabs.paint_pointillist,
    "pixel": dabs.paint_pixel,
    "stained_glass": dabs.paint_stained_glass,
}
# The mean colour of the upper half of 1,200 plain scenes, by hour; the nearest one is right in 93 of 100 of them.
SKIES: dict[str, tuple[int, int, int]] = {
    "day": (141, 178, 202),
    "sunset": (174, 112, 103),
    "night": (47, 55, 91),
    "dawn": (205, 196, 198),
}


@dataclass(frozen=True)
class HandWords:
    """By which words each hand is called, the longest first, in lower case.

    `plain` is what a painter that has learned styles too is told in their place, in English and in Chinese, so that it
    paints without any; empty for one that never does.
    """

    called: tuple[tuple[str, str], ...]
    plain: tuple[str, str] = ("", "")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read a model's folder; None where its painter lays on its own colours."""
        tables: dict[str, Any] = read_json(folder / "words.json")
        hands = {name: entry for name, entry in tables.get("hand", {}).items() if name in HANDS}
        called = [(said, name) for name, entry in hands.items() for said in (*entry["en"], *entry["zh"])]
        plain = next(iter(tables.get("plain", {}).values()), {"en": [""], "zh": [""]})
        ordered = sorted(called, key=lambda one: -len(one[0]))
        return cls(tuple(ordered), (plain["en"][0], plain["zh"][0])) if called else None

    def take(self, text: Weighted) -> tuple[dict[str, float], Weighted]:
        """Return the hand that a lower-case text asks for most, the last of equals, and the text for the painter.

        The hand comes with its words' weight, at most 1.
        """
        left, found = text.text, []
        for said, name in self.called:
            pattern = rf"(?<![^\W_]){re.escape(said)}(?![^\W_])" if said.isascii() else re.escape(said)
            found += [(match.start(), match.end(), name) for match in re.finditer(pattern, left)]
            left = re.sub(pattern, lambda match: "\0" * len(match[0]), left)
        if not found:
            return {}, text
        share, _, name = max((min(1.0, max(0.0, text.weights[start])), start, name) for start, _, name in found)
        return {name: share} if share else {}, self._put_plain(text, found) if any(self.plain) else text

    def _put_plain(self, text: Weighted, found: list[tuple[int, int, str]]) -> Weighted:
        words, place = "", 0
        weights: tuple[float, ...] = ()
        for start, end, _ in sorted(found):
            plain = self.plain[not text.text[start].isascii()]
            words += text.text[place:start] + plain
            weights += text.weights[place:start] + (1.0,) * len(plain)
            place = end
        return Weighted(words + text.text[place:], weights + text.weights[place:])


def find_hour(picture: Image.Image) -> str:
    """Return the hour whose sky is most like the picture's upper half."""
    sky = np.asarray(picture.convert("RGB").crop((0, 0, picture.width, picture.height // 2)), np.float32).mean((0, 1))
    return min(SKIES, key=lambda hour: float(((sky - SKIES[hour]) ** 2).sum()))


def finish(picture: Image.Image, hands: Mapping[str, float], seed: int) -> Image.Image:
    """Return a picture as the hands finish it, each with its share; what the shares leave of 1 stays as it was.

    The same picture, hands and seed give the same bytes.
    """
    left = max(0.0, 1 - sum(hands.values()))
    if not hands or left == 1:
        return picture
    hour, whole = find_hour(picture), left + sum(hands.values())
    finished = np.asarray(picture, np.float32) * (left / whole)
    for name, share in hands.items():
        painted = HANDS[name](picture, np.random.default_rng(seed), hour)
        finished = finished + np.asarray(painted, np.float32) * (share / whole)
    return Image.fromarray(finished.round().clip(0, 255).astype(np.uint8))
