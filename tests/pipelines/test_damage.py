"""A model's files are cut while it works: the work goes on, and so does the studio."""

import os
import shutil
import subprocess
import sys

import pytest

from app import SHIPPED
from tests.conftest import ROOT
from tests.pipelines.image.checkpoints import build_sd15
from tests.pipelines.text.checkpoints import build

# In a process of its own: a file that is mapped into memory and cut ends the process that reads it.
WORK = """
import importlib, os, sys
from pathlib import Path
import torch
from app import pipeline_class
from pipelines.params import build
from pipelines.take import Tape
art, folder = sys.argv[1], Path(sys.argv[2])
more = {"literature": (torch.float32,), "painting": (), "music": (torch.float32,)}[art]
pipeline = pipeline_class(art).load(folder, torch.device("cpu"), *more)
for file in folder.rglob("*.safetensors"):
    os.truncate(file, 0)
module, name = {"literature": ("text", "TextParams"), "painting": ("image", "ImageParams"),
    "music": ("melody", "MelodyParams")}[art]
kind = getattr(importlib.import_module(f"pipelines.{module}.params"), name)
params = build(kind, {"prompt": "a boat"} if art != "music" else {}, pipeline.knobs)
print("steps", sum(1 for _ in pipeline.generate(Tape(lambda: params), 1)))
"""


@pytest.mark.parametrize("art", list(SHIPPED))
def test_a_shipped_model_goes_on_without_its_files(art, tmp_path):
    shutil.copytree(SHIPPED[art], tmp_path / art)
    goes_on(art, tmp_path / art)


def test_a_painter_of_the_hub_goes_on_without_its_files(tmp_path):
    goes_on("painting", build_sd15(tmp_path))


def test_a_writer_of_the_hub_goes_on_without_its_files(tmp_path):
    goes_on("literature", build("gpt2", tmp_path))


def goes_on(art, folder):
    quiet = os.environ | {"PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-c", WORK, art, str(folder)]
    made = subprocess.run(command, env=quiet, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert made.returncode == 0, made.stderr[-500:]
    assert int(made.stdout.rsplit("steps", 1)[1]) > 0
