"""Servers to write with: a real one over a small checkpoint, and one that fails in every way the protocol knows."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import zip_longest
from pathlib import Path

import httpx

from pipelines.text.remote import RemoteWriter
from pipelines.text.server import TextServer

ROOT = Path(__file__).parents[3]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def serve(folder):
    """Start `transformers serve` in a process of its own and yield its address."""
    port = free_port()
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), str(folder), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert process.poll() is None, "the server did not start"
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


def chunk(text="", *, end=None, probability=None, index=0, told=None, **delta):
    """Return a chunk of a chat stream; `told` is what the server says beyond the protocol."""
    logprobs = None
    if probability is not None:
        tops = [
            {"token": token, "logprob": value, "bytes": None} for token, value in ((text, probability), (" or", -2))
        ]
        logprobs = {"content": [{"token": text, "logprob": probability, "bytes": None, "top_logprobs": tops}]}
    choice = {"index": index, "delta": {"content": text, **delta}, "finish_reason": end, "logprobs": logprobs}
    choice |= told or {}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def words(count, end="stop"):
    """Return the chunks of a reply of numbered words."""
    return [*(chunk(f" word{place}") for place in range(count)), chunk(end=end)]


def recite(request, text, *, stops="deaf", index=0):
    """Return the chunks of a text in small pieces, as a server sends it that minds the request's stop words.

    One that stops at them is "silent" about it, has "kept" the word in the text, or "told" which it was, by the field
    that vLLM has; one that doesn't is "deaf".
    """
    found = [(text.find(word), word) for word in request.get("stop", ()) if word in text] if stops != "deaf" else []
    start, word = min(found, default=(len(text), ""))
    text = text[: start + (len(word) if stops == "kept" else 0)]
    told = {"stop_reason": word or None} if stops == "told" else {}
    return [
        *(chunk(piece, index=index) for piece in re.findall(r"\s*\S{1,3}|\s+$", text)),
        chunk(end="stop", index=index, told=told),
    ]


def interleave(*parts):
    """Return the chunks of several replies in turn, as they come in one stream."""
    return [part for turn in zip_longest(*parts) for part in turn if part is not None]


def is_meeting(request):
    """Tell whether the studio asks a few tokens to learn what the server takes."""
    return request["max_tokens"] == 16


@contextmanager
def meet(stage, **options):
    """Yield a writer that has met the server on a stage."""
    server = TextServer(stage.address, patience_s=5.0)
    try:
        yield RemoteWriter.connect(server, "m", **options)
    finally:
        server.close()


class Stage(ThreadingHTTPServer):
    """A server that plays a script: `script(request, number)` returns a status and what to send.

    What to send is a JSON body, or for 200 a list: dictionaries are chunks, bytes go out raw, numbers are seconds of
    silence, `"drop"` cuts the connection.
    """

    daemon_threads = True

    def __init__(self, script):
        super().__init__(("127.0.0.1", 0), Reply)
        self.script = script
        self.requests = []
        self.keys = []
        self.left = 0  # works whose reader went away
        self.address = f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        pass


class Reply(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.answer(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in ("m", "n")]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        stage = self.server
        stage.requests.append(body)
        stage.keys.append(self.headers.get("authorization"))
        status, lines = stage.script(body, len(stage.requests))
        if status != 200:
            self.answer(status, lines)
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for line in lines:
                self.play(line)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            stage.left += body.get("max_tokens") != 16  # the reader of a meeting may leave when it has read enough
            self.close_connection = True

    def play(self, line):
        if line == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            raise OSError
        if isinstance(line, int | float):
            time.sleep(line)
            return
        data = line if isinstance(line, bytes) else b"data: " + json.dumps(line).encode() + b"\n\n"
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def stage(script):
    """Run a Stage while the context lasts."""
    server = Stage(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
