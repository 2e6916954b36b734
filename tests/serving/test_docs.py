"""The service and the container that the docs show fit the studio: their options, files and times are the real ones."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

import httpx
import pytest

import app
from studio.closing import GRACE_SECONDS
from tests.conftest import ROOT

SERVING = ROOT / "docs" / "serving"
PORT = 7978


def read_unit():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(SERVING / "triptych.service", encoding="utf-8")
    return unit["Service"]


def test_the_service_starts_the_studio_with_options_it_has_and_waits_until_it_has_ended():
    service = read_unit()
    python, program, *arguments = shlex.split(service["ExecStart"])
    assert (python, program) == (f"{service['WorkingDirectory']}/.venv/bin/python", "app.py")
    options = app.read_options(arguments)
    assert options.root_path in (SERVING / "nginx.conf").read_text(encoding="utf-8")
    assert int(service["TimeoutStopSec"]) > options.closing_seconds + 2 * GRACE_SECONDS


def test_systemd_finds_nothing_amiss(tmp_path):
    check = shutil.which("systemd-analyze")
    if check is None:
        pytest.skip("no systemd-analyze")
    text = (SERVING / "triptych.service").read_text(encoding="utf-8")
    unit = tmp_path / "triptych.service"
    unit.write_text(text.replace("/opt/triptych/.venv/bin/python", sys.executable), encoding="utf-8")
    told = subprocess.run([check, "verify", unit], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def read_dockerfile():
    """Return its instructions in order, each with what follows it."""
    text = (SERVING / "Dockerfile").read_text(encoding="utf-8")
    return re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)


def test_the_container_s_files_are_all_that_the_studio_needs(tmp_path):
    """Do the container's steps, but for the installation, in a folder of their own: no container engine is needed."""
    steps = read_dockerfile()
    for _, told in (step for step in steps if step[0] == "COPY"):
        *sources, target = told.split()
        for source in sources:
            assert f"!{source}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, tmp_path / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, tmp_path / target)
    program, *arguments = json.loads(dict(steps)["ENTRYPOINT"])
    assert program == "python"
    arguments[arguments.index("--port") + 1] = str(PORT)
    check = json.loads(dict(steps)["HEALTHCHECK"].partition("CMD ")[2])[1:]
    check[-1] = check[-1].replace(":7860/", f":{PORT}/")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    studio = subprocess.Popen([sys.executable, *arguments], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
    try:
        begun = time.monotonic()
        while subprocess.run([sys.executable, *check], capture_output=True, check=False).returncode != 0:
            assert studio.poll() is None
            assert time.monotonic() - begun < 90
            time.sleep(0.3)
        assert httpx.get(f"http://127.0.0.1:{PORT}/healthz").json()["status"] == "ready"
    finally:
        studio.terminate()
    assert studio.wait(30) == 0
