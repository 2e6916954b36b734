"""What a guest of a shared studio can ask for at most: one table, each line with an option of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pipelines.params import Choice, Knob, Range, Text, narrow


@dataclass(frozen=True)
class Cap:
    """A bound: `guests` is its value in a shared studio; `knobs` are those it holds down, by art."""

    guests: int
    help: str
    knobs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


CAPS: Mapping[str, Cap] = MappingProxyType(
    {
        "tokens": Cap(400, "words and word parts of a text", {"literature": ("max_tokens",)}),
        "characters": Cap(
            8_000, "characters of a page, a prompt, a note",
            {"literature": ("prompt", "memory", "note"), "painting": ("prompt", "negative_prompt", "prompt_b")},
        ),
        "steps": Cap(30, "denoising steps of a picture", {"painting": ("num_inference_steps", "live_steps")}),
        "size": Cap(512, "pixels of a picture's side", {"painting": ("size",)}),
        "pictures": Cap(2, "pictures at once", {"painting": ("num_images",)}),
        "bars": Cap(32, "bars of a piece", {"music": ("bars",)}),
        "seconds": Cap(240, "seconds that one work takes, live play included"),
        "works": Cap(30, "works that a visitor begins in a minute"),
        "waiting": Cap(64, "works that wait or run in an art"),
        "upload_mb": Cap(8, "megabytes of a file"),
    }
)  # fmt: skip


def bind(art: str, knobs: Mapping[str, Knob], caps: Mapping[str, int]) -> dict[str, Knob]:
    """Return an art's knobs, held down by the caps that there are."""
    card: dict[str, dict[str, Any]] = {}
    for name, bound in caps.items():
        for knob in CAPS[name].knobs.get(art, ()):
            card[knob] = _limit(knobs[knob], bound)
    return narrow(knobs, card)


def _limit(knob: Knob, bound: int) -> dict[str, Any]:
    match knob.domain:
        case Range(minimum, maximum):
            top = max(minimum, min(bound, maximum))
            return {"maximum": top, "default": min(knob.default, top)}
        case Choice(choices):
            sizes = [one for one in choices if int(one) <= bound] or list(choices[:1])
            return {"choices": sizes, "default": min(knob.default, sizes[-1], key=int)}
        case Text(max_length):
            return {"max_length": min(bound, max_length)}
        case _:
            raise AssertionError(f"a picture has no such bound: {knob.name}")
