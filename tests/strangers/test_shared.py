"""A studio that others can reach: the door in a real browser, what guests find behind it, and the owner's room."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    running = Studio(
        tmp_path_factory.mktemp("shared"), "--listen", "--invite", "rosebud", "--owner-code", "mine", "--most-bars", "8"
    )
    yield running
    running.close()


@pytest.fixture
def come(shared, chromium):
    contexts = []

    def come(path="", **options):
        context = chromium.new_context(**{"locale": "en-US"} | options)
        contexts.append(context)
        page = context.new_page()
        page.goto(shared.local_url + path)
        return page

    yield come
    for context in contexts:
        context.close()


def test_a_guest_is_asked_for_the_invitation_and_comes_in_with_it(come):
    page = come()
    expect(page.get_by_text("Invitation code")).to_be_visible()
    expect(page.get_by_text("邀请码")).to_be_hidden()
    page.get_by_label("Invitation code").fill("wrong")
    page.get_by_role("button", name="Come in").first.click()
    expect(page.get_by_role("alert")).to_contain_text("did not fit")
    page.get_by_label("Invitation code").fill("rosebud")
    page.get_by_role("button", name="Come in").first.click()
    expect(page.locator("#literature-write")).to_be_visible(timeout=WAIT)
    page.click("#literature-write")
    expect(page.locator("#literature-status")).to_contain_text("Done", timeout=WAIT)
    page.goto(page.url.rstrip("/") + "/house")
    expect(page.get_by_text("Invitation code")).to_be_visible()  # the owner's room is not for guests


def test_an_invitation_in_the_address_is_enough_and_the_page_speaks_chinese_on_a_phone(come):
    page = come(locale="zh-CN", viewport={"width": 390, "height": 844})
    expect(page.get_by_text("邀请码")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page = come("?invite=rosebud", locale="zh-CN", viewport={"width": 390, "height": 844})
    expect(page.locator("#literature-write")).to_be_visible(timeout=WAIT)
    assert "rosebud" not in page.url


def test_guests_find_sliders_that_end_where_the_house_says(come):
    page = come("?invite=rosebud")
    page.click("#tab-music-button")
    page.click("#music-more > button")
    expect(page.locator("#music-bars input[type=range]")).to_have_attribute("max", "8", timeout=WAIT)
    expect(page.locator("#literature-max_tokens input[type=range]")).to_have_attribute("max", "400")


def test_the_owner_pauses_the_studio_and_opens_it_again(come):
    owner, guest = come("door"), come("?invite=rosebud")
    owner.get_by_text("I am the owner").click()
    owner.get_by_label("Owner's code").fill("mine")
    owner.get_by_role("button", name="Come in").last.click()
    expect(owner.get_by_text("Your studio")).to_be_visible()
    owner.get_by_role("button", name="Pause").click()
    expect(owner.get_by_role("status")).to_contain_text("Paused")
    expect(guest.locator("#literature-write")).to_be_visible(timeout=WAIT)
    guest.wait_for_timeout(500)
    guest.click("#literature-write")
    expect(guest.get_by_text("The studio is paused")).to_be_visible(timeout=WAIT)
    owner.get_by_role("button", name="Open again").click()
    guest.click("#literature-write")
    expect(guest.locator("#literature-status")).to_contain_text("Done", timeout=WAIT)


def test_what_is_posted_past_the_page_is_held_to_the_same_bounds(shared, come):
    page = come("?invite=rosebud")
    expect(page.locator("#literature-write")).to_be_visible(timeout=WAIT)
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    shared.config = page.evaluate("fetch('config').then((answer) => answer.json())")
    stranger = Stranger(shared, cookies)
    assert "maximum value 8" in error_of(stranger.press("music-compose", music_bars=64))
    assert "too long" in error_of(stranger.press("literature-write", literature_prompt="x" * 9000))
    refused = Stranger(shared).press("music-compose")
    assert refused[-1]["status"] == 401
