"""Files an artist takes home, each under a name nobody can guess, and the take a file brought back carries."""

import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.errors import UnreadableTake
from pipelines.take import MAX_CHARACTERS, Take

KEPT_SECONDS, SWEEP_SECONDS = 24 * 3_600.0, 600.0
OURS = re.compile(r"triptych-[\w-]{22}|[0-9a-f]{64}")  # kept by us; sent by a page, named by gradio

TakeReader = Callable[[Path], Take]


def find_root() -> Path:
    """Return the folder of all that is kept or sent here: gradio's."""
    return Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")


def keep(name: str, content: str | bytes) -> str:
    """Write a file for the page to offer and return its path."""
    folder = find_root() / f"triptych-{secrets.token_urlsafe(16)}"
    folder.mkdir(parents=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def sweep(older_seconds: float) -> int:
    """Remove what was kept or sent here longer ago; return how many folders that were.

    Gradio removes its own files after a day, but doesn't know of those that were put where it serves them from.
    """
    removed = 0
    for folder in find_root().glob("*"):
        with suppress(FileNotFoundError):
            if OURS.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > older_seconds:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def keep_swept() -> threading.Thread:
    """Sweep every ten minutes, in the background."""

    def work() -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            sweep(KEPT_SECONDS)

    thread = threading.Thread(target=work, name="sweeper", daemon=True)
    thread.start()
    return thread


def find_upload(path: object) -> Path | None:
    """Return a file that was sent to this page; None for any other path, so that nobody reads the owner's files."""
    root = find_root().resolve()
    file = Path(str(path)).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None


def read_json_take(path: Path) -> Take:
    """Read a take saved as a file of its own."""
    if path.stat().st_size > 4 * MAX_CHARACTERS:
        raise UnreadableTake
    try:
        return Take.from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise UnreadableTake from None


def read_take(path: str, readers: Mapping[str, TakeReader]) -> Take:
    """Read the take that a file carries, by the kind of the file; raise UnreadableTake."""
    file = Path(path)
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise UnreadableTake
    return reader(file)
