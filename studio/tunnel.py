"""Open a public link beside the running studio, whose pages keep loading everything from the studio itself.

The service and the program (frpc) are gradio's. Its own way of using them won't do: `launch(share=True)` makes every
page, the local one too, load its scripts from a foreign host; a program that ends at once is read for thirty seconds,
and one that says nothing for ever (`gradio.tunneling`, 6.31).
"""

import atexit
import hashlib
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx

PATIENCE_SECONDS = 45.0
ASKING_SECONDS = 10.0
ENDING_SECONDS = 3.0
SERVICE = "https://api.gradio.app/v3/tunnel-request"
OPENED = "start proxy success: "
REFUSED = "login to server failed"
ELSEWHERE = (
    "The studio runs on here; it can also be shared with --listen on your own network, behind a reverse proxy on a "
    "server of yours, or through an SSH tunnel (docs/sharing.md)."
)


class NoLink(Exception):
    """There is no public link; its sentence says why."""

    why: ClassVar[str] = "something unforeseen happened"


class ServiceUnreachable(NoLink):
    """The service that lends tunnels doesn't answer, or not as it should."""

    why = "the tunnel service can't be reached (no network, or it is blocked or down)"


class ProgramMissing(NoLink):
    """The tunnel program isn't here and can't be downloaded."""

    why = "the tunnel program can't be downloaded (blocked, or there is none for this machine)"


class ProgramAltered(NoLink):
    """The tunnel program isn't the one that gradio vouches for."""

    why = "the tunnel program is not the one it should be, so it was not started; delete it to have it downloaded again"


class ProgramBroken(NoLink):
    """The tunnel program can't be run here."""

    why = "the tunnel program can't be run on this machine"


class ServerRefused(NoLink):
    """The tunnel's server doesn't let the program in."""

    why = "the tunnel's server is down or refused us"


class ProgramEnded(NoLink):
    """The program ended before there was a link."""

    why = "the tunnel program ended before there was a link"


class ProgramSilent(NoLink):
    """The time was up before there was a link."""

    why = "the tunnel did not open in time"


@dataclass(frozen=True)
class Server:
    """Where the tunnel leads: `host:port`, and the authority it is checked by, where there is one."""

    address: str
    authority: str | None = None


def find_server() -> Server:
    """Return the server of one's own that the environment names, as for gradio, or ask the service for one."""
    if own := os.environ.get("GRADIO_SHARE_SERVER_ADDRESS"):
        return Server(own)
    try:
        told = httpx.get(SERVICE, timeout=ASKING_SECONDS).raise_for_status().json()[0]
        return Server(f"{told['host']}:{int(told['port'])}", str(told["root_ca"]))
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        raise ServiceUnreachable from error


def find_program() -> str:
    """Return the tunnel program: one's own, which the environment names, or gradio's, fetched once, always checked."""
    if own := os.environ.get("TRIPTYCH_TUNNEL_PROGRAM"):
        return own
    from gradio import tunneling

    program = Path(tunneling.BINARY_PATH)
    try:
        tunneling.Tunnel.download_binary()
    except tunneling.ChecksumMismatchError as error:
        program.unlink(missing_ok=True)  # what a proxy sends in its place, most often; the next try is a fresh one
        raise ProgramMissing from error
    except (OSError, httpx.HTTPError) as error:
        raise ProgramMissing from error
    if hashlib.sha256(program.read_bytes()).hexdigest() != tunneling.CHECKSUMS.get(tunneling.BINARY_URL):
        raise ProgramAltered
    return str(program)


class Tunnel:
    """One tunnel program; it ends with the studio, even where the studio is killed (on Linux)."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self._over = threading.Event()
        self._lock = threading.Lock()

    def open(self, patience_seconds: float = PATIENCE_SECONDS) -> str:
        """Return the public address; raise NoLink, at the latest when the patience is spent."""
        told: queue.Queue[str | NoLink] = queue.Queue()
        threading.Thread(target=self._run, args=[told], name="tunnel", daemon=True).start()
        try:
            answer = told.get(timeout=patience_seconds)
        except queue.Empty:
            answer = ProgramSilent()
        if isinstance(answer, NoLink):
            self.close()
            raise answer
        return answer

    def breaks(self) -> bool:
        """Wait until the program is no more; tell whether it ended by itself."""
        self._over.wait()
        return not self._closed

    def close(self) -> None:
        """End the program, if need be by force."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _run(self, told: "queue.Queue[str | NoLink]") -> None:
        """Start the program and read all it says until it ends: a pipe that nobody empties would hold it up.

        The system ends the program when the thread that started it ends, so the two must be the same.
        """
        try:
            server = find_server()
            program = find_program()
            with tempfile.TemporaryDirectory(prefix="triptych-tunnel-") as folder:
                self._follow(self._start(program, server, Path(folder)), told)
        except NoLink as error:
            told.put(error)
        except OSError as error:
            told.put(ProgramBroken(str(error)))
        except Exception as error:  # noqa: BLE001  whatever keeps the link away, the studio runs on without it
            told.put(NoLink(str(error)))
        finally:
            self._over.set()

    def _start(self, program: str, server: Server, folder: Path) -> "subprocess.Popen[str]":
        with self._lock:
            if self._closed:
                raise ProgramSilent
            self._process = subprocess.Popen(
                _command(program, self.port, self.token, server, folder),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, encoding="utf-8", errors="replace", start_new_session=True,  # Ctrl-C is for the studio
            )  # fmt: skip
            atexit.register(self.close)
            return self._process

    def _follow(self, process: "subprocess.Popen[str]", told: "queue.Queue[str | NoLink]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if REFUSED in line:
                    raise ServerRefused
                if OPENED in line:
                    told.put(line.partition(OPENED)[2].strip())
        process.wait()
        raise ProgramEnded


def _command(program: str, port: int, token: str, server: Server, folder: Path) -> Sequence[str]:
    command = [program, "http", "-n", token, "-l", str(port), "-i", "127.0.0.1", "--uc", "--sd", "random", "--ue"]
    command += ["--server_addr", server.address, "--disable_log_color"]
    if server.authority:
        authority = folder / "authority.pem"
        authority.write_text(server.authority, encoding="utf-8")
        command += ["--tls_enable", "--tls_trusted_ca_file", str(authority)]
    if keeper := shutil.which("setpriv"):  # util-linux: the system itself ends the program with its parent
        command = [keeper, "--pdeathsig", "TERM", *command]
    return command


def announce(port: int, token: str, tell: Callable[[str], None], patience_seconds: float = PATIENCE_SECONDS) -> Tunnel:
    """Open the link in the background; tell its address, or in one sentence why there is none, or no longer."""
    tunnel = Tunnel(port, token)

    def work() -> None:
        begun = time.monotonic()
        try:
            tell(f"Public link: {tunnel.open(patience_seconds)}")
            if tunnel.breaks():
                tell(f"The public link is no more: the tunnel program has ended. {ELSEWHERE}")
        except NoLink as error:
            waited = f" after {time.monotonic() - begun:.0f} seconds" if isinstance(error, ProgramSilent) else ""
            tell(f"There is no public link{waited}: {error.why}. {ELSEWHERE}")

    threading.Thread(target=work, name="announce", daemon=True).start()
    return tunnel
