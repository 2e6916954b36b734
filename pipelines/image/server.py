"""A server that paints: ask it for pictures, hang up at any time."""

import base64
import json
from concurrent.futures import Future
from typing import Any

from pipelines.errors import PipelineError
from pipelines.image.link import fetch, gather
from pipelines.server import Request, Server

PATIENCE_S = 600.0  # a picture is sent when it is done, and a home server may take minutes for one
MAX_BYTES = 64_000_000


class ImageServer(Server):
    """A server asked for pictures."""

    art = "painting"

    def __init__(self, address: str, key: str = "", patience_s: float = PATIENCE_S) -> None:
        super().__init__(address, key, patience_s)

    def paint(self, request: Request) -> Future[list[bytes]]:
        """Ask for pictures, of a picture where the request has an `image`; what comes are their files, unchecked.

        The future raises a ServerError; cancelling it hangs up.
        """
        return self.send(self._paint(request))

    async def _paint(self, request: Request) -> list[bytes]:
        begun = False
        images = self.client.images.with_streaming_response  # so that no answer is read beyond a limit
        try:
            async with (images.edit if "image" in request else images.generate)(**request) as answer:
                begun = True
                told = json.loads(await gather(answer.iter_bytes(), MAX_BYTES))
            return [await self._read(one) for one in told["data"]]
        except PipelineError:
            raise
        except Exception as error:  # noqa: BLE001  told in words of our own
            trouble = self.tell(error, str(request["model"]), begun)
        raise trouble  # out here it doesn't carry the error itself, which may hold the key

    async def _read(self, one: dict[str, Any]) -> bytes:
        if written := one.get("b64_json"):
            return base64.b64decode(written, validate=True)
        return await fetch(one["url"], self.host, self.patience_s, MAX_BYTES)
