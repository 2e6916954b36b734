"""The catalogue is whole, and quick to print."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import catalog

ROOT = Path(__file__).parents[2]


def test_every_entry_says_what_a_writer_needs_to_know():
    entries = catalog.read_catalog()
    assert len(entries) >= 12
    assert len({entry.name for entry in entries}) == len(entries)
    assert [entry.parameters for entry in entries] == sorted(entry.parameters for entry in entries)
    for entry in entries:
        assert entry.name.count("/") == 1
        assert entry.kind in ("chat", "base")
        assert entry.memory_gb == pytest.approx(2 * entry.parameters, abs=0.06)
        assert entry.en.endswith(".")
        assert entry.zh.endswith("。")


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("openai-community/gpt2", True),
        ("mistralai/Mistral-7B-v0.3", True),
        ("Qwen/Qwen3-4B-Base", True),
        ("Qwen/Qwen3-0.6B-Base", True),
        ("google/gemma-3-1b-pt", True),
        ("mistralai/Mistral-Nemo-Base-2407", True),
        ("Qwen/Qwen3-0.6B", False),
        ("somebody/baseball-chat", False),
    ],
)
def test_a_name_tells_whether_a_model_only_goes_on(name, base):
    assert catalog.goes_on(name) == base


def test_it_is_printed_without_waiting_for_torch():
    program = "import sys, app; app.main(app.read_options(['--list-models'])); assert 'torch' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(entry.name in done.stdout and entry.zh in done.stdout for entry in catalog.read_catalog())
