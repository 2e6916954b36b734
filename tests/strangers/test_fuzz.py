"""Thousands of requests that no page would send: none ends in an error of the server's, and it goes on as before."""

import json
import os
import random
import secrets
import threading
import time

import httpx
import psutil
import pytest

from studio.door import COOKIE
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of

REQUESTS = int(os.environ.get("TRIPTYCH_FUZZ", "20000"))
THREADS = 6
ODD = [
    None, True, False, 0, -1, 1e308, -1e308, 2**63, 0.1, "", "x", "é中\u202e\x00", "x" * 3000, "${8*8}", "{{7*7}}",
    "<script>alert(1)</script>", "../../etc/passwd", "/etc/passwd", "http://169.254.169.254/", "'; DROP TABLE x; --",
    [], [[]], [None] * 50, {}, {"a": {"b": {"c": []}}}, {"path": "/etc/passwd"}, {"path": None, "url": "file:///x"},
    {"__type__": "update", "value": 5}, {"value": "x", "__class__": "y"}, ["1"] * 300, "NaN", "Infinity", "\ud800",
]  # fmt: skip
PLACES = """gradio_api/file= gradio_api/heartbeat/ static/ assets/ gradio_api/upload_progress svelte/ card- rules house
config gradio_api/ metrics healthz""".split()
ENDS = ["etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "x" * 2000, "a b", "?a=b&a=c", "\u4e2d", ""]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    running = Studio(tmp_path_factory.mktemp("fuzzed"), "--listen", "--port", "7956", "--most-works", "100000")
    yield running
    running.close()


class Vandal(threading.Thread):
    """Sends odd requests as a few visitors, and remembers what came back that should not."""

    def __init__(self, shared, number, seed, count):
        super().__init__()
        self.shared, self.dice, self.count = shared, random.Random(seed), count
        self.names = [(f"visitor-{number}-{one}-of-the-vandals", f"vandal{number}{one}") for one in range(3)]
        self.events = shared.config["dependencies"]
        self.bad, self.seen, self.cut = [], {}, 0

    def run(self):
        with httpx.Client(base_url=self.shared.local_url, timeout=60) as client:
            for _ in range(self.count):
                way = self.dice.choice([self.call, self.call, self.call, self.queue, self.serve, self.look, self.knock])
                try:
                    answer = way(client)
                except (httpx.InvalidURL, UnicodeError):
                    continue
                except httpx.TransportError:  # a refused body is not read to its end
                    self.cut += 1
                    continue
                self.seen[answer.status_code] = self.seen.get(answer.status_code, 0) + 1
                if (
                    (answer.status_code >= 500 and "loading" not in answer.text)
                    or "Traceback" in answer.text
                    or "site-packages" in answer.text
                ):
                    self.bad.append((way.__name__, answer.status_code, answer.text[:300]))

    def spoil(self, value, depth=0):
        kind = self.dice.random()
        if kind < 0.6 or depth > 3:
            return self.dice.choice(ODD)
        if kind < 0.8:
            return [self.spoil(value, depth + 1) for _ in range(self.dice.randrange(5))]
        return {self.dice.choice(["path", "value", "session", "a", "data"]): self.spoil(value, depth + 1)}

    def body(self, event):
        _, session = self.visitor
        data = [self.spoil(None) if self.dice.random() < 0.5 else 0 for _ in event["inputs"]]
        body = {"data": data, "fn_index": event["id"], "session_hash": session, "event_data": self.spoil(None)}
        for key in list(body):
            if self.dice.random() < 0.08:
                body[key] = self.spoil(None)
            elif self.dice.random() < 0.03:
                del body[key]
        return body

    def post(self, client, path, body):
        text = json.dumps(body).encode("utf-8", "replace")
        if self.dice.random() < 0.05:
            place = self.dice.randrange(len(text) + 1)
            text = text[:place] + self.dice.randbytes(3) + text[place:]
        cookie = {"cookie": f"{COOKIE}={self.visitor[0]}", "content-type": "application/json"}
        return client.post(path, content=text, headers=cookie)

    @property
    def visitor(self):
        return self.names[self.dice.randrange(len(self.names))] if self.dice.random() < 0.1 else self.names[0]

    def call(self, client):
        return self.post(client, "gradio_api/run/predict", self.body(self.dice.choice(self.events)))

    def queue(self, client):
        queued = [event for event in self.events if event["queue"] is not False and event["backend_fn"]]
        return self.post(client, "gradio_api/queue/join", self.body(self.dice.choice(queued)))

    def serve(self, client):
        component = self.dice.choice(self.shared.config["components"])["id"]
        body = {"component_id": component, "fn_name": self.dice.choice(["frame", "sheet", "__init__", "postprocess"]),
                "data": self.spoil(None), "session_hash": self.visitor[1]}  # fmt: skip
        return self.post(client, "gradio_api/component_server", body)

    def look(self, client):
        path, odd = self.dice.choice(PLACES), self.dice.choice(ENDS)
        if "heartbeat" in path or "upload_progress" in path:
            return client.head(path + odd)  # their answers never end
        return client.get(path + odd, headers={"cookie": f"{COOKIE}={self.visitor[0]}"})

    def knock(self, client):
        files = {"files": (self.dice.choice(["a.png", "../x", "a.mid", ""]) or "b", self.dice.randbytes(60))}
        if self.dice.random() < 0.9:
            return client.post(f"gradio_api/upload?upload_id={self.dice.random()}", files=files)
        return client.post("house", data={"act": self.dice.choice(["pause", "clear", "caps", "model", ""])})


def test_no_request_brings_the_studio_down(shared):
    while httpx.get(f"{shared.local_url}healthz").status_code != 200:
        time.sleep(0.2)
    process = psutil.Process(shared.process.pid)
    send(shared, 0, REQUESTS // 4)  # every visitor has made something by then
    before = process.memory_info().rss
    vandals = send(shared, 1, REQUESTS - REQUESTS // 4)
    seen = {}
    for vandal in vandals:
        for status, count in vandal.seen.items():
            seen[status] = seen.get(status, 0) + count
    assert sum(seen.values()) > 0.9 * (REQUESTS - REQUESTS // 4)
    assert seen.get(200, 0) > 50, seen
    assert seen.get(422, 0) > 50, seen
    assert shared.process.poll() is None
    assert process.memory_info().rss < 1.2 * before + 50e6
    ann = Stranger(shared, {COOKIE: secrets.token_urlsafe(24)})
    assert error_of(ann.press("literature-write", literature_max_tokens=16)) is None
    assert error_of(ann.press("music-compose", music_bars=4)) is None


def send(shared, seed, count):
    vandals = [Vandal(shared, number, f"{seed}.{number}", count // THREADS) for number in range(THREADS)]
    for vandal in vandals:
        vandal.start()
    for vandal in vandals:
        vandal.join()
    assert not [bad for vandal in vandals for bad in vandal.bad][:12]
    return vandals
