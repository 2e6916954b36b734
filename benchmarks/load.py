"""Many visitors at once in one shared studio: `python -m benchmarks load --visitors 16 --minutes 2`.

Each is a session of its own over HTTP, as a page is: it writes, paints, composes, moves sliders meanwhile, and stops
some works. First all write at once, then all paint the same picture, then each goes its own way, with `--rest` seconds
to look at each work. At the end they leave, and what the studio holds is set against what it held after everybody's
first works.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks import Row

ROOT = Path(__file__).parents[1]
WORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "literature": ("literature-write", {"literature-max_tokens": 240}),
    "painting": (
        "painting-paint",
        {"painting-prompt": "a boat on the sea at sunset", "painting-num_inference_steps": 8},
    ),
    "music": ("music-compose", {"music-bars": 8}),
}
SLIDERS = {"literature": "literature-temperature", "painting": "painting-guidance_scale", "music": "music-density"}
PATIENCE_SECONDS = 300.0
LEAVING_SECONDS = 5.0  # until a studio has noticed that pages are closed
STOPPED = 0.2  # the share of works that their artist stops
FIRST_UPDATE_BARS = {16: 1.0, 64: 3.0}


@dataclass
class Work:
    """One work of a visitor: when its first update and its end came, in seconds from the click; what went wrong."""

    art: str
    first: float = 0.0
    ended: float = 0.0
    trouble: str = ""


@dataclass
class Session:
    """An open page: its name, its cookies, and what was made there."""

    client: Any
    config: dict[str, Any]
    name: str
    works: list[Work] = field(default_factory=list)

    def find(self, element: str, event: str) -> tuple[int, int, list[Any]]:
        """Return the number of an event, of the one queued after it, and the values of that one's inputs."""
        components = {c["id"]: c for c in self.config["components"]}
        target = next(i for i, c in components.items() if c["props"].get("elem_id") == element)
        events = self.config["dependencies"]
        first = next(d for d in events if d["backend_fn"] and [target, event] in [list(t) for t in d["targets"]])
        queued = next((d for d in events if d["trigger_after"] == first["id"]), first)
        values = []
        for number in queued["inputs"]:
            props = components[number]["props"]
            value = props.get("value")
            values.append("" if value is None and components[number]["type"] == "textbox" else value)
        names = [components[number]["props"].get("elem_id") for number in queued["inputs"]]
        asked = WORKS.get(element.split("-")[0], ("", {}))[1]
        return first["id"], queued["id"], [asked.get(name, value) for name, value in zip(names, values, strict=True)]

    async def arrive(self) -> None:
        """Open the page."""
        load = next(d for d in self.config["dependencies"] if any(target[1] == "load" for target in d["targets"]))
        await self._post("run/predict", load["id"], ["en"])

    async def stay(self) -> None:
        """Keep the page open until this is cancelled."""
        async with self.client.stream("GET", f"gradio_api/heartbeat/{self.name}", timeout=None) as beats:
            async for _ in beats.aiter_raw():
                pass

    async def move(self, element: str, value: float) -> None:
        """Move a slider."""
        number, _, _ = self.find(element, "change")
        await self._post("run/predict", number, [value])

    async def make(self, art: str, *, stops: bool = False) -> Work:
        """Make a work; stop it after its first update where it `stops`."""
        work = Work(art)
        self.works.append(work)
        first, queued, values = self.find(WORKS[art][0], "click")
        begun = time.monotonic()
        await self._post("run/predict", first, [])
        joined = await self._post("queue/join", queued, values)
        if joined.status_code != 200:
            work.trouble = f"{joined.status_code} {joined.text[:80]}"
            return work
        async for message in self._listen(joined.json()["event_id"]):
            if message["msg"] == "process_generating" and not work.first:
                work.first = time.monotonic() - begun
                if stops:
                    await self._post("run/predict", self.find(f"{art}-stop", "click")[0], [])
            if message["msg"] == "process_completed":
                work.ended = time.monotonic() - begun
                work.trouble = "" if message["success"] else str(message["output"].get("error"))
        if not work.ended:
            work.trouble = work.trouble or "its end never came"
        return work

    async def _post(self, path: str, number: int, data: list[Any]) -> Any:
        body = {"data": data, "fn_index": number, "session_hash": self.name}
        return await self.client.post(f"gradio_api/{path}", json=body)

    async def _listen(self, event: str) -> AsyncIterator[dict[str, Any]]:
        async with self.client.stream("GET", f"gradio_api/queue/data?session_hash={self.name}") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    message = json.loads(line[5:])
                    if message.get("event_id") == event:
                        yield message
                    if message["msg"] in ("close_stream", "process_completed"):
                        return


def run(visitors: int = 16, minutes: float = 1.0, rest: float = 0.0) -> Iterator[Row]:
    """Yield how long a first word takes, how even the turns are, what was lost, how quick a slider is, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"GRADIO_TEMP_DIR": folder, "PYTHONUNBUFFERED": "1"}
        command = [
            sys.executable,
            "app.py",
            "--listen",
            "--moderation",
            "off",
            "--most-works",
            "1000",
            "--most-waiting",
            str(visitors),
        ]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as studio:
            assert studio.stdout
            address = next(line for line in studio.stdout if "is open at" in line).split()[-1]
            try:
                memory = psutil.Process(studio.pid).memory_info
                yield from asyncio.run(_visit(address, visitors, minutes, rest, lambda: memory().rss))
            finally:
                studio.terminate()


async def _visit(address: str, visitors: int, minutes: float, rest: float, memory: Callable[[], int]) -> list[Row]:
    import httpx

    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS) as first:
        config = (await first.get("config")).json()
    limits = httpx.Limits(max_connections=None)
    clients = [httpx.AsyncClient(base_url=address, timeout=PATIENCE_SECONDS, limits=limits) for _ in range(visitors)]
    sessions = [Session(client, config, f"visitor{number:03}") for number, client in enumerate(clients)]
    try:
        await asyncio.gather(*(session.arrive() for session in sessions))
        pages = [asyncio.create_task(session.stay()) for session in sessions]
        await sessions[0].make("literature")  # until the models are loaded
        sessions[0].works.clear()
        await asyncio.gather(*(session.make("literature") for session in sessions))
        together = await asyncio.gather(*(session.make("painting") for session in sessions))
        await asyncio.gather(*(session.make("music") for session in sessions))
        held = memory()
        delays: list[float] = []
        ends = time.monotonic() + 60 * minutes
        await asyncio.gather(*(_go_on(session, ends, delays, rest) for session in sessions))
        for page in pages:
            page.cancel()
        await asyncio.sleep(LEAVING_SECONDS)
        growth = memory() / held
    finally:
        for client in clients:
            await client.aclose()
    rows = list(_tell(sessions, list(together), delays, visitors))
    name = f"{visitors} visitors: memory once they have left, of that after their first works"
    return [*rows, Row(name, growth, 1.05, "the bar", "times", lower_is_better=True)]


async def _go_on(session: Session, ends: float, delays: list[float], rest: float) -> None:
    """Make one work after the other until the time is up, a slider moved during each, about `rest` seconds apart."""
    dice = random.Random(session.name)  # noqa: S311
    while time.monotonic() < ends:
        art = dice.choice(list(WORKS))
        making = asyncio.create_task(session.make(art, stops=dice.random() < STOPPED))
        await asyncio.sleep(dice.uniform(0.2, 1.5))
        begun = time.monotonic()
        await session.move(SLIDERS[art], 1)
        delays.append(time.monotonic() - begun)
        await making
        await asyncio.sleep(dice.uniform(0.5, 1.5) * rest)


def _tell(sessions: list[Session], together: list[Work], delays: list[float], visitors: int) -> Iterator[Row]:
    works = [work for session in sessions for work in session.works]
    texts = [work.first for work in works if work.art == "literature" and work.first]
    bar = FIRST_UPDATE_BARS.get(visitors, 3.0)
    name = f"{visitors} visitors"
    yield Row(f"{name}: first words, p95", p95(texts), bar, "the bar", "s", lower_is_better=True)
    ends = [work.ended for work in together]
    yield Row(f"{name}: all paint at once, fastest over slowest", min(ends) / max(ends), 0.8, "the bar", "of 1")
    lost = Counter(work.trouble for work in works if work.trouble)
    if lost:
        print(f"lost: {dict(lost)}", file=sys.stderr)
    kept = len(works) - lost.total()
    yield Row(f"{name}: works kept of {len(works)}", kept, len(works), "all", "works")
    yield Row(f"{name}: a slider's move is answered, median", statistics.median(delays), 0.5, "the bar", "s", True)


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 are below."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]
