"""A picture as a PNG file that carries its take, and its settings as other studios read them."""

import io
from pathlib import Path

from PIL import Image, PngImagePlugin

from pipelines.errors import UnreadableTake
from pipelines.image.infotext import write_infotext
from pipelines.take import Take

KEYWORD = "triptych"


def write_png(picture: Image.Image, take: Take, index: int = 0, sampler: str | None = "", hashes: str = "") -> bytes:
    """Return picture `index` of a work as PNG with the take in a text chunk; same picture and take, same bytes."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", write_infotext(take, index, picture.size, sampler, hashes))
    notes.add_itxt(KEYWORD, take.to_json(), lang="", tkey="")
    file = io.BytesIO()
    picture.save(file, format="PNG", pnginfo=notes)
    return file.getvalue()


def write_enlarged(source: Path, picture: Image.Image, scale: int, name: str) -> bytes:
    """Return the enlarged picture as PNG with its source's recipe and, in A1111's words, what enlarged it."""
    notes = PngImagePlugin.PngInfo()
    with Image.open(source, formats=["PNG"]) as small:
        for key in ("parameters", KEYWORD):
            if isinstance(note := small.info.get(key), str):
                notes.add_itxt(key, note, lang="", tkey="")
    notes.add_text("postprocessing", f"Postprocess upscale by: {scale}, Postprocess upscaler: {name}")
    file = io.BytesIO()
    picture.save(file, format="PNG", pnginfo=notes)
    return file.getvalue()


def read_png_take(path: Path) -> Take:
    """Read the take a PNG carries; raise UnreadableTake. Only the file's head is read, no pixel is decoded."""
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            note = picture.info.get(KEYWORD)
    except (OSError, ValueError, SyntaxError):
        raise UnreadableTake from None
    if not isinstance(note, str):
        raise UnreadableTake
    return Take.from_json(note)
