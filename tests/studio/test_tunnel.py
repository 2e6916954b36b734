"""The public link: told when it opens, one sentence with the cause when it doesn't; the studio never waits for it."""

import hashlib
import os
import signal
import stat
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest
from gradio import tunneling

from studio import tunnel
from tests.conftest import Studio

SOON = 15  # seconds, on a busy machine

OPENS = """
print("start proxy success: https://stand-in.example.test", flush=True)
time.sleep(600)
"""
BREAKS = """
print("start proxy success: https://stand-in.example.test", flush=True)
time.sleep(0.5)
"""
FAILS = """
print("login to server failed: no such host", flush=True)
time.sleep(600)
"""
ENDS = ""
HANGS = "time.sleep(600)"
IGNORES = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("hm", flush=True)
time.sleep(600)
"""
CHATTERS = """
print("start proxy success: https://stand-in.example.test", flush=True)
for _ in range(4000):
    print("x" * 100, flush=True)
open(sys.argv[0] + ".said", "w").close()
time.sleep(600)
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return a function that puts a program in the tunnel's place, and notes how it is called."""

    def put(code):
        program = tmp_path / "frpc"
        note = f"import os, sys, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        note += f"open({str(tmp_path / 'called')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        program.write_text(f"#!{sys.executable}\n{note}{code}", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("TRIPTYCH_TUNNEL_PROGRAM", str(program))
        monkeypatch.setenv("GRADIO_SHARE_SERVER_ADDRESS", "tunnels.example.test:7000")
        return tmp_path

    return put


def hear(patience_seconds=SOON):
    """Return what is told, how long the caller was held up, how long it took, and the tunnel."""
    said, heard = [], threading.Event()
    begun = time.monotonic()
    opened = tunnel.announce(7860, "token", lambda sentence: (said.append(sentence), heard.set()), patience_seconds)
    returned = time.monotonic() - begun
    assert heard.wait(2 * SOON)
    return said, returned, time.monotonic() - begun, opened


def wait_until(holds):
    begun = time.monotonic()
    while not holds() and time.monotonic() - begun < SOON:
        time.sleep(0.05)
    assert holds()


def pid_of(folder):
    wait_until(lambda: (folder / "pid").exists() and (folder / "pid").read_text())
    return int((folder / "pid").read_text())


def is_gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_link_is_told_and_its_program_leads_here_and_ends_when_it_is_closed(stand_in):
    folder = stand_in(OPENS)
    said, returned, _, opened = hear()
    assert said == ["Public link: https://stand-in.example.test"]
    assert returned < 0.5
    called = (folder / "called").read_text()
    assert "-l 7860 -i 127.0.0.1" in called
    assert "--server_addr tunnels.example.test:7000" in called
    opened.close()
    assert is_gone(pid_of(folder))


def test_a_link_that_breaks_is_told_too_and_one_that_is_closed_is_not(stand_in):
    stand_in(BREAKS)
    said, *_ = hear()
    wait_until(lambda: len(said) == 2)
    assert "is no more" in said[1]
    stand_in(OPENS)
    said, *_, opened = hear()
    opened.close()
    time.sleep(0.5)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("code", "why"), [(FAILS, "server is down or refused"), (ENDS, "ended before"), (HANGS, "did not open in time")]
)
def test_a_program_that_fails_ends_or_hangs_is_told_in_one_sentence_and_is_gone(stand_in, code, why):
    folder = stand_in(code)
    said, returned, taken, _ = hear(patience_seconds=2.0 if code == HANGS else SOON)
    assert len(said) == 1
    assert why in said[0]
    assert returned < 0.5
    assert taken < SOON
    for way in ("--listen", "reverse proxy", "SSH tunnel", "docs/sharing.md"):
        assert way in said[0]
    wait_until(lambda: is_gone(pid_of(folder)))


def test_a_program_that_will_not_end_is_killed(stand_in, monkeypatch):
    monkeypatch.setattr(tunnel, "ENDING_SECONDS", 0.3)
    folder = stand_in(IGNORES)
    said, *_ = hear(patience_seconds=2.0)
    assert "did not open in time" in said[0]
    assert is_gone(pid_of(folder))


def test_a_program_that_says_much_is_not_held_up(stand_in):
    folder = stand_in(CHATTERS)
    *_, opened = hear()
    wait_until(lambda: (folder / "frpc.said").exists())
    opened.close()


def test_a_program_for_another_machine_is_told(stand_in, monkeypatch):
    folder = stand_in(OPENS)
    (folder / "frpc").write_bytes(b"\x7fELF nonsense")
    monkeypatch.setattr(tunnel.shutil, "which", lambda name: None)
    assert "can't be run on this machine" in hear()[0][0]


@pytest.mark.parametrize("answer", [httpx.ConnectError("none"), httpx.Response(503), httpx.Response(200, json=[])])
def test_a_service_that_can_not_be_reached_is_told(answer, monkeypatch):
    def get(address, **options):
        if isinstance(answer, Exception):
            raise answer
        answer.request = httpx.Request("GET", address)
        return answer

    monkeypatch.delenv("GRADIO_SHARE_SERVER_ADDRESS", raising=False)
    monkeypatch.setattr(httpx, "get", get)
    assert "service can't be reached" in hear()[0][0]


def test_a_service_that_answers_names_the_server_and_its_authority(monkeypatch, tmp_path):
    answer = httpx.Response(200, json=[{"host": "1.2.3.4", "port": 7000, "root_ca": "PEM"}])
    answer.request = httpx.Request("GET", tunnel.SERVICE)
    monkeypatch.delenv("GRADIO_SHARE_SERVER_ADDRESS", raising=False)
    monkeypatch.setattr(httpx, "get", lambda address, **options: answer)
    server = tunnel.find_server()
    assert server == tunnel.Server("1.2.3.4:7000", "PEM")
    command = tunnel._command("frpc", 7860, "token", server, tmp_path)
    assert Path(command[-1]).read_text() == "PEM"


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """Return where gradio keeps its program, in a folder of the test's own."""
    program = tmp_path / "frpc" / "program"
    monkeypatch.delenv("TRIPTYCH_TUNNEL_PROGRAM", raising=False)
    monkeypatch.setenv("GRADIO_SHARE_SERVER_ADDRESS", "tunnels.example.test:7000")
    monkeypatch.setattr(tunneling, "BINARY_PATH", str(program))
    monkeypatch.setattr(tunneling, "BINARY_FOLDER", program.parent)
    monkeypatch.setattr(tunneling, "BINARY_URL", "https://downloads.example.test/frpc")
    monkeypatch.setitem(tunneling.CHECKSUMS, tunneling.BINARY_URL, hashlib.sha256(b"right").hexdigest())
    return program


@pytest.mark.parametrize("answer", [httpx.ConnectError("blocked"), httpx.Response(403), httpx.Response(404)])
def test_a_blocked_download_is_told(answer, fetched, monkeypatch):
    def get(address, **options):
        if isinstance(answer, Exception):
            raise answer
        answer.request = httpx.Request("GET", address)
        return answer

    monkeypatch.setattr(httpx, "get", get)
    assert "can't be downloaded" in hear()[0][0]


def test_a_page_in_the_place_of_the_download_is_not_kept(fetched, monkeypatch):
    answer = httpx.Response(200, content=b"please log in to this network")
    answer.request = httpx.Request("GET", tunneling.BINARY_URL)
    monkeypatch.setattr(httpx, "get", lambda address, **options: answer)
    assert "can't be downloaded" in hear()[0][0]
    assert not fetched.exists()


def test_a_program_that_was_changed_since_is_not_started(fetched):
    fetched.parent.mkdir()
    fetched.write_bytes(b"wrong")
    assert "was not started" in hear()[0][0]
    fetched.write_bytes(b"right")
    assert tunnel.find_program() == str(fetched)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_program_ends_with_the_studio(stand_in, how, tmp_path_factory):
    if how == signal.SIGKILL and not tunnel.shutil.which("setpriv"):
        pytest.skip("needs setpriv, which is Linux's")
    folder = stand_in(OPENS)
    studio = Studio(tmp_path_factory.mktemp("studio"), "--share", "--port", "7971")
    try:
        assert "You are its owner" in studio.process.stdout.readline()
        said = studio.process.stdout.readline()
        assert said == "Public link: https://stand-in.example.test\n"
        page = httpx.get(studio.local_url).text
        assert "s3-us-west-2" not in page
        assert not is_gone(pid_of(folder))
        assert os.getsid(pid_of(folder)) != os.getsid(studio.process.pid)  # a Ctrl-C reaches the studio only
        os.kill(studio.process.pid, how)
        studio.process.wait(20)
        wait_until(lambda: is_gone(pid_of(folder)))
    finally:
        studio.close()


def test_the_studio_answers_though_there_is_no_link(stand_in, tmp_path_factory):
    stand_in(ENDS)
    studio = Studio(tmp_path_factory.mktemp("studio"), "--share", "--port", "7972")
    try:
        assert "You are its owner" in studio.process.stdout.readline()
        assert "There is no public link" in studio.process.stdout.readline()
        assert httpx.get(studio.local_url).status_code == 200
    finally:
        studio.close()
