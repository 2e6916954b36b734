"""The door of a shared studio: every browser gets a name nobody can guess; strangers show an invitation or a password.

A guest comes in by an invitation code, or with a name and password; the owner by the owner's code. What is wrong is
told slowly, ever more slowly to one address, and never by how long the comparing took.
"""

import asyncio
import hmac
import html
import secrets
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from studio import passwords
from studio.words import Words

Scope = dict[str, Any]
COOKIE = "triptych-visitor"
PAGES = Path(__file__).parent.parent / "assets" / "door"
PATH = "/door"
MOST_NAMES = 20_000
MOST_FORM_BYTES = 4_000
MOST_KNOCKING = 32
SLOWEST_SECONDS = 8.0
OPEN = ("/gradio_api/startup-events", "/healthz", "/favicon.ico", "/robots.txt")  # answered to anybody


@dataclass
class Keys:
    """What opens the door; without invitation and accounts (names, hashed passwords) every guest comes in."""

    owner: str
    invitation: str = ""
    accounts: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether guests need nothing."""
        return not self.invitation and not self.accounts

    def tell_role(self, code: str, name: str, password: str) -> str:
        """Return `owner`, `guest`, or nothing, in a time that doesn't tell how near an answer was."""
        is_owner = hmac.compare_digest(code.encode(), self.owner.encode())
        is_invited = hmac.compare_digest(code.encode(), self.invitation.encode()) and bool(self.invitation)
        is_known = bool(name) and passwords.fits(password, self.accounts.get(name, passwords.NOBODY))
        return "owner" if is_owner else "guest" if is_invited or is_known else ""


class Guests:
    """Who came in, by the browser's name; the longest unseen are forgotten when there are too many."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._roles: OrderedDict[str, str] = OrderedDict()
        self._failures: OrderedDict[str, int] = OrderedDict()

    def role(self, visitor: str) -> str:
        """Return `owner`, `guest`, or nothing for somebody who is not in."""
        return self._roles.get(visitor) or ("guest" if self.keys.open else "")

    def let_in(self, visitor: str, role: str) -> None:
        """Remember a role."""
        self._roles[visitor] = role
        self._roles.move_to_end(visitor)
        while len(self._roles) > MOST_NAMES:
            self._roles.popitem(last=False)

    def see_out(self, visitor: str) -> None:
        """Forget a role."""
        self._roles.pop(visitor, None)

    def count_failure(self, address: str) -> float:
        """Return for how many seconds an address must wait after one more wrong answer."""
        count = self._failures[address] = min(10, self._failures.pop(address, 0) + 1)
        while len(self._failures) > MOST_NAMES:
            self._failures.popitem(last=False)
        return float(min(SLOWEST_SECONDS, 0.5 * 2 ** (count - 1)))

    def forgive(self, address: str) -> None:
        """Forget an address's wrong answers."""
        self._failures.pop(address, None)


class Door:
    """Lets in who may come in, and sends the others to the page where they can say who they are."""

    def __init__(self, app: Any, guests: Guests, words: Words) -> None:
        self.app, self.guests, self.words = app, guests, words
        self._knocking = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer at the door, or pass the request on with its visitor's name; a new one is given to a new browser."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visitor = read_visitor(scope)
        given = "" if visitor else secrets.token_urlsafe(24)
        name = visitor or given
        answer = await self._answer(scope, receive, name)

        async def sign(message: MutableMapping[str, Any]) -> None:
            if given and message["type"] == "http.response.start" and b"set-cookie" not in dict(message["headers"]):
                message["headers"] = [*message.get("headers", []), (b"set-cookie", _bake(given, scope))]
            await send(message)

        if answer is not None:
            await answer(scope, receive, sign)
            return
        if given:  # whoever reads the request on sees the cookie as it will be from now on
            scope = {**scope, "headers": [*scope["headers"], (b"cookie", f"{COOKIE}={given}".encode())]}
        await self.app(scope, receive, sign)

    async def _answer(self, scope: Scope, receive: Any, name: str) -> Response | None:
        path, role = local_path(scope), self.guests.role(name)
        if path in OPEN:
            return None
        if path == PATH and scope["method"] == "POST":
            return await self._knock(scope, receive, name)
        if path == PATH:
            return self._show(scope)
        code = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("invite", [""])[0]
        if path == "/" and code:
            return await self._try(scope, name, code=code)
        if role:
            return None
        if path == "/" and scope["method"] == "GET":
            return self._show(scope, status=401)
        return JSONResponse({"detail": both(self.words, "door.closed")}, 401)

    async def _knock(self, scope: Scope, receive: Any, name: str) -> Response:
        told = await read_form(receive, MOST_FORM_BYTES)
        if told is None:
            return self._show(scope, status=413, trouble="door.wrong")
        if told.get("leave"):
            self.guests.see_out(name)
            return RedirectResponse("./", 303)
        return await self._try(scope, name, **{key: told.get(key, "") for key in ("code", "name", "password")})

    async def _try(self, scope: Scope, visitor: str, code: str = "", name: str = "", password: str = "") -> Response:
        address = (scope.get("client") or ("",))[0]
        if self._knocking >= MOST_KNOCKING:
            return self._show(scope, status=429, trouble="door.busy")
        self._knocking += 1
        try:
            role = await asyncio.to_thread(self.guests.keys.tell_role, code.strip(), name.strip(), password)
            if not role:
                await asyncio.sleep(self.guests.count_failure(address))
        finally:
            self._knocking -= 1
        if not role:
            return self._show(scope, status=403, trouble="door.wrong")
        self.guests.forgive(address)
        answer = RedirectResponse("./house" if role == "owner" else "./", 303)
        if role == "owner":  # a new name: the old one may be known to whoever put it there
            visitor = secrets.token_urlsafe(24)
            answer.headers["set-cookie"] = _bake(visitor, scope).decode()
        self.guests.let_in(visitor, role)
        return answer

    def _show(self, scope: Scope, status: int = 200, trouble: str = "") -> Response:
        keys = self.guests.keys
        kinds = {"code": bool(keys.invitation), "account": bool(keys.accounts), "owner": True}
        shown = " ".join(kind for kind, there in kinds.items() if there)
        told = {"kinds": shown, "trouble": both(self.words, trouble) if trouble else ""}
        page = fill("door", self.words, told)
        return HTMLResponse(page, status, {"cache-control": "no-store"})


def local_path(scope: Scope) -> str:
    """Return a request's path below the studio's own root."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) or "/"


def read_visitor(scope: Scope) -> str:
    """Return the name that a request's browser was given; nothing where it has none."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            try:
                morsel = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except Exception:  # noqa: BLE001  a cookie may hold anything
                continue
            if morsel and 20 <= len(morsel.value) <= 64:
                return morsel.value
    return ""


def both(words: Words, key: str) -> str:
    """Return a sentence in both languages."""
    return f"{words.say(key, 'en')} · {words.say(key, 'zh')}"


async def read_body(receive: Any, most: int) -> bytes | None:
    """Return a posted body; None where it has more than `most` bytes."""
    body = b""
    while True:
        message: Scope = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > most:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


async def read_form(receive: Any, most: int) -> dict[str, str] | None:
    """Return the first value of each field of a posted form; None where it has more than `most` bytes."""
    body = await read_body(receive, most)
    if body is None:
        return None
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def fill(page: str, words: Words, values: Mapping[str, str]) -> str:
    """Fill in a page of assets/door: `{{key}}` is a value, or a key of the translations, in both languages.

    Values are escaped but those whose key begins with `#`, which are HTML.
    """
    head, text = ((PAGES / f"{name}.html").read_text(encoding="utf-8") for name in ("head", page))
    values = {**values, "#head": head}
    parts = text.split("{{")
    out = [parts[0]]
    for part in parts[1:]:
        key, _, rest = part.partition("}}")
        value = words.both(key) if key not in values else values[key] if key[0] == "#" else html.escape(values[key])
        out.append(value + rest)
    return "".join(out)


def _bake(name: str, scope: Scope) -> bytes:
    headers = dict(scope["headers"])
    safe = scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", b"").startswith(b"https")
    return f"{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{'; Secure' if safe else ''}".encode()
