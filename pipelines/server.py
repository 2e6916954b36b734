"""A server that speaks the OpenAI protocol: its address, the key for it, and a sentence for whatever goes wrong."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pipelines.errors import (
    KeyRefused,
    ModelUnnamed,
    NotThere,
    NotUnderstood,
    PipelineError,
    RequestRefused,
    ServerBusy,
    ServerDropped,
    ServerMissing,
    ServerSilent,
)

PATIENCE_S = 120.0
CONNECT_S = 10.0
LONGEST_REASON = 200

Request = dict[str, Any]
T = TypeVar("T")


class Server:
    """One address and the key for it, which goes into the requests and nowhere else; a child for each art asks.

    What it does runs on a thread with an event loop, where it can be called off at any point.
    """

    art = ""

    def __init__(self, address: str, key: str = "", patience_s: float = PATIENCE_S) -> None:
        from openai import AsyncOpenAI, Timeout

        parts = urlsplit(address)
        self.host = parts.netloc.rpartition("@")[2]
        self.patience_s = patience_s
        self._key = key.strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise KeyRefused(host=self.host)
        try:
            self.client: Any = AsyncOpenAI(
                base_url=address.rstrip("/") + ("" if parts.path.strip("/") else "/v1"),
                api_key=self._key or "none",  # a server at home asks for none, the package does
                max_retries=0,
                timeout=Timeout(patience_s, connect=min(CONNECT_S, patience_s)),
            )
        except Exception:  # noqa: BLE001  an address that is none
            raise ServerMissing(host=self.host) from None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"server {self.host}", daemon=True)
        self._thread.start()

    def find_model(self) -> str:
        """Return the name of the server's model; raise ModelUnnamed where it hasn't exactly one."""
        try:
            names = self.send(self._list_models()).result()
        except Exception as error:  # noqa: BLE001  told in words of our own
            told = self.tell(error, "", begun=False)
            if not isinstance(told, NotThere | ServerDropped):  # many don't list what they have
                raise told from None
            names = []
        if len(names) != 1:
            raise ModelUnnamed(host=self.host, models=self._clean(", ".join(names)) or "?")
        return names[0]

    async def _list_models(self) -> list[str]:
        page = await self.client.models.list()
        return [str(model.id) for model in page.data]

    def send(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin something on the server's thread; cancelling what is returned hangs up."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Hang up every call and end the thread."""
        self.send(self.client.close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def tell(self, error: Exception, model: str, begun: bool) -> PipelineError:
        """Return what the artist is told; never the error itself, which may hold the key."""
        told = self._tell(error, model, begun)
        told.art = self.art
        return told

    def _tell(self, error: Exception, model: str, begun: bool) -> PipelineError:
        import openai

        match error:
            case openai.APITimeoutError():
                if type(error.__cause__).__name__ == "ConnectTimeout":
                    return ServerMissing(host=self.host)
                return ServerSilent(host=self.host, seconds=round(self.patience_s))
            case openai.APIConnectionError():
                pass
            case openai.APIStatusError():
                return self._tell_status(error.status_code, error.body, model)
            case openai.APIError():
                return RequestRefused(host=self.host, reason=self._clean(error.message))
            case ValueError() | TypeError() | AttributeError() | LookupError():
                return NotUnderstood(host=self.host)
        return ServerDropped(host=self.host) if begun else ServerMissing(host=self.host)

    def _tell_status(self, status: int, body: object, model: str) -> PipelineError:
        if status in (401, 403):
            return KeyRefused(host=self.host)
        if status in (402, 429):
            return ServerBusy(host=self.host)
        if status in (404, 405):
            return NotThere(host=self.host, model=self._clean(model))
        if status >= 500:
            return ServerDropped(host=self.host)
        said = body
        if isinstance(body, dict):
            said = body.get("message") or body.get("detail") or body
        return RequestRefused(host=self.host, reason=self._clean(str(said)))

    def _clean(self, words: str) -> str:
        """Return a stranger's words in one short line that no page takes for HTML, without the key."""
        if self._key:
            words = words.replace(self._key, "…")
        line = " ".join(words.split()).replace("<", "‹").replace(">", "›")
        return line if len(line) <= LONGEST_REASON else line[:LONGEST_REASON] + "…"
