"""A1111's way to name LoRAs among the words of a prompt: `<lora:storm:0.8>`; without a number the weight is 1."""

import re
from collections.abc import Collection

TAG = re.compile(
    r"<(?:lora|lyco):(?P<name>[^<>:\n]{1,200})"
    r"(?::(?P<weight>-?(?:\d{1,2}(?:\.\d{0,4})?|\.\d{1,4}))(?::[^<>\n]{0,80})?)?>"
)  # a second weight, for the picture apart from the words, is not told apart


def read_tags(prompt: str) -> tuple[tuple[str, float], ...]:
    """Return the LoRAs that a prompt names, with their weights."""
    return tuple((found["name"].strip(), float(found["weight"] or 1)) for found in TAG.finditer(prompt))


def strip_tags(prompt: str, kept: Collection[str] = ()) -> str:
    """Return a prompt without the LoRAs that it names, but for those to be `kept`."""
    words = TAG.sub(lambda found: found[0] if found["name"].strip() in kept else "", prompt)
    return prompt if words == prompt else words.strip(" ,")


def write_tag(name: str, weight: float) -> str:
    """Return a LoRA as other studios read it in a prompt."""
    return f"<lora:{name}:{weight:g}>"
