"""The painter as the studio sees it: load a model, paint, steer while it paints."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch

from pipelines.errors import OutOfMemory, Unchecked, WrongKind
from pipelines.image.addons import AddOns
from pipelines.image.bridge import BridgedRun
from pipelines.image.canvas import Canvas
from pipelines.image.card import Card, read_image_card, size_limits
from pipelines.image.denoiser import PainterDenoiser, UNetDenoiser, choose_denoiser
from pipelines.image.explore import LEANS
from pipelines.image.family import find_kind, hears_negative, native_side, paints_from_text, read_habits
from pipelines.image.guard import Guard
from pipelines.image.hands import HandWords
from pipelines.image.helm import choose_helm
from pipelines.image.lexicon import SECOND, Lexicon, Reading
from pipelines.image.pair import Pair
from pipelines.image.params import ImageParams
from pipelines.image.run import Run
from pipelines.image.samplers import fresh_scheduler, name_sampler
from pipelines.image.step import ImageStep
from pipelines.image.store import list_parts, open_pipeline, place
from pipelines.image.tiling import let_wrap
from pipelines.memory import measure_room, plan, ran_out, release, too_large
from pipelines.params import Knob, narrow
from pipelines.weights import list_dtypes, name_source, require_diffusion

STEERED = ("prompt", "negative_prompt", "style", "guidance_scale")
# Nothing of these in a loop that isn't ours.
OWN_LOOP = ("prompt_b", "prompt_mix", "seed_walk", "palette", "palette_strength")


class ImagePipeline:
    """Any text-to-image model in diffusers format; holds weights only, so visitors may share it."""

    params_type = ImageParams

    def __init__(
        self,
        pipe: Any,
        card: Card | None = None,
        lexicon: Lexicon | None = None,
        add_ons: AddOns | None = None,
        hands: HandWords | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.pipe = pipe
        self.guard = guard
        self.add_ons = add_ons or AddOns()
        self.canvas = Canvas(pipe.vae, pipe._execution_device)
        self.denoiser = choose_denoiser(pipe, lexicon, hands)
        if isinstance(self.denoiser, UNetDenoiser):
            let_wrap(pipe.unet, pipe.vae, *self.add_ons.nets.values())
        self.knobs = self._declare(card or {})
        self.sampler = name_sampler(pipe.scheduler)
        self.troubles = self.add_ons.troubles

    def _declare(self, card: Card) -> dict[str, Knob]:
        """Narrow the declaration to this model: its habits, its card, the knobs it can't turn mid-run or at all."""
        knobs = narrow(ImageParams.knobs(), read_habits(self.pipe) | {"size": self._size_limits()} | card)
        for name in () if self.denoiser and self.canvas.plain else LEANS:  # elsewhere noise has no colours to lean to
            knobs[name] = replace(knobs[name], inert=True)
        fixed = STEERED if self.denoiser is None and choose_helm(self.pipe) is None else ()
        for name in fixed:
            knobs[name] = replace(knobs[name], live=False)
        for name in self._find_inert():
            knobs[name] = replace(knobs[name], inert=True)
        return self.add_ons.declare(knobs)

    def _find_inert(self) -> list[str]:
        """Name the knobs that do nothing in this family."""
        inert = [] if isinstance(self.denoiser, UNetDenoiser) else ["tiling", "sampler"]
        if self.denoiser is not None:  # what takes guidance in was distilled for its own sampler
            return [*inert, "negative_prompt", "sampler"] if self.denoiser.guided_inside else inert
        inert += OWN_LOOP
        if not hears_negative(self.pipe):
            inert.append("negative_prompt")
        if type(self.pipe).__name__ == "FluxPipeline" and not self.pipe.transformer.config.guidance_embeds:
            inert.append("guidance_scale")
        if not find_kind(self.pipe, start=True, mask=True):
            inert.append("mask")
        if not find_kind(self.pipe, start=True, mask=False):
            inert += ["start", "strength", "mask"]
        return inert

    def _size_limits(self) -> dict[str, Any]:
        """Return the sizes the model was trained for; our painter has only its own."""
        native = native_side(self.pipe)
        return {"choices": [str(native)], "default": str(native)} if self.canvas.plain else size_limits(native)

    def find_unknown(self, text: str) -> list[Reading]:
        """Return the words of a prompt that a painter of few words doesn't know, with what it takes them for."""
        return self.denoiser.find_unknown(text) if isinstance(self.denoiser, PainterDenoiser | Pair) else []

    def generate(self, read: Callable[[], ImageParams], seed: int) -> Iterator[ImageStep]:
        """Paint: one step yielded for each denoising step, `read` once for each.

        Raises EmptyPrompt, OutOfMemory, NotOffered, NothingToFollow, LoraBroken or LoraMisfit.
        """
        steps = self._paint(read, seed)
        try:
            yield from self.guard.watch(steps) if self.guard else steps
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
        else:
            return
        release()  # what the run held is let go of with its error, so no earlier than here
        raise OutOfMemory

    def _paint(self, read: Callable[[], ImageParams], seed: int) -> Generator[ImageStep]:
        params = read()
        self.add_ons.require(params)
        if self.denoiser is None:
            yield from BridgedRun(self.pipe, self.canvas, params, seed).steps(read)
            return
        run = Run(self.denoiser, self.canvas, fresh_scheduler(self.pipe, params.sampler), params, seed, self.add_ons)
        yield run.advance(params)
        while run.index < run.total:
            yield run.advance(read())

    def read_trigger_words(self, lora: str) -> tuple[str, ...]:
        """Return the words a LoRA was trained on; raise LoraBroken or LoraMisfit where this model can't wear it."""
        return self.add_ons.wardrobe.read_trigger_words(lora)

    def tell_hashes(self, params: ImageParams) -> str:
        """Return the hashes of the LoRAs that a picture was begun with, as other studios write them."""
        return self.add_ons.wardrobe.tell_hashes(params)

    @classmethod
    def load(  # noqa: PLR0913  a model's place and kind, and what the owner puts beside it
        cls, folder: Path, device: torch.device, dtype: torch.dtype | None = None,
        loras: Path | None = None, controls: Mapping[str, str] | None = None, *, card: Card | None = None,
        guarded: bool = False,
    ) -> Self:  # fmt: skip
        """Load a `save_pretrained` folder, in the precision and the place that fit this machine unless told a `dtype`.

        `loras` is a folder, `controls` a ControlNet's folder or hub name for each kind of lines. `card` says what the
        folder's own card doesn't. A `guarded` model's safety checker looks at what it paints, where it has one.
        Raises WrongKind, BrokenModel, ModelTooLarge or CheckerUnfit.
        """
        require_diffusion(folder, str(folder), "painting")
        types = (dtype,) if dtype else list_dtypes(device)
        parts, room = list_parts(folder), measure_room(device)
        fitting = plan(parts, room, types, name_source(folder))
        try:
            pipe = open_pipeline(folder, fitting.dtype)
            if not paints_from_text(pipe, choose_denoiser(pipe)):
                raise WrongKind(source=name_source(folder), art="painting")
            place(pipe, fitting, device)
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            needed = sum(parts.values()) * fitting.dtype.itemsize
            raise too_large(name_source(folder), needed, room.ram if room.card is None else room.card) from None
        takes_add_ons = isinstance(choose_denoiser(pipe), UNetDenoiser)
        add_ons = AddOns.load(pipe if takes_add_ons else None, loras, controls or {})
        lexicon = Lexicon.read(folder, pipe.tokenizer.get_vocab())
        told = {**(card or {}), **read_image_card(folder)}
        guard = Guard.load(folder, device) if guarded else None
        painter = cls(pipe, told, lexicon, add_ons, HandWords.read(folder), guard)
        if isinstance(painter.denoiser, PainterDenoiser) and (folder / SECOND).is_dir():
            painter.denoiser = Pair.open(painter.denoiser, folder)
        if guarded and not guard and not painter.canvas.plain:  # ours knows only scenes
            painter.troubles += (Unchecked(source=name_source(folder)),)
        return painter

    @classmethod
    def tiny(cls, seed: int = 0) -> Self:
        """Build a painter with random weights in milliseconds, for tests."""
        from pipelines.image.tiny import build_painter

        return cls(build_painter(seed))
