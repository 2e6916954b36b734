"""A picture made larger by a good resampler: nothing is invented, edges stay clean."""

from PIL import Image

SCALES = (2, 4)
RESAMPLER = "Lanczos"


def enlarge(picture: Image.Image, scale: int) -> Image.Image:
    """Return the picture `scale` times as wide and as high."""
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.LANCZOS)
