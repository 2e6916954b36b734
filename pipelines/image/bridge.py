"""Run any other diffusers pipeline in a thread of its own and hand its steps over one by one."""

import contextlib
import inspect
import math
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from pipelines.errors import CannotStart, EmptyPrompt
from pipelines.image.canvas import Canvas, to_pictures
from pipelines.image.family import find_kind, hears_negative, name_guidance
from pipelines.image.ground import Scene
from pipelines.image.helm import Texts, choose_helm
from pipelines.image.params import ImageParams, full_prompt, measure
from pipelines.image.samplers import fresh_scheduler
from pipelines.image.step import ImageStep, Pictures
from pipelines.image.wording import choose, strip_marks


class Stopped(Exception):  # noqa: N818 - not an error: the artist's Stop, on its way out of the pipeline
    """Leave the pipeline's loop."""


class BridgedRun:
    """One call of a diffusers pipeline, paused after each step until the next parameters arrive."""

    def __init__(self, pipe: Any, canvas: Canvas, params: ImageParams, seed: int) -> None:
        if not params.prompt.strip():
            raise EmptyPrompt
        self.scene = Scene(params, measure(params)) if params.start else None
        kind = find_kind(pipe, start=bool(params.start), mask=bool(params.start and params.mask))
        if kind is None:
            raise CannotStart
        taken = inspect.signature(kind.__init__).parameters
        parts = {**pipe.config, **pipe.components, "scheduler": fresh_scheduler(pipe)}
        self.pipe = kind(**{name: part for name, part in parts.items() if name in taken})
        self.pipe.set_progress_bar_config(disable=True)
        self.canvas = canvas
        self.params, self.seed = params, seed
        self.width, self.height = measure(params)
        self.done: queue.Queue[tuple[int, Tensor] | Pictures | BaseException] = queue.Queue()
        self.orders: queue.Queue[ImageParams | None] = queue.Queue()
        self.seeds = range(seed, seed + params.num_images)
        self.prompt = full_prompt(params)
        self.texts = self._word(self.prompt, params.negative_prompt)
        helm = choose_helm(pipe)
        self.helm = helm(self.pipe, self.texts, params.guidance_scale) if helm else None
        self.thread = threading.Thread(target=self._work, daemon=True)

    def steps(self, read: Callable[[], ImageParams]) -> Iterator[ImageStep]:
        """Yield the steps; closing this lets the thread go at its next step."""
        params, index, last = self.params, 0, False
        if self.scene and params.strength <= 0:
            yield self._still(self.scene.picture)
            return
        self.thread.start()
        try:
            while not last:
                latents = self._receive()
                if not isinstance(latents, Tensor):
                    return
                total = max(index + 1, getattr(self.pipe, "num_timesteps", 0) or params.num_inference_steps)
                last = index + 1 == total
                if last:
                    self.orders.put(params)
                yield self._step(index, total, params, latents, self._finished() if last else ())
                index += 1
                if not last:
                    params = read()
                    self.orders.put(params)
        finally:
            self.orders.put(None)

    def _still(self, picture: Image.Image) -> ImageStep:
        """Return the one step of a run that keeps the start as it is."""
        shown = (picture,) * self.params.num_images
        return ImageStep(
            index=0, total=1, params=self.params, previews=shown, pictures=shown, decode=lambda: shown
        )  # fmt: skip

    def _finished(self) -> Pictures:
        found = self._receive()
        assert isinstance(found, tuple), "the pipeline made more steps than it was asked for"
        return found

    def _receive(self) -> Tensor | Pictures:
        found = self.done.get()
        if isinstance(found, BaseException):
            raise found
        return found[1] if len(found) == 2 and isinstance(found[1], Tensor) else found

    def _step(self, index: int, total: int, params: ImageParams, latents: Tensor, pictures: Pictures) -> ImageStep:
        plain = self._unpack(latents)
        previews = self.canvas.preview(plain) if plain is not None else ()
        decode = (lambda: self._join(self.canvas.decode(plain))) if plain is not None else (lambda: previews)
        return ImageStep(index=index, total=total, params=params, previews=previews, pictures=pictures, decode=decode)

    def _join(self, pictures: Pictures) -> Pictures:
        return self.scene.finish(pictures) if self.scene else pictures

    def _unpack(self, latents: Tensor) -> Tensor | None:
        """Return latents as `(n, channels, h, w)` where we can."""
        if latents.ndim == 3 and hasattr(self.pipe, "_unpack_latents"):
            with contextlib.suppress(TypeError):
                latents = self.pipe._unpack_latents(latents, self.height, self.width, self.pipe.vae_scale_factor)
        latents = latents[:, :, 0] if latents.ndim == 5 else latents
        return latents if latents.ndim == 4 and latents.shape[1] == self.canvas.channels else None

    @torch.inference_mode()
    def _work(self) -> None:
        """Run the pipeline; its pictures, or what went wrong, are the last thing handed over."""
        try:
            self.done.put(self._call())
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to the artist's thread, raised there
            self.done.put(error)

    def _word(self, wanted: str, unwanted: str) -> Texts:
        """Return a prompt and what to leave out for each picture; these families weigh no words."""
        return (
            [strip_marks(choose(wanted, seed)) for seed in self.seeds],
            [strip_marks(choose(unwanted, seed)) for seed in self.seeds],
        )

    def _call(self) -> Pictures:
        params = self.params
        made = self.pipe(
            prompt=list(self.texts[0]),
            **self._ask(),
            **self._start(),
            height=self.height,
            width=self.width,
            generator=[torch.Generator().manual_seed((self.seed + i) % 2**63) for i in range(params.num_images)],
            callback_on_step_end=self._after_step,
            callback_on_step_end_tensor_inputs=["latents"],
            output_type="latent" if self.helm else "pt",
        ).images
        latents = self._unpack(made) if self.helm else None
        return self._join(to_pictures(made.mul(2).sub(1)) if latents is None else self.canvas.decode(latents))

    def _ask(self) -> dict[str, Any]:
        """Return the guidance and the unwanted words, as the family takes them."""
        if self.helm:
            return self.helm.ask()
        given: dict[str, Any] = {name_guidance(self.pipe): self.params.guidance_scale}
        return given | ({"negative_prompt": list(self.texts[1])} if hears_negative(self.pipe) else {})

    def _start(self) -> dict[str, Any]:
        """Return the steps, and what a start asks for besides: all steps are taken, as in our own loop."""
        steps, strength = self.params.num_inference_steps, self.params.strength
        if self.scene is None:
            return {"num_inference_steps": steps}
        given = {"image": self.scene.picture, "strength": strength, "num_inference_steps": math.ceil(steps / strength)}
        return given | ({"mask_image": self.scene.asked} if self.scene.asked else {})

    def _after_step(self, pipe: Any, index: int, timestep: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Hand the latents over, wait for the artist's parameters, let the helm put them in force."""
        self.done.put((index, tensors["latents"].clone()))
        params = self.orders.get()
        if params is None:
            raise Stopped
        if self.helm:
            if params.prompt.strip():
                self.prompt = full_prompt(params)
            self.helm.turn(self._word(self.prompt, params.negative_prompt), params.guidance_scale)
        return {}
