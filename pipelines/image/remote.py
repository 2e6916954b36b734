"""A painter on a server: any that speaks the OpenAI images protocol. Nothing can be steered there."""

import io
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

from PIL import Image

from pipelines.errors import (
    CannotStart,
    EmptyPrompt,
    NotAPicture,
    NotThere,
    NotUnderstood,
    PictureTooLarge,
    PipelineError,
    RequestRefused,
)
from pipelines.image.addons import AddOns
from pipelines.image.ground import Scene, fit
from pipelines.image.params import ImageParams, full_prompt, measure
from pipelines.image.server import ImageServer
from pipelines.image.step import ImageStep, Pictures
from pipelines.image.wording import choose, strip_marks
from pipelines.params import Knob, narrow
from pipelines.pictures import read_picture, write_png
from pipelines.server import Request

WAIT_S = 0.5  # a silent server gives a step without a picture this often, so that Stop acts
MAX_PIXELS = 8_400_000
GLIMPSE_PX = 256
TAKEN = ("prompt", "style", "size", "aspect_ratio", "num_images", "start", "mask")
SIZE = re.compile(r"\b(\d{2,4})x(\d{2,4})\b")
SIZES = {"choices": ("256", "512", "768", "1024"), "default": "1024"}


@dataclass(frozen=True, kw_only=True)
class RemoteStep(ImageStep):
    """Where a request stands: `index` of `total` pictures have come."""

    state: Literal["waiting", "working"]
    counted = "pictures"

    @property
    def done(self) -> bool:
        """Tell whether this is the last step."""
        return self.index >= self.total


class RemotePainter:
    """A model on a server, asked for pictures of words, or for another picture made of one."""

    params_type = ImageParams
    exact = False  # the protocol has no seed
    sampler = None

    def __init__(self, server: ImageServer, model: str, add_ons: AddOns | None = None) -> None:
        self.server, self.model = server, model
        self.add_ons = add_ons or AddOns()
        self._told_format = True  # some refuse to be told how to send a picture, and some to send several
        self._several = True
        self._sizes: list[tuple[int, int]] = []  # where it takes only some, those it named as it refused another

    @classmethod
    def connect(
        cls, server: ImageServer, model: str = "", loras: Path | None = None, controls: Mapping[str, str] | None = None
    ) -> Self:
        """Learn the model's name where it isn't given; a picture costs too much to try the server out with one.

        LoRAs and ControlNets can't be sent there: the `troubles` say so.
        """
        return cls(server, model or server.find_model(), AddOns.load(None, loras, controls or {}))

    @property
    def troubles(self) -> tuple[PipelineError, ...]:
        """Why what the owner gave beside the model is left out."""
        return self.add_ons.troubles

    def read_trigger_words(self, lora: str) -> tuple[str, ...]:
        """Return the words a LoRA was trained on: there is none."""
        return self.add_ons.wardrobe.read_trigger_words(lora)

    def tell_hashes(self, params: ImageParams) -> str:
        """Return the hashes of the LoRAs in a picture: there are none."""
        return self.add_ons.wardrobe.tell_hashes(params)

    @property
    def knobs(self) -> dict[str, Knob]:
        """The declared knobs; most are not in the protocol and inert, and none acts while the server paints."""
        declared = ImageParams.knobs()
        card: dict[str, Any] = {name: {"inert": True} for name in declared if name not in TAKEN}
        return {name: replace(k, live=False) for name, k in narrow(declared, card | {"size": SIZES}).items()}

    def generate(self, read: Callable[[], ImageParams], seed: int) -> Iterator[RemoteStep]:
        """Ask for the pictures; a step comes with each answer, and while none does, twice a second.

        `read` is called once, since nothing that moves could act. Raises EmptyPrompt, NotOffered, CannotStart or a
        ServerError.
        """
        params = read()
        self.add_ons.require(params)
        if not params.prompt.strip():
            raise EmptyPrompt
        scene = Scene(params, measure(params)) if params.start else None
        orders = self._write_orders(params, seed)
        made: Pictures = ()
        while orders:
            words, count = orders.popleft()
            asked = self.server.paint(self._ask(params, scene, words, count))
            try:
                while not wait((asked,), WAIT_S).done:
                    yield _step(params, made, "waiting")
                found = tuple(self._open(file, params, scene) for file in asked.result())
            except RequestRefused as error:
                orders.extendleft(self._ask_otherwise(error, measure(params), words, count))
                continue
            except NotThere:
                if scene:
                    raise CannotStart from None
                raise
            finally:
                asked.cancel()
            if not found:
                raise NotUnderstood(host=self.server.host)
            made += found[:count]
            if len(found) < count:
                self._several = False
                orders.extendleft([(words, 1)] * (count - len(found)))
            yield _step(params, made, "working")

    def _write_orders(self, params: ImageParams, seed: int) -> deque[tuple[str, int]]:
        """Return the words and the number of pictures of each request; seeds may choose words of their own."""
        words = [strip_marks(choose(full_prompt(params), seed + place)) for place in range(params.num_images)]
        if self._several and len(set(words)) == 1:
            return deque([(words[0], len(words))])
        return deque((one, 1) for one in words)

    def _ask(self, params: ImageParams, scene: Scene | None, words: str, count: int) -> Request:
        width, height = find_nearest(measure(params), self._sizes)
        request: Request = {"model": self.model, "prompt": words, "size": f"{width}x{height}", "n": count}
        if self._told_format:
            request["response_format"] = "b64_json"
        if scene:
            request["image"] = ("start.png", write_png(scene.picture), "image/png")
            if scene.asked:
                request["mask"] = ("mask.png", _write_mask(scene.asked), "image/png")
        return request

    def _ask_otherwise(
        self, error: RequestRefused, size: tuple[int, int], words: str, count: int
    ) -> list[tuple[str, int]]:
        """Return what to ask for instead; raise the refusal where there is nothing to leave out."""
        if self._told_format and "response_format" in str(error.details["reason"]):
            self._told_format = False
            return [(words, count)]
        named = [(int(wide), int(high)) for wide, high in SIZE.findall(str(error.details["reason"]))]
        named = [one for one in named if one != size and all(one)]
        if named and not self._sizes:
            self._sizes = named
            return [(words, count)]
        if count > 1:
            self._several = False
            return [(words, 1)] * count
        raise error

    def _open(self, file: bytes, params: ImageParams, scene: Scene | None) -> Image.Image:
        """Return a picture that was sent; what a mask keeps is the start's own, whatever the server did with it."""
        try:
            picture = read_picture(file, max_pixels=MAX_PIXELS)
        except (NotAPicture, PictureTooLarge):
            raise NotUnderstood(host=self.server.host) from None
        return scene.finish((fit(picture, measure(params)),))[0] if scene and scene.asked else picture


def find_nearest(size: tuple[int, int], offered: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the offered size that is nearest in shape, and of those in area; the size itself where any will do."""
    width, height = size

    def stray(one: tuple[int, int]) -> tuple[float, float]:
        wide, high = width / one[0], height / one[1]
        return abs(math.log(wide / high)), abs(math.log(wide * high))

    return min(offered, key=stray) if offered else size


def _step(params: ImageParams, made: Pictures, state: Literal["waiting", "working"]) -> RemoteStep:
    glimpses = tuple(picture.copy() for picture in made)
    for glimpse in glimpses:
        glimpse.thumbnail((GLIMPSE_PX, GLIMPSE_PX))
    return RemoteStep(
        index=len(made), total=params.num_images, params=params, previews=glimpses, pictures=made, decode=lambda: made,
        state=state,
    )  # fmt: skip


def _write_mask(asked: Image.Image) -> bytes:
    """Return the mask as the protocol has it: what is transparent is painted."""
    mask = Image.new("RGBA", asked.size)
    mask.putalpha(asked.point(lambda share: 255 - share))
    file = io.BytesIO()
    mask.save(file, format="PNG")
    return file.getvalue()
