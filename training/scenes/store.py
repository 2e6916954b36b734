"""Scenes painted once, kept on disk: pictures in one memory-mapped array, their records beside them."""

import json
import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
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


def paint_part(array: Path, seed: int, by_hand: bool, indices: range) -> list[str]:
    """Paint scenes into the array on disk, at twice their size and reduced; return their records."""
    pictures = np.lib.format.open_memmap(array, "r+")
    lines = []
    for index in indices:
        scene = scene_at(seed, index)
        pictures[index] = np.asarray(paint(scene, pictures.shape[1] * 2, by_hand=by_hand).reduce(2))
        lines.append(json.dumps(asdict(scene)))
    pictures.flush()
    return lines


class SceneStore:
    """A growing set of painted scenes in a folder; many may read while one process paints, in threads too."""

    def __init__(self, folder: Path, count: int, side: int, seed: int, *, by_hand: bool = False) -> None:
        """Open the folder's array of `count` pictures `side` pixels square, making it when it is not there.

        They are plain, or `by_hand` in the style of each scene.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.seed, self.side, self.count, self.by_hand = seed, side, count, by_hand
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

    def fill(self, workers: int = 0) -> Iterator[int]:
        """Paint what is missing, in processes where `workers` are given; yield how many are done every hundred."""
        start = self.refresh()
        parts = [range(at, min(at + 100, self.count)) for at in range(start, self.count, 100)]
        work = partial(paint_part, self.array, self.seed, self.by_hand)
        if not workers or not parts:
            yield from self._keep(map(work, parts), start)
            return
        with multiprocessing.get_context("spawn").Pool(workers) as pool:  # a fork would carry the card's state along
            yield from self._keep(pool.imap(work, parts), start)

    def _keep(self, painted: Iterator[list[str]], done: int) -> Iterator[int]:
        for lines in painted:
            with self.records.open("a") as records:
                records.write("\n".join(lines) + "\n")
            self.refresh()
            done += len(lines)
            yield done

    @contextmanager
    def painting(self, workers: int, enough: int) -> Iterator[None]:
        """Wait for `enough` scenes, then go on painting beside the caller's work, in processes of their own."""
        command = [sys.executable, "-m", "training.scenes.store", str(self.array.parent)]
        for name, value in (("count", self.count), ("side", self.side), ("seed", self.seed), ("workers", workers)):
            command += [f"--{name}", str(value)]
        with subprocess.Popen(command) as painters:
            try:
                while self.refresh() < min(enough, self.count):
                    if painters.poll():
                        raise RuntimeError("the processes that paint scenes have failed; what they said stands above")
                    time.sleep(0.2)
                yield
            finally:
                painters.terminate()


def main() -> None:
    """Paint a store from the command line: folder, count, side, seed, processes."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the pool ends with it
    store = SceneStore(options.folder, options.count, options.side, options.seed)
    for done in store.fill(options.workers):
        if done % 5000 == 0:
            print(f"{done:,} scenes painted", flush=True)


if __name__ == "__main__":
    main()
