"""Follow a link that a server gave to a picture: never into a private network, never without end."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pipelines.errors import LinkNotFollowed
from pipelines.server import CONNECT_S

PORTS = {"http": 80, "https": 443}


async def fetch(link: str, host: str, patience_s: float, max_bytes: int) -> bytes:
    """Return what a link leads to; `host` (and port) is the server that gave it, the one place that may be private.

    Another host's name is looked up once, and the address found, if it is a public one, is where the request goes: a
    name that leads elsewhere the second time gains nothing. No key is sent, no redirection followed. Raises
    LinkNotFollowed, httpx.HTTPError, or ValueError for too many bytes.
    """
    import httpx

    parts = _split(link, host)
    where = parts.hostname or ""
    target, headers, extensions = parts, {}, {}
    if parts.netloc != host:
        address = await _find_public(where, parts.port or PORTS[parts.scheme], host)
        port = f":{parts.port}" if parts.port else ""
        target = parts._replace(netloc=f"[{address}]{port}" if ":" in address else address + port)
        headers, extensions = {"Host": parts.netloc}, {"sni_hostname": where}
    patience = httpx.Timeout(patience_s, connect=min(CONNECT_S, patience_s))
    async with (
        httpx.AsyncClient(timeout=patience) as client,
        client.stream("GET", urlunsplit(target), headers=headers, extensions=extensions) as answer,
    ):
        if answer.status_code != 200:
            raise LinkNotFollowed(host=host, where=where)
        return await gather(answer.aiter_bytes(), max_bytes)


async def gather(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    """Return all chunks in one; raise ValueError as soon as they are too many."""
    found = bytearray()
    async for chunk in chunks:
        found += chunk
        if len(found) > max_bytes:
            raise ValueError(len(found))
    return bytes(found)


def _split(link: str, host: str) -> SplitResult:
    try:
        parts = urlsplit(link)
        if parts.scheme in PORTS and parts.hostname and "@" not in parts.netloc and (parts.port or 1) > 0:
            return parts
    except ValueError:
        pass
    raise LinkNotFollowed(host=host, where="?")


async def _find_public(name: str, port: int, host: str) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=1)  # 1: a stream, as TCP's
    except (OSError, UnicodeError):
        found = []
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise LinkNotFollowed(host=host, where=name)
    return addresses[0]
