"""What an artist can set for a picture, and the words a style adds to the prompt."""

import re
from dataclasses import dataclass

from pipelines.params import Params, choice, knob, picture, text

MAX_PROMPT = 2_000
MAX_PIXELS = 1_200_000
SIZES = ("64", "128", "256", "384", "512", "640", "768", "1024")
# A style adds one fragment, in the language of the prompt.
STYLES = {
    "none": ("", ""),
    "flat": ("flat illustration", "平涂"),
    "watercolour": ("watercolour", "水彩"),
    "ink": ("ink wash", "水墨"),
    "oil": ("oil painting", "油画"),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class ImageParams(Params):
    """A picture's words and how they are followed; `size` is the side of the square in pixels.

    `start` is the picture to begin from, `strength` how far to go from it: 0 keeps it, 1 forgets it. Where there is a
    `mask`, only its white is painted. Without a start neither says anything.
    """

    prompt: str = text("", max_length=MAX_PROMPT, live=True)
    negative_prompt: str = text("", max_length=MAX_PROMPT, live=True)
    style: str = choice("none", STYLES, live=True)
    guidance_scale: float = knob(4.0, 0.0, 20.0, 0.1, live=True)
    num_inference_steps: int = knob(24, 1, 100, 1)
    size: str = choice("256", SIZES)
    num_images: int = knob(1, 1, 4, 1)
    strength: float = knob(0.6, 0.0, 1.0, 0.05)
    start: str = picture(max_pixels=MAX_PIXELS)
    mask: str = picture(max_pixels=MAX_PIXELS, mode="L")


def full_prompt(params: ImageParams) -> str:
    """Return the prompt with the style's fragment: "a house, watercolour" or 一座房子，水彩."""
    english, chinese = STYLES[params.style]
    words = params.prompt.strip()
    if not english:
        return words
    return f"{words}，{chinese}" if CHINESE.search(words) else f"{words}, {english}"


def measure(params: ImageParams) -> tuple[int, int]:
    """Return the picture's width and height in pixels."""
    return int(params.size), int(params.size)
