"""A picture's settings as the line of text that A1111, Forge, Civitai and kin write into pictures and read from them.

The prompt, a line `Negative prompt: ...` where there is one, and a last line `Steps: 20, Sampler: Euler a, ...`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.errors import UnreadableRecipe
from pipelines.image.explore import LEANS
from pipelines.image.palettes import NONE
from pipelines.image.params import ImageParams, second_prompt
from pipelines.image.samplers import OWN, find_sampler
from pipelines.image.styles import add_style
from pipelines.image.tags import write_tag
from pipelines.image.wording import choose
from pipelines.take import Take

MAX_CHARACTERS = 200_000
LONGEST_JSON = 10_000
NEGATIVE = "Negative prompt:"
OURS = "Triptych"
TELLING = {"Steps", "Sampler", "CFG scale", "Seed", "Size"}
# A key of at most 40 characters, so that a hostile text costs no more than its length.
BETWEEN = re.compile(r"[\s,]*")
KEY = re.compile(r"(\w[\w \-/]{0,39}):[ \t]*")
QUOTED = re.compile(r'"(?:\\.|[^\\"])*"')
PLAIN = re.compile(r"[^,\n]*")
HYPERNET = re.compile(r"<hypernet:[^<>\n]{1,200}>")
UNSEEN = re.compile(r"[^\n\t\x20-\x7e\x80-\U0010ffff]")


@dataclass(frozen=True)
class Recipe:
    """What a picture made elsewhere says of itself, under the names of our own knobs; not yet checked.

    `size` is the width and height in pixels. `others` names what the file says and we have no knob for.
    """

    values: Mapping[str, Any]
    seed: int | None = None
    size: tuple[float, float] | None = None
    others: tuple[str, ...] = ()


def write_infotext(take: Take, index: int, size: tuple[int, int], sampler: str | None = "", hashes: str = "") -> str:
    """Return the settings that picture `index` of a work began with; `size` is the picture's in pixels.

    `hashes` tells the files of the LoRAs, `storm: 0123456789ab`. No `sampler`: a server painted, in ways of its own.
    """
    params = ImageParams(**take.params)
    styled = add_style(params.prompt.strip(), params.style)
    texts = (choose(text, take.seed + index) for text in (styled, params.negative_prompt))
    prompt, negative = (UNSEEN.sub("", text).strip() for text in texts)
    if params.lora != "none":
        prompt += " " + write_tag(UNSEEN.sub("", params.lora), params.lora_weight)
    settings = {
        "Steps": params.num_inference_steps,
        "Sampler": sampler if params.sampler == OWN else params.sampler,
        "CFG scale": f"{params.guidance_scale:g}",
        "Seed": take.seed + index,
        "Size": f"{size[0]}x{size[1]}",
        "Model": UNSEEN.sub("", take.model),
        "Lora hashes": UNSEEN.sub("", hashes),
        "Prompt B": UNSEEN.sub("", second_prompt(params)),
        "Prompt mix": f"{params.prompt_mix:g}" if second_prompt(params) else "",
        "Seed walk": f"{params.seed_walk:g}" if params.seed_walk else "",
        "Palette": "" if params.palette == NONE else params.palette,
        "Palette strength": "" if params.palette == NONE else f"{params.palette_strength:g}",
        **{name.capitalize(): f"{getattr(params, name):g}" for name in LEANS if getattr(params, name)},
        "Denoising strength": f"{params.strength:g}" if params.start else "",
        "Tiling": {"none": "", "both": "True"}.get(params.tiling, params.tiling),
        "Version": OURS,
    }
    if sampler is None:
        negative, settings = "", {name: settings[name] for name in ("Seed", "Size", "Model", "Version")}
    told = ", ".join(f"{key}: {_quote(str(value))}" for key, value in settings.items() if value != "")
    return "\n".join([prompt, *([f"{NEGATIVE} {negative}"] if negative else []), told])


def _quote(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value


def read_infotext(text: str) -> Recipe:
    """Read settings as A1111, Forge, Fooocus or a ComfyUI node writes them; raise UnreadableRecipe for no text."""
    if len(text) > MAX_CHARACTERS or not text.strip():
        raise UnreadableRecipe
    lines = text.replace("\r\n", "\n").strip().split("\n")
    last = next((place for place in reversed(range(len(lines))) if _tells_settings(lines[place])), len(lines))
    settings = dict(_read_pairs(lines[last])) if last < len(lines) else {}
    words = [line.strip() for line in lines[:last]]
    parting = next((place for place, line in enumerate(words) if line.startswith(NEGATIVE)), len(words))
    prompt = "\n".join(words[:parting])
    negative = "\n".join(words[parting:]).removeprefix(NEGATIVE)
    # Fooocus adds its own words to the prompt, and keeps the artist's apart.
    prompt = settings.pop("Raw prompt", prompt)
    negative = settings.pop("Raw negative prompt", negative)
    side = re.fullmatch(r"(\d{1,5}) ?[x×] ?(\d{1,5})", settings.pop("Size", ""))
    more = _read_own(settings) if settings.get("Version") == OURS else _read_kin(settings)
    recipe = gather(
        {
            "prompt": prompt,
            "negative_prompt": negative,
            "num_inference_steps": settings.pop("Steps", None),
            "guidance_scale": settings.pop("CFG scale", None),
            "seed": settings.pop("Seed", None),
            "size": side and side.groups(),
            "sampler": settings.pop("Sampler", None),
            "schedule": settings.pop("Schedule type", None),
        },
        [name for name in settings if name not in ("Version", "Model hash", "Lora hashes", "User")],
    )
    return replace(recipe, values={**recipe.values, **more})


def _read_own(settings: dict[str, str]) -> dict[str, Any]:
    """Take out what only our own pictures say, by knob."""
    names = {"Prompt mix": "prompt_mix", "Seed walk": "seed_walk", "Denoising strength": "strength"}
    names |= {"Palette strength": "palette_strength"}
    names |= {name.capitalize(): name for name in LEANS}
    found = {name: _number(settings.pop(key)) for key, name in names.items() if key in settings}
    told: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    if "Prompt B" in settings:
        told["prompt_b"] = settings.pop("Prompt B")
    if "Palette" in settings:
        told["palette"] = settings.pop("Palette")
    if "Tiling" in settings:
        way = settings.pop("Tiling")
        told["tiling"] = "both" if way == "True" else way
    return told


def _read_kin(settings: dict[str, str]) -> dict[str, Any]:
    """Take out what the A1111 family calls by other names and means as we do.

    The denoising strength is that of a start, unless the picture was enlarged in a second pass. A variation goes from
    one seed's noise towards another's: a seed walk goes there only where the other seed is the next one.
    """
    told: dict[str, Any] = {}
    if settings.get("Tiling") == "True":
        told["tiling"] = "both"
        del settings["Tiling"]
    strength = _number(settings.get("Denoising strength"))
    if strength is not None and not any(key.startswith("Hires") for key in settings):
        told["strength"] = strength
        del settings["Denoising strength"]
    seed, other, share = (_number(settings.get(key)) for key in ("Seed", "Variation seed", "Variation seed strength"))
    if seed is not None and share is not None and other == seed + 1:
        told["seed_walk"] = share
        del settings["Variation seed"], settings["Variation seed strength"]
    return told


def gather(said: Mapping[str, Any], others: list[str]) -> Recipe:
    """Return what was said as a recipe: numbers as numbers; the names of LoRAs stay in the prompt."""
    values: dict[str, Any] = {}
    for name in ("prompt", "negative_prompt"):
        given = said.get(name)
        text = given.encode(errors="ignore").decode() if isinstance(given, str) else ""
        values[name] = HYPERNET.sub("", text).strip()
    steps, guidance = _number(said.get("num_inference_steps")), _number(said.get("guidance_scale"))
    seed = re.fullmatch(r"\s*(\d{1,20})\s*", str(said.get("seed")))
    if steps is not None:
        values["num_inference_steps"] = round(steps)
    if guidance is not None:
        values["guidance_scale"] = guidance
    if sampler := find_sampler(said.get("sampler"), said.get("schedule")):
        values["sampler"] = sampler
    elif said.get("sampler"):
        others = ["Sampler", *others]
    sides = [side for side in map(_number, said.get("size") or ()) if side and side > 0]
    return Recipe(
        values,
        seed=int(seed[1]) if seed else None,
        size=(sides[0], sides[1]) if len(sides) == 2 else None,
        others=tuple(others),
    )


def _number(value: object) -> float | None:
    """Return a plain decimal number, or None: no NaN, no infinity, no `1e999`."""
    written = re.fullmatch(r"\s*(-?\d{1,20}(?:\.\d{1,20})?)\s*", str(value))
    return float(written[1]) if written else None


def _tells_settings(line: str) -> bool:
    """Tell whether a line is the one with the settings: at least three, and at least two that only such a line has."""
    found = [key for key, _ in _read_pairs(line)]
    return len(found) >= 3 and len(TELLING.intersection(found)) >= 2


def _read_pairs(line: str) -> Iterator[tuple[str, str]]:
    """Yield `key: value` pairs; a value may be a JSON string, or JSON as Civitai writes it, with commas inside."""
    place = 0
    while place < len(line):
        between = BETWEEN.match(line, place)
        assert between is not None
        place = between.end()
        if key := KEY.match(line, place):
            value, place = _read_value(line, key.end())
            yield key[1], value
        else:
            comma = line.find(",", place)
            place = comma if comma >= 0 else len(line)


def _read_value(line: str, place: int) -> tuple[str, int]:
    if line[place : place + 1] == '"' and (quoted := QUOTED.match(line, place)):
        return _unquote(quoted[0]), quoted.end()
    if line[place : place + 1] in ("[", "{"):
        try:
            _, length = json.JSONDecoder().raw_decode(line[place : place + LONGEST_JSON])
            return line[place : place + length], place + length
        except (ValueError, RecursionError):
            pass
    plain = PLAIN.match(line, place)
    assert plain is not None
    return plain[0].strip(), plain.end()


def _unquote(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted[1:-1]
