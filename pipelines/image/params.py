"""What an artist can set for a picture."""

import math
from dataclasses import dataclass

from pipelines.image.palettes import NONE, read_palettes
from pipelines.image.samplers import OWN, SAMPLERS
from pipelines.image.styles import STYLES, add_style
from pipelines.image.tags import strip_tags
from pipelines.image.tiling import WAYS
from pipelines.params import Params, choice, knob, offered, picture, text

MAX_PROMPT = 2_000
MAX_PIXELS = 1_200_000
CONTROLS = ("none", "canny", "scribble")
SIZES = ("64", "128", "256", "384", "512", "640", "768", "1024")
ASPECT_RATIOS = ("1:1", "5:4", "4:3", "3:2", "16:9", "4:5", "3:4", "2:3", "9:16")
GRAIN_PX = 32  # every family can make sides of so many pixels, and of twice, thrice ... as many


@dataclass(frozen=True, kw_only=True)
class ImageParams(Params):
    """A picture's words and how they are followed.

    `size` is the side of a square in pixels; a picture of another `aspect_ratio`, width to height, has about as many.
    With a `tiling` it repeats without a seam.

    `start` is the picture to begin from, `strength` how far to go from it: 0 keeps it, 1 forgets it. Where there is a
    `mask`, only its white is painted. Without a start neither says anything.
    `control_image` holds white lines on black for a ControlNet of the kind `control` to follow, from the share
    `control_start` of the steps to the share `control_end`.
    `live_steps` are those of a picture while the canvas follows the artist.
    `prompt_mix` goes from the prompt (0) to `prompt_b` (1), `seed_walk` from the seed's noise to that of the next ones.
    A `palette` lends the picture the colours of a painter of the past, `palette_strength` says how much of them.
    `light`, `warmth`, `tint` and `sky` let the noise lean, and so choose in what the words leave open.
    """

    prompt: str = text("", max_length=MAX_PROMPT, live=True)
    negative_prompt: str = text("", max_length=MAX_PROMPT, live=True)
    style: str = choice("none", STYLES, live=True)
    palette: str = choice(NONE, (NONE, *read_palettes()), live=True)
    palette_strength: float = knob(0.8, 0.0, 1.0, 0.05, live=True)
    prompt_b: str = text("", max_length=MAX_PROMPT, live=True)
    prompt_mix: float = knob(0.0, 0.0, 1.0, 0.01, live=True)
    seed_walk: float = knob(0.0, 0.0, 8.0, 0.05)
    light: float = knob(0.0, -1.0, 1.0, 0.01)
    warmth: float = knob(0.0, -1.0, 1.0, 0.01)
    tint: float = knob(0.0, -1.0, 1.0, 0.01)
    sky: float = knob(0.0, -1.0, 1.0, 0.01)
    guidance_scale: float = knob(4.0, 0.0, 20.0, 0.1, live=True)
    lora: str = offered(["none"], live=True)
    lora_weight: float = knob(1.0, -1.0, 2.0, 0.05, live=True, inert=True)
    num_inference_steps: int = knob(24, 1, 100, 1)
    sampler: str = choice(OWN, (OWN, *SAMPLERS))
    live_steps: int = knob(8, 1, 30, 1)
    size: str = choice("256", SIZES)
    aspect_ratio: str = choice("1:1", ASPECT_RATIOS)
    tiling: str = choice("none", tuple(WAYS))
    num_images: int = knob(1, 1, 4, 1)
    strength: float = knob(0.6, 0.0, 1.0, 0.05)
    start: str = picture(max_pixels=MAX_PIXELS)
    mask: str = picture(max_pixels=MAX_PIXELS, mode="L")
    control: str = offered(CONTROLS)
    control_scale: float = knob(1.0, 0.0, 2.0, 0.05, live=True, inert=True)
    control_start: float = knob(0.0, 0.0, 1.0, 0.05, live=True, inert=True)
    control_end: float = knob(1.0, 0.0, 1.0, 0.05, live=True, inert=True)
    control_image: str = picture(max_pixels=MAX_PIXELS, mode="L")

    def idle(self) -> set[str]:
        """Name the knobs that do nothing as the others are set."""
        found = set() if self.prompt_b.strip() else {"prompt_mix"}
        found |= {"palette_strength"} if self.palette == NONE else set()
        found |= {"lora_weight"} if self.lora == "none" else set()
        return found | ({"control_scale", "control_start", "control_end"} if self.control == "none" else set())


def full_prompt(params: ImageParams) -> str:
    """Return the prompt with the words of its style, without the LoRAs that it names."""
    return add_style(strip_tags(params.prompt).strip(), params.style)


def measure(params: ImageParams) -> tuple[int, int]:
    """Return the picture's width and height in pixels."""
    wide, high = map(int, params.aspect_ratio.split(":"))
    sides = (int(params.size) * math.sqrt(share) for share in (wide / high, high / wide))
    width, height = (max(1, round(side / GRAIN_PX)) * GRAIN_PX for side in sides)
    return width, height


def find_shape(size: tuple[float, float]) -> str:
    """Return the aspect ratio on offer that is nearest to that of a width and a height."""
    width, height = size

    def stray(shape: str) -> float:
        wide, high = map(int, shape.split(":"))
        return abs(math.log(width / height * high / wide))

    return min(ASPECT_RATIOS, key=stray)


def second_prompt(params: ImageParams) -> str:
    """Return the words that the prompt is mixed with, in its style; empty where there is nothing to mix."""
    words = strip_tags(params.prompt_b).strip()
    return add_style(words, params.style) if words and params.prompt_mix else ""
