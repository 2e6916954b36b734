"""Behind the door everybody keeps to what is theirs: sessions, events and files belong to the browser they began with.

Only the routes in ROUTES are answered at all. What a visitor was told (a file's path, an event's name) is theirs; what
they name in a request must be theirs.
"""

import json
import logging
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.responses import JSONResponse

from studio.door import both, local_path, read_body, read_visitor
from studio.web import MAX_POST_BYTES
from studio.words import Words

Scope = dict[str, Any]
log = logging.getLogger("triptych")
API = "/gradio_api/"
MOST_VISITORS = 2_000
MOST_THINGS = 4_000  # of each visitor: the newest
MOST_SESSIONS = 20_000
MOST_UNREAD = 20  # works of a session that nobody listens to: each keeps its messages until somebody does

OPEN = "open"  # the same for everybody
NAMED = "named"  # what the request names must be the visitor's
FILE = "file"  # the path must be one that the visitor was told
ROUTES: Mapping[tuple[str, str], str] = {
    ("GET", "/"): OPEN,
    ("HEAD", "/"): OPEN,
    ("GET", "/config"): OPEN,
    ("GET", "/theme.css"): OPEN,
    ("GET", "/favicon.ico"): OPEN,
    ("GET", "/robots.txt"): OPEN,
    ("GET", "/manifest.json"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/metrics"): OPEN,  # who may read them is said elsewhere
    ("GET", "/static/*"): OPEN,
    ("GET", "/assets/*"): OPEN,
    ("GET", "/svelte/*"): OPEN,
    ("GET", "/gradio_api/startup-events"): OPEN,
    ("GET", "/gradio_api/theme.css"): OPEN,
    ("GET", "/gradio_api/heartbeat/*"): NAMED,
    ("GET", "/gradio_api/queue/data"): NAMED,
    ("GET", "/gradio_api/upload_progress"): NAMED,
    ("GET", "/gradio_api/file=*"): FILE,
    ("HEAD", "/gradio_api/file=*"): FILE,
    ("POST", "/gradio_api/queue/join"): NAMED,
    ("POST", "/gradio_api/run/predict"): NAMED,
    ("POST", "/gradio_api/component_server"): NAMED,
    ("POST", "/gradio_api/cancel"): NAMED,
    ("POST", "/gradio_api/reset"): NAMED,
    ("POST", "/gradio_api/upload"): NAMED,
}
TELLS = ("queue/join", "queue/data", "run/predict", "upload", "component_server")  # answers that name things
FILE_PREFIX = f"{API}file="


class Owners:
    """What belongs to whom, as far as anybody still asks: the oldest is forgotten first."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._things: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._unread: OrderedDict[str, int] = OrderedDict()
        self._listening: Counter[str] = Counter()

    def claim(self, session: str, visitor: str) -> bool:
        """Take a session or an upload's name nobody has yet; tell whether it is the visitor's."""
        owner = self._sessions.setdefault(session, visitor)
        self._sessions.move_to_end(session)
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return owner == visitor

    def join(self, session: str) -> bool:
        """Tell whether a session may ask for one more work: whoever doesn't listen may ask for a few."""
        if session in self._listening:
            return True
        count = self._unread[session] = self._unread.pop(session, 0) + 1
        while len(self._unread) > MOST_SESSIONS:
            self._unread.popitem(last=False)
        return count <= MOST_UNREAD

    @contextmanager
    def listen(self, session: str) -> Iterator[None]:
        """Say that a session listens to its works."""
        self._unread.pop(session, None)
        self._listening[session] += 1
        try:
            yield
        finally:
            self._listening[session] -= 1
            if not self._listening[session]:
                del self._listening[session]

    def tell(self, visitor: str, thing: str) -> None:
        """Say that a visitor was told of a file or an event."""
        things = self._things.setdefault(visitor, OrderedDict())
        self._things.move_to_end(visitor)
        things[thing] = None
        things.move_to_end(thing)
        while len(things) > MOST_THINGS:
            things.popitem(last=False)
        while len(self._things) > MOST_VISITORS:
            self._things.popitem(last=False)

    def knows(self, visitor: str, thing: str) -> bool:
        """Tell whether a visitor was told of a file or an event."""
        return thing in self._things.get(visitor, ())


class Gate:
    """Passes on what a visitor may ask for, and remembers what the answer tells them."""

    def __init__(self, app: Any, words: Words, owners: Owners) -> None:
        self.app, self.words, self.owners = app, words, owners

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Check the route and all that the request names."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, visitor = local_path(scope), read_visitor(scope)
        kind = find_route(scope["method"], path)
        if kind is None:
            await self._refuse(404, scope, receive, send)
            return
        names = list(list_names(scope, path))
        allowed = kind != FILE or self.owners.knows(visitor, unquote(path.removeprefix(FILE_PREFIX)))
        if kind == NAMED:
            allowed = all(self.owners.claim(name, visitor) for name in names)
            if allowed and scope["method"] == "POST" and not path.startswith(f"{API}upload"):
                body = await read_body(receive, MAX_POST_BYTES)
                allowed = body is not None and self._may_ask(body, visitor, works=path.startswith(f"{API}queue/join"))
                receive = replay(body or b"", receive)
        if not allowed:
            await self._refuse(403, scope, receive, send)
            return
        begun = False

        async def watch(message: Scope) -> None:
            nonlocal begun
            begun = True
            await send(message)

        listens = self.owners.listen(names[0]) if names and path.startswith(f"{API}queue/data") else nullcontext()
        try:
            with listens:
                await self._pass(scope, path, visitor, receive, watch)
        except Exception as error:
            if begun:
                raise
            log.warning("%s %s could not be answered: %r", scope["method"], path[:80], error)
            await self._refuse(422, scope, receive, send)

    async def _pass(self, scope: Scope, path: str, visitor: str, receive: Any, send: Any) -> None:
        """Pass a request on; what the answer names is the visitor's from then on."""
        if path.removeprefix(API).rstrip("/") in TELLS:
            plain = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
            await self.app({**scope, "headers": plain}, receive, self._listen(visitor, send))
        else:
            await self.app(scope, receive, send)

    def _may_ask(self, body: bytes, visitor: str, *, works: bool) -> bool:
        """Tell whether a posted body is JSON and names nothing of anybody else; `works` asks for a work."""
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            return False
        if not isinstance(asked, dict) or not isinstance(asked.get("session_hash"), str):
            return False
        event = asked.get("event_id")
        return (
            self.owners.claim(asked["session_hash"], visitor)
            and (not works or self.owners.join(asked["session_hash"]))
            and (event is None or self.owners.knows(visitor, str(event)))
            and all(self.owners.knows(visitor, path) for path in list_values(asked.get("data"), "path"))
            and all(self.owners.claim(name, visitor) for name in list_values(asked.get("data"), "session"))
        )

    def _listen(self, visitor: str, send: Any) -> Any:
        async def listen(message: Scope) -> None:
            if message.get("status") == 500:  # so gradio answers what a handler refuses
                message["status"] = 422
            if message["type"] == "http.response.body":
                for thing in list_told(message.get("body", b"")):
                    self.owners.tell(visitor, thing)
            await send(message)

        return listen

    async def _refuse(self, status: int, scope: Scope, receive: Any, send: Any) -> None:
        key = {404: "gate.none", 422: "house.unread"}.get(status, "gate.other")
        await JSONResponse({"detail": both(self.words, key)}, status)(scope, receive, send)


def find_route(method: str, path: str) -> str | None:
    """Return what is done with a request; None where the page has no such route."""
    plain = path.rstrip("/") or "/"
    if (method, plain) in ROUTES:
        return ROUTES[method, plain]
    if ".." in path.split("/"):
        return None
    starred = (kind for (way, route), kind in ROUTES.items() if way == method and _covers(route, path))
    return next(starred, None)


def _covers(route: str, path: str) -> bool:
    return route.endswith("*") and path.startswith(route[:-1])


def list_names(scope: Scope, path: str) -> Iterator[str]:
    """Yield every session and upload that a request's address names."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    for key in ("session_hash", "upload_id"):
        yield from query.get(key, ())
    if path.startswith(f"{API}heartbeat/"):
        yield path.removeprefix(f"{API}heartbeat/").strip("/")


def list_values(value: object, key: str) -> Iterator[str]:
    """Yield what stands under a key in posted data or in an answer, however deep."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if one.get(key) is not None:
                yield str(one[key])
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)


def list_told(body: bytes) -> Iterator[str]:
    """Yield the files and events that a piece of an answer names: JSON, or server-sent events of JSON."""
    for line in body.splitlines():
        told = line.removeprefix(b"data:").strip()
        if not told.startswith((b"{", b"[")):
            continue
        try:
            said = json.loads(told)
        except ValueError:
            continue
        if isinstance(said, list):  # an upload's paths
            yield from (one for one in said if isinstance(one, str))
            continue
        if isinstance(said.get("event_id"), str):
            yield said["event_id"]
        yield from list_values(said, "path")


def replay(body: bytes, receive: Any) -> Any:
    """Return a `receive` that begins with a body that was read already."""
    told = False

    async def again() -> Scope:
        nonlocal told
        if told:
            later: Scope = await receive()
            return later
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
