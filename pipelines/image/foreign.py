"""Pictures and texts made by other studios: find the settings they carry, and fit them to the model in use."""

import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from pipelines.errors import ParameterError, UnreadableRecipe
from pipelines.image.explore import LEANS
from pipelines.image.infotext import MAX_CHARACTERS, Recipe, gather, read_infotext
from pipelines.image.params import ImageParams, find_shape, measure
from pipelines.image.tags import read_tags, strip_tags
from pipelines.params import Choice, Knob, Offered, Range, Text

PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
FILES = (*sorted(PICTURES), ".txt")
PARAMETERS = "parameters"  # the PNG chunk
EXIF_BLOCK, USER_COMMENT = 0x8769, 0x9286
SEEDS = 2**32
# What would bend a picture that was made without them.
UNSAID = ("style", "palette", "prompt_b", "prompt_mix", "seed_walk", "lora", "control", "tiling", "sampler", *LEANS)
# What a damaged picture makes Pillow raise.
BROKEN = (
    OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, AttributeError, OverflowError, EOFError,
    struct.error, Image.DecompressionBombError,
)  # fmt: skip
# Fooocus's own scheme, and the labels of its log.
FOOOCUS = {
    "prompt": ("prompt", "Prompt"),
    "negative_prompt": ("negative_prompt", "Negative Prompt"),
    "num_inference_steps": ("steps", "Steps"),
    "guidance_scale": ("guidance_scale", "Guidance Scale"),
    "seed": ("seed", "Seed"),
    "size": ("resolution", "Resolution"),
    "sampler": ("sampler", "Sampler"),
    "schedule": ("scheduler", "Scheduler"),
}
# What Fooocus writes that changes no picture.
MUTE = {
    "full_prompt",
    "full_negative_prompt",
    "metadata_scheme",
    "version",
    "created_by",
    "Version",
    "prompt_expansion",
}


@dataclass(frozen=True)
class Fit:
    """A recipe within the ranges of a model: values by knob, the knobs whose value had to move, what was left."""

    values: Mapping[str, Any]
    seed: int | None
    moved: tuple[str, ...]
    left: tuple[str, ...]


def read_recipe(path: Path) -> Recipe:
    """Read the settings that a file made elsewhere carries; raise UnreadableRecipe. No pixel is decoded."""
    text = _read_text(path) if path.suffix.lower() == ".txt" else _read_note(path)
    if len(text) > MAX_CHARACTERS:
        raise UnreadableRecipe
    text = text.strip().strip("\0\ufeff")
    said = _read_json(text) if text.startswith("{") else None
    return read_infotext(text) if said is None else _read_fooocus(said)


def _read_json(text: str) -> dict[str, Any] | None:
    """Return the object that a text is, or None: a prompt may begin with a brace too."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _read_text(path: Path) -> str:
    if path.stat().st_size > 4 * MAX_CHARACTERS:
        raise UnreadableRecipe
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableRecipe from None


def _read_note(path: Path) -> str:
    """Return the text in a picture's `parameters`, or in its EXIF comment."""
    try:
        with Image.open(path, formats=["PNG", "JPEG", "WEBP"]) as picture:
            note = picture.info.get(PARAMETERS)
            if isinstance(note, str):
                return note
            exif = picture.getexif()
            note = exif.get_ifd(EXIF_BLOCK).get(USER_COMMENT) or exif.get(USER_COMMENT)
    except BROKEN:
        raise UnreadableRecipe from None
    return decode_comment(note)


def decode_comment(note: object) -> str:
    """Return an EXIF comment as text: its first eight bytes name the encoding, UTF-16 in either order of bytes."""
    if isinstance(note, str):
        return note
    if not isinstance(note, bytes):
        raise UnreadableRecipe
    name, body = note[:8], note[8:]
    if name == b"UNICODE\0":
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return body.decode("utf-16", "replace")
        # The settings are plain letters and digits: their empty halves tell the order.
        little = body[1::2].count(0) > body[0::2].count(0)
        return body.decode("utf-16-le" if little else "utf-16-be", "replace")
    return (body if name in (b"ASCII\0\0\0", b"\0" * 8) else note).decode("utf-8", "replace")


def _read_fooocus(said: dict[str, Any]) -> Recipe:
    known = {ours: next((said[name] for name in names if name in said), None) for ours, names in FOOOCUS.items()}
    if not any(known[name] is not None for name in ("prompt", "num_inference_steps", "seed")):
        raise UnreadableRecipe
    known["size"] = re.findall(r"\d{1,5}", str(known["size"])[:40])
    ours = {name for names in FOOOCUS.values() for name in names}
    others = [str(name) for name, value in said.items() if name not in ours | MUTE and _is_used(value)]
    return gather(known, [name for name in others if re.fullmatch(r"\w[\w \-/]{0,39}", name)])


def _is_used(value: object) -> bool:
    return value not in ("", "None", "[]", None, False, 0) and value != []


def fit(recipe: Recipe, knobs: Mapping[str, Knob]) -> Fit:
    """Bring a recipe into the ranges of a model's knobs.

    A prompt from elsewhere holds all of its words, so a style goes, and a second prompt where none is told; LoRAs that
    are not here go from it; size and shape are the nearest that the model offers.
    """
    values: dict[str, Any] = {}
    moved: list[str] = []
    kept, missing = _keep_loras(recipe.values, knobs)
    for name, wanted in kept.items():
        if name in knobs and not knobs[name].inert:
            values[name] = _bring_in(knobs[name], wanted)
            moved += [name] if values[name] != wanted else []
    values |= {name: knobs[name].default for name in UNSAID if name in knobs and name not in values}
    if recipe.size:
        near: dict[str, Any] = {"aspect_ratio": find_shape(recipe.size)}
        if isinstance(sizes := knobs["size"].domain, Choice):
            side = math.sqrt(math.prod(recipe.size))
            near["size"] = min(sizes.choices, key=lambda choice: abs(math.log(int(choice) / side)))
        values |= near
        moved += ["size"] if measure(ImageParams(**near)) != recipe.size else []
    seed = None if recipe.seed is None else recipe.seed % SEEDS
    unheard = ["Sampler"] if "sampler" in recipe.values and knobs["sampler"].inert else []
    return Fit(values, seed, tuple(moved), (*missing, *unheard, *recipe.others))


def _keep_loras(values: Mapping[str, Any], knobs: Mapping[str, Knob]) -> tuple[dict[str, Any], list[str]]:
    """Return the values with the LoRAs that can be worn here, and the names of the others."""
    offer = knobs["lora"].domain if "lora" in knobs else None
    names = offer.names if isinstance(offer, Offered) else ()
    prompt, unwanted = (str(values.get(name, "")) for name in ("prompt", "negative_prompt"))
    named = dict.fromkeys(name for text in (prompt, unwanted) for name, _ in read_tags(text))
    kept = {**values, "prompt": strip_tags(prompt, names), "negative_prompt": strip_tags(unwanted)}
    return kept, [f"LoRA {name}" for name in named if name not in names]


def _bring_in(knob: Knob, wanted: Any) -> Any:
    match knob.domain:
        case Range(minimum, maximum):
            wanted = min(max(wanted, minimum), maximum)
        case Text(max_length):
            wanted = wanted[:max_length]
    try:
        return knob.domain.check(knob.name, wanted)
    except ParameterError:
        return knob.default
