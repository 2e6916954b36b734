"""Files an artist takes home, each under a name nobody can guess, and the take a file brought back carries."""

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines.errors import UnreadableTake
from pipelines.take import MAX_CHARACTERS, Take

TakeReader = Callable[[Path], Take]


def keep(name: str, content: str | bytes) -> str:
    """Write a file for the page to offer and return its path."""
    root = Path(os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir())
    folder = root / f"triptych-{secrets.token_urlsafe(16)}"
    folder.mkdir(parents=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def find_upload(path: object) -> Path | None:
    """Return a file that was sent to this page; None for any other path, so that nobody reads the owner's files."""
    root = Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio").resolve()
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
