"""start.py becomes the studio, so that whoever tells it to end tells the studio."""

import os

import pytest

import start


@pytest.mark.skipif(os.name != "posix", reason="Windows has no exec")
def test_it_becomes_the_studio_with_the_same_options(monkeypatch):
    called = []
    monkeypatch.setattr(start, "install", called.append)
    monkeypatch.setattr(os, "chdir", called.append)
    monkeypatch.setattr(os, "execv", lambda program, words: called.append((program, words)))
    monkeypatch.setattr(start, "run", lambda *words: 0)
    start.main(["--listen", "--port", "7860"])
    assert called[0].name == "requirements.txt"
    assert called[1:] == [
        start.ROOT,
        (start.PYTHON, [str(start.PYTHON), "app.py", "--listen", "--port", "7860"]),
    ]
