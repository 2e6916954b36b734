"""Scenes painted once, kept on disk: pictures in one memory-mapped array, their records beside them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.scenes.scene import Scene, Subject, draw_scene, paint

Pictures = NDArray[np.uint8]


def scene_at(seed: int, index: int) -> Scene:
    """Return the scene that a seed and an index stand for: one that is not held out."""
    return next(scene for scene in _draw_on(seed, index) if not scene.held_out)


def held_out_at(seed: int, index: int) -> Scene:
    """Return the scene for a seed and an index that no training sees: its words are known, their union is not."""
    return next(scene for scene in _draw_on(seed, index) if scene.held_out)


def _draw_on(seed: int, index: int) -> Iterator[Scene]:
    rng = np.random.default_rng((seed, index))
    while True:
        yield draw_scene(rng)


def to_scene(record: dict[str, Any]) -> Scene:
    """Read a scene back from its JSON record."""
    subjects = tuple(Subject(**subject) for subject in record["subjects"])
    return Scene(**{**record, "subjects": subjects})


class SceneStore:
    """A growing set of painted scenes in a folder; many may read while one process paints, in threads too."""

    def __init__(self, folder: Path, count: int, side: int, seed: int) -> None:
        """Open the folder's array of `count` pictures `side` pixels square, making it when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.seed, self.side, self.count = seed, side, count
        self.records = folder / f"scenes-{side}.jsonl"
        self.array = folder / f"pictures-{side}.npy"
        if not self.array.exists():
            np.lib.format.open_memmap(self.array, "w+", np.uint8, (count, side, side, 3)).flush()
        self.pictures: Pictures = np.load(self.array, mmap_mode="r")
        self.scenes: list[Scene] = []
        self._read = 0
        self._lock = threading.Lock()

    def refresh(self) -> int:
        """Read the records written since the last call; return how many scenes are ready."""
        with self._lock:
            return self._refresh()

    def _refresh(self) -> int:
        if self.records.exists() and len(self.scenes) < self.count:
            with self.records.open("rb") as records:
                records.seek(self._read)
                fresh = records.read()
            fresh = fresh[: fresh.rfind(b"\n") + 1]
            self._read += len(fresh)
            self.scenes.extend(to_scene(json.loads(line)) for line in fresh.splitlines())
        return len(self.scenes)

    def fill(self) -> Iterator[int]:
        """Paint what is missing at twice its size and reduce it; yield how many are done every hundred scenes."""
        start = self.refresh()
        pictures = np.lib.format.open_memmap(self.array, "r+")
        lines: list[str] = []
        for index in range(start, self.count):
            scene = scene_at(self.seed, index)
            pictures[index] = np.asarray(paint(scene, self.side * 2).reduce(2))
            lines.append(json.dumps(asdict(scene)))
            if len(lines) == 100 or index + 1 == self.count:
                pictures.flush()
                with self.records.open("a") as records:
                    records.write("\n".join(lines) + "\n")
                lines = []
                yield index + 1


def main() -> None:
    """Paint a store from the command line: folder, count, side, seed."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    store = SceneStore(options.folder, options.count, options.side, options.seed)
    for done in store.fill():
        if done % 1000 == 0:
            print(done, flush=True)


if __name__ == "__main__":
    main()
