"""The studio, running, with the shipped models; and a real browser to open it in."""

import os
import shutil

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import pytest
import torch

torch.set_num_threads(1)

CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    """Start the studio once for all tests; give its address."""
    import app

    os.environ["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("studio"))
    page = app.launch(app.read_options([]), block=False)
    yield page
    page.close()


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
    """Return a function that opens the studio as a new visitor; fails on console errors and foreign requests."""
    opened = []

    def open_page(locale="en-US", **options):
        context = chromium.new_context(locale=locale, **options)
        page = context.new_page()
        page.trouble = []
        page.on("console", lambda m: page.trouble.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((studio.local_url, "data:", "blob:")) else page.trouble.append(r.url),
        )
        page.goto(studio.local_url)
        page.wait_for_selector("#literature-write")
        page.wait_for_timeout(500)
        opened.append((context, page))
        return page

    yield open_page
    for context, page in opened:
        trouble = page.trouble
        context.close()
        assert not trouble
