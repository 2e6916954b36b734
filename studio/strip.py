"""A visitor's pictures of this session: kept as files, found again by names that only their own page knows."""

import json
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipelines.errors import PictureGone
from studio.easel import write_jpeg

MOST = 24
THUMB_PX = 96


@dataclass(frozen=True)
class Kept:
    """One picture: its PNG, which carries its take where it has one, a thumbnail, and the seed of a painted one."""

    path: str
    thumb: str
    seed: int | None


class Strip:
    """The newest pictures of one visitor, oldest first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._here = ""

    def add(self, path: str, picture: Image.Image, seed: int | None = None) -> str:
        """Keep a picture and return its name."""
        thumb = picture.copy()
        thumb.thumbnail((2 * THUMB_PX, THUMB_PX))
        name = secrets.token_urlsafe(12)
        self._kept[name] = Kept(path, write_jpeg(thumb, 80), seed)
        self._here = name
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return name

    def find(self, name: object) -> Kept:
        """Return a picture by its name; raise PictureGone for one that was never here, or is no longer."""
        if not isinstance(name, str) or name not in self._kept:
            raise PictureGone
        self._here = name
        return self._kept[name]

    def open(self, name: object) -> Image.Image:
        """Return a picture's pixels; raise PictureGone."""
        try:
            with Image.open(Path(self.find(name).path), formats=["PNG"]) as file:
                return file.convert("RGB")
        except OSError:
            raise PictureGone from None

    def pictures(self) -> list[tuple[Image.Image, str]]:
        """Return the pictures that are still there, oldest first, each with its seed as it is written."""
        found = []
        for kept in self._kept.values():
            with suppress(OSError), Image.open(kept.path, formats=["PNG"]) as file:
                found.append((file.convert("RGB"), "" if kept.seed is None else str(kept.seed)))
        return found

    def frame(self) -> str:
        """Return what the strip on the page shows."""
        pictures = [{"id": name, "thumb": kept.thumb, "seed": kept.seed} for name, kept in self._kept.items()]
        return json.dumps({"pictures": pictures, "here": self._here})
