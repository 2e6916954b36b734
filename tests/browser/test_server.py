"""A writer on a server, from the page: words that stay, a sentence, Continue; a slider that acts; a chorus; the key."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, set_slider, text_of, wait_for_status
from tests.conftest import Studio
from tests.pipelines.text.servers import chunk, interleave, is_meeting, stage, words

pytestmark = pytest.mark.browser
KEY = "sk-nobody-sees-this"


def play(request, number):
    """Drop the first work after five words, refuse the second, write the third, slowly; drop a chorus in its third."""
    page = request["messages"][-1]["content"]
    if "n" in request:
        told = [[chunk(f" voice{i} sang", index=i), chunk(f" on{i}", index=i)] for i in range(request["n"])]
        ends = [[chunk(end="stop", index=i)] for i in range(request["n"])]
        return 200, interleave(*told) + ([1.2, "drop"] if "break" in page else interleave(*ends))
    if is_meeting(request):
        return 200, words(1)
    if "word4" not in page:
        return 200, [*words(5)[:-1], 1.2, "drop"]
    if "refuse" in page:
        return 401, {"error": {"message": f"wrong key {KEY}"}}
    return 200, [part for word in words(200) for part in (word, 0.05)]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with stage(play) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_API_KEY", KEY)
        options = ["--text-model", server.address, "--text-model-name", "m", "--port", "7953"]
        studio = Studio(tmp_path_factory.mktemp("studio"), *options)
        yield studio, server
        studio.close()


def wait_for_text(page, part):
    page.wait_for_function(
        "part => document.querySelector('#literature-page textarea').value.includes(part)", arg=part, timeout=WAIT
    )


def test_a_broken_stream_leaves_the_words_and_continue_goes_on(served, chromium):
    studio, server = served
    page = chromium.new_page(locale="en-US")
    page.goto(studio.local_url)
    expect(page.locator("#literature-model")).to_contain_text("Made by m @ 127.0.0.1", timeout=WAIT)
    expect(page.locator("#literature-model")).to_contain_text("your page is sent there")
    page.fill("#literature-prompt textarea", "The moon")
    page.click("#literature-write")
    expect(page.get_by_text("broke off").first).to_be_visible(timeout=WAIT)
    wait_for_text(page, "word4")
    assert text_of(page) == "The moon word0 word1 word2 word3 word4"
    expect(page.locator("#literature-status .status")).to_contain_text("5 tokens")

    page.click("#literature-continue")
    wait_for_text(page, "word4 word0 word1")
    set_slider(page, "literature-temperature", 0.35)
    expect(page.locator("#literature-status .moved")).to_contain_text("Temperature 0.35", timeout=WAIT)
    page.click("#literature-stop")
    wait_for_status(page, "literature")
    assert text_of(page).startswith("The moon word0 word1 word2 word3 word4 word0 word1")
    assert server.requests[-1]["temperature"] == 0.35

    page.fill("#literature-page textarea", "refuse word4")
    page.click("#literature-continue")
    expect(page.get_by_text("doesn't accept the key").first).to_be_visible(timeout=WAIT)
    assert text_of(page) == "refuse word4"
    expect(page.locator("#literature-min_p")).to_be_hidden()
    assert KEY not in page.content()
    assert KEY not in str(studio.config)
    assert set(server.keys) == {f"Bearer {KEY}"}
    page.close()


def test_a_chorus_is_one_request_and_one_that_breaks_keeps_its_words(served, chromium):
    studio, server = served
    page = chromium.new_page(locale="en-US")
    page.goto(studio.local_url)
    expect(page.locator("#literature-model")).to_contain_text("Made by m @", timeout=WAIT)
    page.fill("#literature-page textarea", "The moon")
    page.click("#literature-chorus")
    expect(page.locator(".margin .column button")).to_have_count(2, timeout=WAIT)
    page.locator(".margin .column button").last.click()
    wait_for_text(page, "The moon voice2 sang on2")
    assert server.requests[-1]["n"] == 3

    page.fill("#literature-page textarea", "The moon will break")
    page.click("#literature-chorus")
    expect(page.get_by_text("broke off").first).to_be_visible(timeout=WAIT)
    for place in range(3):
        column = page.locator(".margin .column p").nth(place)
        expect(column).to_contain_text(f"voice{place} sang on{place}", timeout=WAIT)
    assert server.requests[-1]["n"] == 3
    page.close()


def test_a_click_on_a_word_that_the_server_can_not_tell_of_says_nothing(served, chromium):
    studio, server = served
    page = chromium.new_page(locale="en-US")
    page.goto(studio.local_url)
    expect(page.locator("#literature-model")).to_contain_text("Made by m", timeout=WAIT)
    page.fill("#literature-page textarea", "The moon is on the silent sea,\nand all the boats are still.")
    asked = len(server.requests)
    looks = []
    page.on("request", lambda r: looks.append(r) if "/queue/join" in r.url else None)
    for place in ((90, 50), (180, 50), (120, 80)):
        page.click("#literature-page textarea", position=dict(zip("xy", place, strict=True)))
        page.wait_for_timeout(1000)
    assert len(looks) == 1
    expect(page.locator(".margin .chosen, .margin .dots, .toast-wrap .error")).to_have_count(0)
    assert page.locator(".margin-tools button").all_text_contents() == ["Fill in here在此补写"]
    assert len(server.requests) == asked
    page.close()
