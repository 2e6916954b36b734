"""Run any other diffusers pipeline in a thread of its own and hand its steps over one by one."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from pipelines.errors import EmptyPrompt
from pipelines.image.canvas import Canvas, to_pictures
from pipelines.image.denoiser import fresh_scheduler
from pipelines.image.params import ImageParams, full_prompt
from pipelines.image.step import ImageStep, Pictures
from pipelines.image.wording import choose, strip_marks

# Pipelines that look at `_guidance_scale` at every step and take new prompt embeddings from the callback.
STEERABLE = ("StableDiffusion3Pipeline",)


class Stopped(Exception):  # noqa: N818 - not an error: the artist's Stop, on its way out of the pipeline
    """Leave the pipeline's loop."""


class BridgedRun:
    """One call of a diffusers pipeline, paused after each step until the next parameters arrive."""

    def __init__(self, pipe: Any, canvas: Canvas, params: ImageParams, seed: int) -> None:
        if not params.prompt.strip():
            raise EmptyPrompt
        self.pipe = type(pipe)(**{**pipe.components, "scheduler": fresh_scheduler(pipe)})
        self.pipe.set_progress_bar_config(disable=True)
        self.canvas = canvas
        self.params, self.seed = params, seed
        self.side = int(params.size)
        self.steerable = type(pipe).__name__ in STEERABLE
        self.guided = params.guidance_scale > 1
        self.done: queue.Queue[tuple[int, Tensor] | Pictures | BaseException] = queue.Queue()
        self.orders: queue.Queue[ImageParams | None] = queue.Queue()
        self.seeds = range(seed, seed + params.num_images)
        self.prompt = full_prompt(params)
        self.texts = self._word(self.prompt, params.negative_prompt)
        self.thread = threading.Thread(target=self._work, daemon=True)

    def steps(self, read: Callable[[], ImageParams]) -> Iterator[ImageStep]:
        """Yield the steps; closing this lets the thread go at its next step."""
        total, params = self.params.num_inference_steps, self.params
        self.thread.start()
        try:
            for index in range(total):
                latents = self._receive()
                if not isinstance(latents, Tensor):
                    return
                last = index + 1 == total
                if last:
                    self.orders.put(params)
                yield self._step(index, total, params, latents, self._finished() if last else ())
                if not last:
                    params = read()
                    self.orders.put(params)
        finally:
            self.orders.put(None)

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
        decode = (lambda: self.canvas.decode(plain)) if plain is not None else (lambda: previews)
        return ImageStep(index=index, total=total, params=params, previews=previews, pictures=pictures, decode=decode)

    def _unpack(self, latents: Tensor) -> Tensor | None:
        """Return latents as `(n, channels, h, w)` where we can."""
        if latents.ndim == 3 and hasattr(self.pipe, "_unpack_latents"):
            with contextlib.suppress(TypeError):
                latents = self.pipe._unpack_latents(latents, self.side, self.side, self.pipe.vae_scale_factor)
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

    def _word(self, wanted: str, unwanted: str) -> tuple[list[str], list[str]]:
        """Return a prompt and what to leave out for each picture; these families weigh no words."""
        return (
            [strip_marks(choose(wanted, seed)) for seed in self.seeds],
            [strip_marks(choose(unwanted, seed)) for seed in self.seeds],
        )

    def _call(self) -> Pictures:
        params, pipe = self.params, self.pipe
        watched = [n for n in ("latents", "prompt_embeds", "pooled_prompt_embeds") if n in pipe._callback_tensor_inputs]
        made = pipe(
            prompt=self.texts[0],
            **({"negative_prompt": self.texts[1]} if self.steerable else {}),
            num_inference_steps=params.num_inference_steps,
            guidance_scale=params.guidance_scale,
            height=self.side,
            width=self.side,
            generator=[torch.Generator().manual_seed((self.seed + i) % 2**63) for i in range(params.num_images)],
            callback_on_step_end=self._after_step,
            callback_on_step_end_tensor_inputs=watched,
            output_type="pt",
        ).images
        return to_pictures(made.mul(2).sub(1))

    def _after_step(self, pipe: Any, index: int, timestep: Tensor, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Hand the latents over, wait for the artist's parameters, apply what this family can apply mid-run."""
        self.done.put((index, tensors["latents"].clone()))
        params = self.orders.get()
        if params is None:
            raise Stopped
        return self._steer(pipe, params) if self.steerable else {}

    def _steer(self, pipe: Any, params: ImageParams) -> dict[str, Tensor]:
        """Change guidance (never across 1: the batch was laid out at the start) and, when it is new, the text."""
        pipe._guidance_scale = max(1.001, params.guidance_scale) if self.guided else min(1.0, params.guidance_scale)
        if params.prompt.strip():
            self.prompt = full_prompt(params)
        texts = self._word(self.prompt, params.negative_prompt)
        if texts == self.texts:
            return {}
        self.texts = texts
        states, away, pooled, pooled_away = pipe.encode_prompt(
            prompt=texts[0],
            prompt_2=None,
            prompt_3=None,
            negative_prompt=texts[1],
            do_classifier_free_guidance=self.guided,
            device=pipe._execution_device,
        )
        if self.guided:
            states, pooled = torch.cat((away, states)), torch.cat((pooled_away, pooled))
        return {"prompt_embeds": states, "pooled_prompt_embeds": pooled}
