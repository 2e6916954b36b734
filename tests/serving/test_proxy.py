"""The studio behind nginx, with the very file that the docs show: TLS, a sub-path, words while they are written."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, text_of, wait_for_status
from tests.conftest import ROOT, Studio
from tests.pipelines.text.servers import free_port

pytestmark = pytest.mark.browser
SHOWN = ROOT / "docs" / "serving" / "nginx.conf"
STUDIO_PORT = 7977


def find(program):
    """Return a program's path; skip where there is none, fail where CI is set."""
    path = shutil.which(program, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"no {program} for the test of the reverse proxy")
        pytest.skip(f"no {program}")
    return path


def certify(folder):
    """Make a certificate that nobody vouches for."""
    made = folder / "studio.pem", folder / "studio.key"
    command = [find("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-out", made[0], "-keyout", made[1]], check=True, capture_output=True)
    return made


def set_up(folder, port, plain_port):
    """Return nginx's settings: the file shown, with ports and certificate of the test's own."""
    text = SHOWN.read_text(encoding="utf-8")
    certificate, key = certify(folder)
    for shown, own in {
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/certs/studio.pem": str(certificate),
        "/etc/ssl/private/studio.key": str(key),
        "http://127.0.0.1:7860/": f"http://127.0.0.1:{STUDIO_PORT}/",
    }.items():
        assert text.count(shown) == 1, shown
        text = text.replace(shown, own)
    (folder / "triptych.conf").write_text(text, encoding="utf-8")
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}include {folder}/triptych.conf;\n}}\n",
        encoding="utf-8",
    )
    return main


def answers(port):
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serve(main, port):
    nginx = find("nginx")
    subprocess.run([nginx, "-t", "-q", "-c", main, "-e", f"{main}.log"], check=True)
    process = subprocess.Popen([nginx, "-c", main, "-e", f"{main}.log"])
    try:
        begun = time.monotonic()
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() - begun < 10
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """Start both; return the page's public address, and the one without TLS."""
    folder = tmp_path_factory.mktemp("nginx")
    port, plain_port = free_port(), free_port()
    main = set_up(folder, port, plain_port)
    options = ["--listen", "--root-path", "/studio", "--port", str(STUDIO_PORT)]
    with serve(main, port):
        studio = Studio(tmp_path_factory.mktemp("studio"), *options)
        yield f"https://localhost:{port}/studio/", f"http://localhost:{plain_port}/studio/"
        studio.close()


def ask(address, **options):
    return httpx.get(address, verify=False, timeout=30, **options)


def test_the_way_in_leads_to_tls_and_to_the_path(proxied):
    address, plain = proxied
    assert ask(plain).headers["location"] == "https://localhost/studio/"
    assert ask(address.rstrip("/")).headers["location"] == "/studio/"


def test_health_is_told_through_the_proxy_and_metrics_are_not(proxied):
    address, _ = proxied
    assert ask(f"{address}healthz").json()["version"]
    assert ask(f"{address}metrics").status_code == 404


def test_metrics_stay_closed_where_the_proxy_passes_them_on(proxied):
    passed_on = {"X-Forwarded-For": "127.0.0.1", "Host": "localhost"}
    assert ask(f"http://127.0.0.1:{STUDIO_PORT}/metrics", headers=passed_on).status_code == 404


def test_the_network_is_answered_but_not_told_the_metrics(proxied):
    own = [known.address for addresses in psutil.net_if_addrs().values() for known in addresses]
    reachable = [address for address in own if address.count(".") == 3 and not address.startswith("127.")]
    if not reachable:
        pytest.skip("no network")
    assert ask(f"http://{reachable[0]}:{STUDIO_PORT}/").status_code == 200
    assert ask(f"http://{reachable[0]}:{STUDIO_PORT}/metrics").status_code == 404


def test_a_visitor_can_not_send_the_page_elsewhere(proxied):
    address, _ = proxied
    assert "evil.example" not in ask(address, headers={"X-Forwarded-Host": "evil.example"}).text


def test_a_work_is_made_through_it_word_by_word(proxied, chromium):
    address, _ = proxied
    context = chromium.new_context(locale="en-US", ignore_https_errors=True)
    page = context.new_page()
    asked, trouble = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: trouble.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda m: trouble.append(f"{m.text} {m.location}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(address)
    expect(page.locator("#literature-model")).to_contain_text("Made by", timeout=WAIT)
    page.fill("#literature-prompt textarea", "The lamp above the harbour")
    page.click("#literature-write")
    seen = set()
    begun = time.monotonic()
    while "Done" not in page.locator("#literature-status").inner_text():
        seen.add(len(text_of(page)))
        assert time.monotonic() - begun < 90
        time.sleep(0.05)
    assert len(seen) > 3, "the words came all at once"

    page.locator("#tab-literature").get_by_text("Keep or replay a work").click()
    with page.expect_download() as download:
        page.click("#literature-recipe")
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("{")

    page.click("#tab-painting-button")
    page.fill("#painting-prompt textarea", "a lighthouse by the sea")
    page.click("#painting-paint")
    wait_for_status(page, "painting")
    context.close()
    foreign = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert not foreign
    assert not trouble
