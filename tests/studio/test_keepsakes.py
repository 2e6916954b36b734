"""What is kept for the page has names nobody can guess, and goes when its day is over."""

import os
import time
from pathlib import Path

from studio.keepsakes import keep, sweep


def test_what_is_older_than_a_day_is_swept_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    old, new = Path(keep("poem.txt", "old")), Path(keep("poem.txt", "new"))
    sent, foreign = tmp_path / ("a" * 64), tmp_path / "somebody-else-s"
    for folder in (sent, foreign):
        folder.mkdir()
        (folder / "file").write_text("x")
    yesterday = time.time() - 90_000
    for folder in (old.parent, sent, foreign):
        os.utime(folder, (yesterday, yesterday))
    assert sweep(86_400) == 2
    assert new.read_text() == "new"
    assert foreign.is_dir()
    assert not old.exists()
    assert not sent.exists()


def test_names_of_what_is_kept_can_not_be_guessed(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    folders = {Path(keep("poem.txt", "x")).parent.name for _ in range(50)}
    assert len(folders) == 50
    assert min(map(len, folders)) >= 31
