"""The owner's LoRAs, and what each run wears of them: whoever runs beside it on the same model sees nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from pipelines.errors import LoraBroken, LoraMisfit, NotOffered
from pipelines.image.lora import PARTS, Lora, read_lora, read_trigger_words
from pipelines.image.params import ImageParams
from pipelines.image.tags import read_tags
from pipelines.weights import PICKLES

Worn = tuple[tuple[Lora, float], ...]
KEPT = 6  # in memory, beside those that a run wears
# The model's layers ask this at every call; a thread sees its own run's answer and no other's.
WORN: ContextVar[Worn] = ContextVar("worn", default=())


class Wardrobe:
    """The LoRAs in a folder, for one model; bare without a folder or for a model that takes none."""

    def __init__(self, folder: Path | None = None, pipe: Any = None) -> None:
        self._pipe = pipe
        self._files: dict[str, Path] = {}
        for path in sorted(folder.rglob("*.safetensors")) if folder else ():
            self._files.setdefault(path.stem, path)
        self._files.pop("none", None)  # the word for wearing none
        self.pickles = sorted(path.name for kind in PICKLES for path in folder.rglob(kind)) if folder else []
        self.read = lru_cache(KEPT)(self._read)
        for layer in self._list_layers() if self._files else ():
            layer.register_forward_hook(_add)

    @property
    def names(self) -> tuple[str, ...]:
        """The LoRAs' names, in their order."""
        return tuple(self._files)

    def _list_layers(self) -> Iterator[nn.Module]:
        for part in PARTS:
            model = getattr(self._pipe, part, None)
            yield from (m for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)) if model is not None else ()

    def _read(self, name: str) -> Lora:
        """Return a LoRA, the last few from memory; raise LoraBroken or LoraMisfit."""
        return read_lora(self._files[name], self._pipe)

    def require(self, params: ImageParams) -> list[tuple[str, float]]:
        """Return the names and weights of what the parameters ask for; raise NotOffered."""
        wanted = list(read_tags(params.prompt))
        if params.lora != "none":
            wanted.append((params.lora, params.lora_weight))
        for name, _ in wanted:
            if name not in self._files:
                raise NotOffered(name="lora", value=name[:80])
        return wanted

    def tell_hashes(self, params: ImageParams) -> str:
        """Return the hashes of what the parameters ask for, as A1111 writes them: `storm: 0123456789ab`."""
        return ", ".join(f"{name}: {self.read(name).short_hash}" for name in dict(self.require(params)))

    def read_trigger_words(self, name: str) -> tuple[str, ...]:
        """Return the words a LoRA was trained on; raise LoraBroken or LoraMisfit where it can't be worn."""
        if name not in self._files:
            return ()
        self.read(name)
        return read_trigger_words(self._files[name])


def _add(layer: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> Tensor:
    """Add to a layer's output what the run that calls it wears."""
    for lora, weight in WORN.get():
        if layer in lora.layers:
            out = out + weight * lora.layers[layer].add(layer, given[0])
    return out


class Outfit:
    """What one run wears: the LoRAs its prompt names, and the chosen one at the slider's weight."""

    def __init__(self, wardrobe: Wardrobe) -> None:
        self._wardrobe = wardrobe
        self._read: dict[str, Lora] = {}
        self._asked: object = None
        self.worn: Worn = ()

    @contextmanager
    def wear(self, params: ImageParams) -> Iterator[None]:
        """Wear what the parameters ask for during one step.

        What can't be worn is raised before the first step; later on the run keeps what it wore.
        """
        self._change(params)
        token = WORN.set(self.worn)
        try:
            yield
        finally:
            WORN.reset(token)

    def _change(self, params: ImageParams) -> None:
        first, self._asked, before = self._asked is None, _asked(params), self._asked
        if self._asked == before:
            return
        try:
            wanted = self._wardrobe.require(params)
            self._read = {name: self._read.get(name) or self._wardrobe.read(name) for name, _ in wanted}
            self.worn = tuple((self._read[name], weight) for name, weight in wanted if weight)
        except (NotOffered, LoraBroken, LoraMisfit):
            if first:
                raise


def _asked(params: ImageParams) -> tuple[object, ...]:
    return params.prompt, params.lora, params.lora_weight
