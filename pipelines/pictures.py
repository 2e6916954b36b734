"""Pictures that come from outside: opened with care, and written as text so that a take can carry them."""

import base64
import binascii
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from pipelines.errors import NotAPicture, PictureTooLarge

FORMATS = ["PNG", "JPEG", "WEBP"]
MAX_UPLOAD_PIXELS = 50_000_000
PREFIX = "data:image/png;base64,"
ADDRESSES = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "webp"))


@dataclass(frozen=True)
class Picture:
    """A picture of at most `max_pixels`, written as a PNG's data address; no picture is the empty text.

    `mode` is Pillow's: RGB for a picture, L for a mask. Whatever PNG, JPEG or WebP comes in, its pixels are written
    anew, so what a take says depends on the pixels alone and nothing of the file but its pixels is kept.
    """

    max_pixels: int
    mode: str

    def check(self, name: str, value: object) -> str:
        """Return the canonical address; raise NotAPicture or PictureTooLarge."""
        return "" if value == "" else write_address(decode(name, value, self.max_pixels, self.mode))


def decode(name: str, address: object, max_pixels: int, mode: str) -> Image.Image:
    """Return the picture in a data address; raise NotAPicture or PictureTooLarge."""
    start = next((a for a in ADDRESSES if isinstance(address, str) and address.startswith(a)), None)
    if start is None or not isinstance(address, str):
        raise NotAPicture(name=name)
    if len(address) > (max_pixels * len(mode) + 65_536) * 4 // 3:  # noise that doesn't shrink at all
        raise PictureTooLarge(name=name, megapixels=max_pixels / 1e6)
    try:
        data = base64.b64decode(address[len(start) :], validate=True)
    except (ValueError, binascii.Error):
        raise NotAPicture(name=name) from None
    return read_picture(data, mode, max_pixels, name)


def read_picture(
    source: bytes | Path, mode: str = "RGB", max_pixels: int = MAX_UPLOAD_PIXELS, name: str = "start"
) -> Image.Image:
    """Open a PNG, JPEG or WebP: upright, its first frame, transparent parts white (black in a mask).

    The size is read from the file's head, before any pixel is decoded. Raises NotAPicture or PictureTooLarge.
    """
    too_large = PictureTooLarge(name=name, megapixels=max_pixels / 1e6)
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as file:
            if file.width * file.height > max_pixels:
                raise too_large
            file.draft("RGB", (2048, 2048))  # a large JPEG is read at a half, a quarter or an eighth
            return flatten(ImageOps.exif_transpose(file), mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, TypeError, OverflowError):
        raise NotAPicture(name=name) from None


def flatten(picture: Image.Image, mode: str) -> Image.Image:
    """Return the picture in 8 bits, and without transparency where the mode has none."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bit grey: Pillow would cut, not scale
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    if mode == "RGBA":
        return picture.convert(mode)
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        over = picture.convert("RGBA")
        ground = Image.new("RGBA", over.size, "black" if mode == "L" else "white")
        picture = Image.alpha_composite(ground, over)
    return picture.convert(mode)


def write_png(picture: Image.Image) -> bytes:
    """Return a PNG of the pixels and nothing else."""
    plain = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    file = io.BytesIO()
    plain.save(file, format="PNG")
    return file.getvalue()


def write_address(picture: Image.Image) -> str:
    """Return a picture as a PNG's data address; same pixels, same text."""
    return PREFIX + base64.b64encode(write_png(picture)).decode()


def read_address(address: str) -> Image.Image:
    """Return the picture that a checked address holds."""
    return Image.open(io.BytesIO(base64.b64decode(address[len(PREFIX) :])), formats=["PNG"]).copy()


def shrink(picture: Image.Image, max_pixels: int) -> Image.Image:
    """Return the picture, made smaller where it has more pixels than that."""
    share = (max_pixels / (picture.width * picture.height)) ** 0.5
    if share >= 1:
        return picture
    size = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)
