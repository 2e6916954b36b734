"""What an owner may put beside a painting model: a folder of LoRAs, and ControlNets for kinds of lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from pipelines.errors import AddOnUnfit, NothingToFollow, NotOffered, PicklesLeftOut, PipelineError
from pipelines.image.control import load_control
from pipelines.image.params import ImageParams
from pipelines.image.wardrobe import Wardrobe
from pipelines.params import Knob, Offered
from pipelines.weights import locate

NAMES_SHOWN = 8


@dataclass(frozen=True)
class AddOns:
    """LoRAs and ControlNets that fit a model, and why others that were asked for are not among them."""

    wardrobe: Wardrobe = field(default_factory=Wardrobe)
    nets: Mapping[str, Any] = field(default_factory=dict)
    troubles: tuple[PipelineError, ...] = ()

    @classmethod
    def load(cls, pipe: Any, loras: Path | None, controls: Mapping[str, str]) -> Self:
        """Find the LoRAs in a folder and load the ControlNets, a folder or a hub name for each kind.

        `pipe` is None for a model that can take neither. What can't be had is told in `troubles`, never raised.
        """
        troubles: list[PipelineError] = []
        if loras and pipe is None:
            troubles.append(AddOnUnfit(source=loras.name))
        wardrobe = Wardrobe(loras, pipe) if loras and pipe is not None else Wardrobe()
        if wardrobe.pickles:
            more = ["…"] if len(wardrobe.pickles) > NAMES_SHOWN else []
            troubles.append(PicklesLeftOut(names=", ".join([*wardrobe.pickles[:NAMES_SHOWN], *more])))
        nets = {}
        for kind, source in controls.items():
            try:
                if pipe is None:
                    raise AddOnUnfit(source=source)
                nets[kind] = load_control(locate(source), pipe)
            except PipelineError as error:
                troubles.append(error)
        return cls(wardrobe, nets, tuple(troubles))

    def require(self, params: ImageParams) -> None:
        """Raise NotOffered or NothingToFollow where a run asks for what isn't there."""
        self.wardrobe.require(params)
        if params.control == "none":
            return
        if params.control not in self.nets:
            raise NotOffered(name="control", value=params.control)
        if not params.control_image:
            raise NothingToFollow

    def declare(self, knobs: Mapping[str, Knob]) -> dict[str, Knob]:
        """Return the declaration with the knobs of what is there."""
        names = self.wardrobe.names
        kinds = tuple(self.nets)
        there = {"lora": names, "lora_weight": names, "control": kinds}
        there |= {name: kinds for name in ("control_scale", "control_start", "control_end", "control_image")}
        found = {name: replace(knobs[name], inert=not choices) for name, choices in there.items()}
        found["lora"] = replace(found["lora"], domain=Offered(("none", *names), names))
        found["control"] = replace(found["control"], domain=Offered(("none", *kinds)))
        return {**knobs, **found}
