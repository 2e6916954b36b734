"""What a painter is to know: all that the scenes can show or a part of it, and what most of its looks go to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from training.scenes.scene import Scene
from training.scenes.words import COUNTS, PLACES, SUBJECTS, TABLES, WEATHERS, Words


@dataclass(frozen=True)
class Scope:
    """The names of what is to be known, and how many of a kind; `fresh` is what an earlier painter doesn't know."""

    subjects: frozenset[str] = frozenset(SUBJECTS)
    places: frozenset[str] = frozenset(PLACES)
    weathers: frozenset[str] = frozenset(WEATHERS)
    most: int = max(COUNTS)
    fresh: frozenset[str] = frozenset()

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """Read a painter's configuration; what it doesn't say is all there is, and nothing fresh."""
        names = ("subjects", "places", "weathers", "fresh")
        return cls(most=config.get("most", cls.most), **{n: frozenset(config[n]) for n in names if n in config})

    def holds(self, scene: Scene) -> bool:
        """Tell whether a scene shows nothing else."""
        if scene.place not in self.places or (scene.weather and scene.weather not in self.weathers):
            return False
        return all(subject.name in self.subjects and subject.count <= self.most for subject in scene.subjects)

    def take(self, scenes: Iterable[Scene], count: int) -> list[Scene]:
        """Return the first `count` scenes that show nothing else."""
        return list(islice(filter(self.holds, scenes), count))

    def is_fresh(self, scene: Scene) -> bool:
        """Tell whether a scene shows something fresh."""
        return not self.fresh.isdisjoint((scene.place, *(subject.name for subject in scene.subjects)))

    @property
    def tables(self) -> dict[str, dict[str, Words]]:
        """The words for it."""
        counts = {str(count) for count in range(2, self.most + 1)}
        known = {"subject": self.subjects, "place": self.places, "weather": self.weathers, "count": counts}
        return {
            kind: {name: said for name, said in table.items() if name in known.get(kind, table)}
            for kind, table in TABLES.items()
        }


WHOLE = Scope()
