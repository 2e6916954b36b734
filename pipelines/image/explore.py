"""What the words leave open: noise that leans one way, and a walk without end through what it may become."""

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from pipelines.image.params import ImageParams
from pipelines.params import Knob, Range

# The first principal directions of what noise changes in a picture (docs/decisions/0019-explore.md): what each adds to
# red, green and blue, and whether what it adds below is the opposite of what it adds above.
LEANS = {
    "light": ((1, 1, 1), False),
    "warmth": ((1, 0, -1), False),
    "tint": ((1, -2, 1), False),
    "sky": ((1, 1, 1), True),
}
REACH = 0.12  # how far a lean of 1 moves a pixel, in standard deviations of the noise; beyond it pictures fall apart
SWAY = {"light": 0.8, "warmth": 0.8, "tint": 0.4, "sky": 0.4}  # how far a walk goes from where the artist stands
SEED_SECONDS = 12  # from one seed's noise to the next
MIX_SECONDS = 24  # from the first prompt to the second and back


def lean_noise(noise: Tensor, params: ImageParams) -> Tensor:
    """Let `(n, 3, height, width)` noise lean as the artist set it; where nothing is set it stays, to the bit."""
    height = noise.shape[2]
    for name, (colour, turns) in LEANS.items():
        if amount := getattr(params, name):
            shift = torch.tensor(colour, dtype=noise.dtype, device=noise.device).view(3, 1, 1)
            shift = shift / shift.square().mean().sqrt()
            if turns:
                heights = (torch.arange(height, dtype=noise.dtype, device=noise.device) + 0.5) / height
                shift = shift * (math.sqrt(2) * torch.cos(math.pi * heights)).view(-1, 1)
            noise = noise + amount * REACH * shift
    return noise


def wander(params: ImageParams, knobs: Mapping[str, Knob], seed: int, seconds: float) -> ImageParams:
    """Return where a walk stands after so many seconds: it begins at `params` and stays around them.

    It goes through the leans, from seed to seed, and where there is a second prompt to it and back.
    """
    dice = random.Random(seed)  # noqa: S311  a path, not a secret
    values: dict[str, float] = {name: getattr(params, name) + SWAY[name] * _sway(dice, seconds) for name in LEANS}
    most = _range(knobs["seed_walk"]).maximum
    passed = (params.seed_walk + seconds / SEED_SECONDS) % (2 * most)
    values["seed_walk"] = min(passed, 2 * most - passed)
    if params.prompt_b.strip():
        begun = math.acos(1 - 2 * params.prompt_mix)
        values["prompt_mix"] = (1 - math.cos(begun + 2 * math.pi * seconds / MIX_SECONDS)) / 2
    acting = {name: value for name, value in values.items() if not knobs[name].inert}
    walked: dict[str, Any] = {name: _settle(_range(knobs[name]), value) for name, value in acting.items()}
    return replace(params, **walked)


def _sway(dice: random.Random, seconds: float) -> float:
    """Return a smooth swing between -1 and 1 that is 0 at first and takes minutes to repeat itself."""
    slow, quick, side = dice.uniform(19, 29), dice.uniform(8, 13), dice.choice((-1, 1))
    return side * (math.sin(2 * math.pi * seconds / slow) + 0.5 * math.sin(2 * math.pi * seconds / quick)) / 1.5


def _range(knob: Knob) -> Range:
    assert isinstance(knob.domain, Range)
    return knob.domain


def _settle(domain: Range, value: float) -> float:
    """Return the nearest value that a slider can show."""
    steps = round((value - domain.minimum) / domain.step)
    return round(min(max(domain.minimum + steps * domain.step, domain.minimum), domain.maximum), 6)
