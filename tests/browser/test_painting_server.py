"""A painter on a server, from the page: it waits and says so, shows what comes, and tells what goes wrong."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, wait_for_status
from tests.conftest import Studio
from tests.pipelines.image.servers import open_studio, refuse

pytestmark = pytest.mark.browser
KEY = "sk-nobody-sees-this"


def play(asked, number):
    return refuse(400, f"rejected by the safety system {KEY}") if "forbidden" in asked["prompt"] else None


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with open_studio(play, wait_s=1.5) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_API_KEY", KEY)
        options = ["--image-model", server.address, "--image-model-name", "m", "--port", "7967"]
        studio = Studio(tmp_path_factory.mktemp("studio"), *options)
        yield studio, server
        studio.close()


def visit(chromium, studio):
    page = chromium.new_page(locale="en-US")
    page.goto(studio.local_url)
    page.get_by_role("tab", name="Painting").click()
    expect(page.locator("#painting-model")).to_contain_text("Made by m @ 127.0.0.1", timeout=WAIT)
    expect(page.locator("#painting-model")).to_contain_text("It paints on a server")
    expect(page.locator("#painting-guidance_scale")).to_be_hidden(timeout=WAIT)
    return page


def test_it_waits_and_shows_the_pictures_and_what_acts_nowhere_is_hidden(served, chromium):
    studio, server = served
    page = visit(chromium, studio)
    for name in ("num_inference_steps", "strength", "live_steps"):
        expect(page.locator(f"#painting-{name}")).to_be_hidden()
    page.fill("#painting-prompt textarea", "a boat")
    page.click("#painting-paint")
    wait_for_status(page, "painting", "Waiting for the server")
    expect(page.locator("#painting-download-1")).to_be_visible(timeout=WAIT)
    wait_for_status(page, "painting", "1 of 1 pictures")
    assert server.requests[-1]["size"] == "1024x1024"
    expect(page.locator("#painting-easel .easel-look img").first).to_be_visible(timeout=WAIT)

    page.fill("#painting-prompt textarea", "forbidden")
    page.click("#painting-paint")
    expect(page.get_by_text("rejected by the safety system").first).to_be_visible(timeout=WAIT)
    assert page.locator("#painting-prompt textarea").input_value() == "forbidden"
    expect(page.locator("#painting-easel .easel-look img").first).to_be_visible()
    assert KEY not in page.content()
    assert set(server.keys) == {f"Bearer {KEY}"}
    page.close()


def test_stop_closes_the_request_and_the_live_canvas_is_not_for_a_server(served, chromium):
    studio, server = served
    server.wait_s, left = 20.0, server.left
    page = visit(chromium, studio)
    page.fill("#painting-prompt textarea", "a boat")
    page.click("#painting-paint")
    wait_for_status(page, "painting", "Waiting for the server")
    page.click("#painting-stop")
    wait_for_status(page, "painting", "Done")
    end = time.monotonic() + 10
    while server.left == left and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert server.left == left + 1
    server.wait_s = 1.5

    page.locator("#painting-live input").check()
    expect(page.locator("#painting-easel")).to_contain_text("can't follow your hand", timeout=WAIT)
    page.close()
