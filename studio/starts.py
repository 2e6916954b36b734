"""From what the artist has put and drawn on the easel to the start and the mask of a run."""

import json
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from pipelines.errors import NotAPicture, NothingOnEasel, NothingToFollow
from pipelines.image.edges import trace
from pipelines.image.ground import fit
from pipelines.image.outpaint import extend
from pipelines.image.params import MAX_PIXELS
from pipelines.pictures import decode, read_picture, shrink, write_address
from studio.keepsakes import find_upload
from studio.strip import Strip

SHEET = "sheet"
MAX_MARKS = 1_900_000  # characters; what is posted is limited to two megabytes
VARIATIONS = {"subtle": 0.4, "strong": 0.85}
EXTENDING = 0.75


@dataclass(frozen=True)
class Marks:
    """What the page's easel says as a run begins: names of the strip's pictures, and drawings as PNG addresses."""

    picture: str = ""
    start: str = ""
    mask: str = ""
    sketch: str = ""


def read_marks(told: object) -> Marks:
    """Check what the page says; raise NotAPicture."""
    if told in ("", None):
        return Marks()
    if not isinstance(told, str) or len(told) > MAX_MARKS:
        raise NotAPicture(name="start")
    try:
        found = json.loads(told)
        marks = Marks(**found)
    except (ValueError, TypeError, RecursionError):
        raise NotAPicture(name="start") from None
    if not all(isinstance(value, str) for value in vars(marks).values()):
        raise NotAPicture(name="start")
    return marks


def paint_on(marks: Marks, strip: Strip, size: tuple[int, int], control: str = "none") -> dict[str, Any]:
    """Return the start with what was sketched on it, the mask, and lines to follow; none where the easel is bare."""
    if not marks.start:
        return {"start": "", "mask": "", "control_image": ""}
    picture = _open(replace(marks, picture=marks.start), strip, size)
    mask = decode("mask", marks.mask, MAX_PIXELS, "RGBA").getchannel("A") if marks.mask else None
    drawn = fit(decode("start", marks.sketch, MAX_PIXELS, "RGBA"), size) if marks.sketch else None
    return {
        "start": write_address(picture),
        "mask": write_address(fit(mask, size)) if mask else "",
        "control_image": find_lines(picture, control, drawn),
    }


def vary(marks: Marks, strip: Strip, size: tuple[int, int], how: str, control: str = "none") -> dict[str, Any]:
    """Return what makes a variation of the picture that is on the easel."""
    picture = _open(marks, strip, size)
    lines = find_lines(picture, control)
    return {"start": write_address(picture), "mask": "", "strength": VARIATIONS[how], "control_image": lines}


def widen(marks: Marks, strip: Strip, size: tuple[int, int], direction: str, control: str = "none") -> dict[str, Any]:
    """Return what makes more room on one side of the picture on the easel, or all round."""
    start, mask = extend(_open(marks, strip, size), direction)
    lines = find_lines(start, control)
    return {
        "start": write_address(start),
        "mask": write_address(mask),
        "strength": EXTENDING,
        "control_image": lines,
    }


def find_lines(picture: Image.Image, control: str, drawn: Image.Image | None = None) -> str:
    """Return the lines that a run follows, as a picture's address; raise NothingToFollow where there are none."""
    if control == "none":
        return ""
    lines = trace(picture, control, drawn)
    if not lines.getbbox():
        raise NothingToFollow
    return write_address(lines)


def _open(marks: Marks, strip: Strip, size: tuple[int, int]) -> Image.Image:
    name = marks.picture
    if not name:
        raise NothingOnEasel
    picture = lay_sheet(size) if name == SHEET else fit(strip.open(name), size)
    if name != marks.start or not marks.sketch:
        return picture
    sketch = fit(decode("start", marks.sketch, MAX_PIXELS, "RGBA"), size)
    return Image.alpha_composite(picture.convert("RGBA"), sketch).convert("RGB")


def lay_sheet(size: tuple[int, int]) -> Image.Image:
    """Return white paper."""
    return Image.new("RGB", size, "white")


def read_upload(path: object) -> Image.Image:
    """Open a file that was sent to this page; raise NotAPicture or PictureTooLarge."""
    file = find_upload(path)
    if file is None:
        raise NotAPicture(name="start")
    return shrink(read_picture(file), MAX_PIXELS)
