"""A server that speaks the OpenAI protocol: ask it, hear its reply piece by piece, hang up at any time."""

import asyncio
import math
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from queue import Empty, SimpleQueue
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


@dataclass(frozen=True)
class Piece:
    """A bit of a reply; `end` says why the server stopped, where it did.

    `probability`, where given, is in [0, 1], and `others` are the likeliest tokens in its place with theirs.
    """

    text: str = ""
    thought: bool = False
    probability: float | None = None
    end: str | None = None
    others: tuple[tuple[str, float], ...] = ()


class Call:
    """One request and its reply, read ahead on the server's thread, so that whoever listens can leave at any time."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[Piece | PipelineError] = SimpleQueue()
        self.future: Any = None

    def hear(self, seconds: float) -> Piece | None:
        """Return the next piece, or None where none comes in time; raise what went wrong."""
        try:
            found = self.heard.get(timeout=seconds)
        except Empty:
            return None
        if isinstance(found, PipelineError):
            raise found
        return found

    def hang_up(self) -> None:
        """Close the stream, wherever it is; safe from any thread and more than once."""
        self.future.cancel()


class Server:
    """One address and the key for it. The key goes into the requests and nowhere else."""

    def __init__(self, address: str, key: str = "", patience_s: float = PATIENCE_S) -> None:
        from openai import AsyncOpenAI, Timeout

        parts = urlsplit(address)
        self.host = parts.netloc.rpartition("@")[2]
        self.patience_s = patience_s
        self._key = key.strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise KeyRefused(host=self.host)
        try:
            self._client: Any = AsyncOpenAI(
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
            names = self._wait(self._list_models())
        except Exception as error:  # noqa: BLE001  told in words of our own
            told = self._tell(error, "", begun=False)
            if not isinstance(told, NotThere | ServerDropped):  # many don't list what they have
                raise told from None
            names = []
        if len(names) != 1:
            raise ModelUnnamed(host=self.host, models=self._clean(", ".join(names)) or "?")
        return names[0]

    async def _list_models(self) -> list[str]:
        page = await self._client.models.list()
        return [str(model.id) for model in page.data]

    def call(self, request: Request) -> Call:
        """Ask in a conversation where the request has messages, for a completion where it has a prompt."""
        call = Call()
        call.future = asyncio.run_coroutine_threadsafe(self._listen(request, call.heard), self._loop)
        return call

    def close(self) -> None:
        """Hang up every call and end the thread."""
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _listen(self, request: Request, heard: SimpleQueue[Piece | PipelineError]) -> None:
        endpoint = self._client.chat.completions if "messages" in request else self._client.completions
        begun = ended = False
        try:
            async with await endpoint.create(stream=True, **request) as stream:
                begun = True
                async for chunk in stream:
                    piece = read_chunk(chunk)
                    ended = ended or piece.end is not None
                    if piece.text or piece.end:
                        heard.put(piece)
            if not ended:
                heard.put(ServerDropped(host=self.host))
        except Exception as error:  # noqa: BLE001  told in words of our own
            heard.put(self._tell(error, request["model"], begun))

    def _tell(self, error: Exception, model: str, begun: bool) -> PipelineError:
        """Return what the artist is told; never the error itself, which may hold the key."""
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


def read_chunk(chunk: Any) -> Piece:
    """Return what a chunk of the stream says; raise TypeError or AttributeError for what is none."""
    if not chunk.choices:
        return Piece()
    choice = chunk.choices[0]
    thought = None
    if hasattr(choice, "delta"):
        # Servers name what a model thinks `reasoning_content` or `reasoning`.
        extra = choice.delta.model_extra or {}
        thought = extra.get("reasoning_content") or extra.get("reasoning")
        text = choice.delta.content or ""
    else:
        text = choice.text or ""
    if not isinstance(text, str):
        raise TypeError(text)
    if thought and not text:
        return Piece(str(thought), thought=True, end=choice.finish_reason)
    return _weigh(choice.logprobs, text, choice.finish_reason)


def _weigh(logprobs: Any, text: str, end: str | None) -> Piece:
    """Return a piece with the probability of its tokens together, and for a single one what it stood against."""
    told = getattr(logprobs, "content", None)
    if told:
        values = [token.logprob for token in told]
        others = [(other.token, other.logprob) for other in told[0].top_logprobs or ()]
    else:
        values = getattr(logprobs, "token_logprobs", None) or []
        others = list(((getattr(logprobs, "top_logprobs", None) or [{}])[0] or {}).items())
    if not values or any(value is None for value in values):
        return Piece(text, end=end)
    pairs = tuple((token, _chance(value)) for token, value in others) if len(values) == 1 else ()
    return Piece(text, probability=_chance(math.fsum(values)), end=end, others=pairs)


def _chance(value: float) -> float:
    return min(1.0, math.exp(value))
