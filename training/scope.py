"""What a painter is to know: all that the scenes can show or a part of it, and what most of its looks go to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from training.scenes.scene import Scene
from training.scenes.words import PLACES, SUBJECTS, TABLES, Words


@dataclass(frozen=True)
class Scope:
    """The names of subjects and places that are to be known; `fresh` are those that an earlier painter doesn't know."""

    subjects: frozenset[str] = frozenset(SUBJECTS)
    places: frozenset[str] = frozenset(PLACES)
    fresh: frozenset[str] = frozenset()

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Self:
        """Read a painter's configuration; what it doesn't say is all there is, and nothing fresh."""
        names = ("subjects", "places", "fresh")
        return cls(**{name: frozenset(config[name]) for name in names if name in config})

    def holds(self, scene: Scene) -> bool:
        """Tell whether a scene shows nothing else."""
        return scene.place in self.places and all(subject.name in self.subjects for subject in scene.subjects)

    def take(self, scenes: Iterable[Scene], count: int) -> list[Scene]:
        """Return the first `count` scenes that show nothing else."""
        return list(islice(filter(self.holds, scenes), count))

    def is_fresh(self, scene: Scene) -> bool:
        """Tell whether a scene shows something fresh."""
        return not self.fresh.isdisjoint((scene.place, *(subject.name for subject in scene.subjects)))

    @property
    def tables(self) -> dict[str, dict[str, Words]]:
        """The words for it."""
        known = {"subject": self.subjects, "place": self.places}
        return {
            kind: {name: said for name, said in table.items() if name in known.get(kind, table)}
            for kind, table in TABLES.items()
        }


WHOLE = Scope()
