"""A grid of pictures: two things varied, each over a few values, with the same seed and all else the same."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.errors import GridTooLarge, NoValues, WordsNotThere
from pipelines.image.params import ImageParams
from pipelines.image.step import ImageStep
from pipelines.params import Knob, Range

MOST_CELLS = 36
LONGEST = 1_000  # characters that say an axis's values
NOTHING, WORDS, SEED = "none", "words", "seed"
VARIED = (
    "guidance_scale",
    "num_inference_steps",
    "sampler",
    "style",
    "palette",
    "palette_strength",
    "aspect_ratio",
    "strength",
    "prompt_mix",
    "seed_walk",
)
AXES = (NOTHING, WORDS, SEED, *VARIED)
NUMBER = r"(-?\d{1,9}(?:\.\d{1,6})?)"
SPAN = re.compile(rf"{NUMBER} *- *{NUMBER}(?: *\( *\+? *{NUMBER} *\)| *\[ *(\d{{1,3}}) *\])?")


@dataclass(frozen=True)
class Axis:
    """What varies along one side of a grid. For `words` the first value is looked for, and each stands in its place."""

    name: str = NOTHING
    values: tuple[Any, ...] = ("",)

    def turn(self, params: ImageParams, seed: int, place: int) -> tuple[ImageParams, int]:
        """Return the settings and the seed with the value at a place; raise WordsNotThere."""
        value = self.values[place]
        if self.name == NOTHING:
            return params, seed
        if self.name == SEED:
            return params, value
        if self.name == WORDS:
            if self.values[0] not in params.prompt:
                raise WordsNotThere(words=self.values[0][:40])
            return replace(params, prompt=params.prompt.replace(self.values[0], value)), seed
        return replace(params, **{self.name: value}), seed


def read_axis(name: str, told: str, knobs: Mapping[str, Knob], called: Mapping[str, str]) -> Axis:
    """Read an axis as an artist writes it: `2, 4, 8`, `1-5`, `1-9 (+2)`, `0.2-0.8 [4]`, or words parted by commas.

    `called` gives the key of a choice by what it is called on the page. Raises NoValues, GridTooLarge, or what the
    knob says of a value.
    """
    if name == NOTHING:
        return Axis()
    parts = [part.strip() for part in re.split(r"[,，、\n]", told[:LONGEST])]
    parts = [part for part in parts if part]
    if not parts:
        raise NoValues
    if name == WORDS:
        return Axis(name, tuple(dict.fromkeys(parts)))
    domain = Range(0, 2**32 - 1, 1, integer=True) if name == SEED else knobs[name].domain
    if isinstance(domain, Range):
        values = [number for part in parts for number in _spread(part, domain.integer)]
        return Axis(name, tuple(dict.fromkeys(domain.check(name, value) for value in values)))
    keys = (called.get(part.casefold(), part) for part in parts)
    return Axis(name, tuple(dict.fromkeys(domain.check(name, key) for key in keys)))


def _spread(part: str, whole: bool) -> list[object]:
    """Return the numbers that a part stands for; what is no number comes back as it is, to be refused."""
    found = SPAN.fullmatch(part)
    if not found:
        try:
            return [int(part) if whole else float(part)]
        except ValueError:
            return [part]
    first, last = float(found[1]), float(found[2])
    if found[4]:
        count = max(2, int(found[4]))
    else:
        stride = float(found[3] or 1)
        count = int((last - first) / stride + 1e-9) + 1 if stride > 0 and last > first else 1
        last = first + stride * (count - 1)
    if count > MOST_CELLS:
        raise GridTooLarge(most=MOST_CELLS)
    numbers = [first + (last - first) * index / max(1, count - 1) for index in range(count)]
    return [round(number) if whole else round(number, 6) for number in numbers]


@dataclass(frozen=True)
class Cell:
    """One picture of a grid: its newest step, and the settings and the seed that make it again."""

    step: ImageStep
    params: ImageParams
    seed: int


@dataclass(frozen=True)
class GridStep:
    """The cells so far, row by row; the last may still clear."""

    cells: tuple[Cell, ...]

    @property
    def whole(self) -> tuple[Cell, ...]:
        """Return the cells whose picture is done."""
        return self.cells if not self.cells or self.cells[-1].step.done else self.cells[:-1]


class Grid:
    """Paints `across` times `down` pictures, one after the other; what is moved meanwhile has no effect on them."""

    def __init__(self, pipeline: Any, across: Axis, down: Axis) -> None:
        if len(across.values) * len(down.values) > MOST_CELLS:
            raise GridTooLarge(most=MOST_CELLS)
        self.pipeline, self.across, self.down = pipeline, across, down

    def generate(self, read: Callable[[], ImageParams], seed: int) -> Iterator[GridStep]:
        """Yield a step for each step of each picture; raise WordsNotThere before the first."""
        base = replace(read(), num_images=1)
        columns, rows = range(len(self.across.values)), range(len(self.down.values))
        settings = [
            self.across.turn(*self.down.turn(base, seed, row), column) for row in rows for column in columns
        ]  # fmt: skip
        done: list[Cell] = []
        for params, own_seed in settings:
            for step in self.pipeline.generate(lambda params=params: params, own_seed):
                cell = Cell(step, params, own_seed)
                yield GridStep((*done, cell) if step.previews or step.pictures else tuple(done))
            done.append(cell)
