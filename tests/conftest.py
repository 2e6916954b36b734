"""The studio, running, with the shipped models; and a real browser to open it in."""

import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import httpx
import pytest
import torch

torch.set_num_threads(1)

ROOT = Path(__file__).parent.parent

CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


class Studio:
    """A studio in a process of its own, started as an artist starts it."""

    def __init__(self, folder, *options, program="app.py", errors=None):
        environment = os.environ | {"GRADIO_TEMP_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, program, *options]
        with errors.open("w") if errors else nullcontext() as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("Triptych is open at "):
                break
        else:
            pytest.fail("the studio did not open: " + "".join(self.said))
        self.local_url = line.removeprefix("Triptych is open at ").strip()
        answer = httpx.get(f"{self.local_url}config", timeout=30)
        self.config = answer.json() if answer.status_code == 200 else {}

    def close(self):
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    """Start the studio once for all tests."""
    running = Studio(tmp_path_factory.mktemp("studio"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium():
    """Launch one Chromium; skip where there is none, fail where CI is set."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("TRIPTYCH_BROWSER") or shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no browser for the browser tests")
        pytest.skip("no browser: run `python3 start.py test`, which gets one")
    with sync_playwright() as playwright:
        options = {} if path == "playwright" else {"executable_path": path}
        browser = playwright.chromium.launch(args=CHROMIUM, **options)
        yield browser
        browser.close()


@pytest.fixture
def visit(studio, chromium):
    """Return a function that opens a studio as a new visitor; fails on console errors and foreign requests."""
    opened = []

    def open_page(locale="en-US", at=studio.local_url, **options):
        context = chromium.new_context(locale=locale, **options)
        page = context.new_page()
        page.trouble = []
        page.on("console", lambda m: page.trouble.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((at, "data:", "blob:")) else page.trouble.append(r.url),
        )
        page.goto(at)
        page.wait_for_selector("#literature-write")
        page.wait_for_timeout(500)
        opened.append((context, page))
        return page

    yield open_page
    for context, page in opened:
        trouble = page.trouble
        context.close()
        assert not trouble
