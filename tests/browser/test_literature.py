"""A poet at the page: write, steer while it writes, stop, go on, undo, save, replay; in two languages."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, set_seed, set_slider, text_of, wait_for_status
from tests.conftest import Studio

pytestmark = pytest.mark.browser


def wait_for_words(page, more_than):
    page.wait_for_function(
        "n => document.querySelector('#literature-page textarea').value.length > n", arg=more_than, timeout=WAIT
    )


def wait_until_done(page):
    wait_for_status(page, "literature")


def test_write_steer_stop_continue_undo_and_save(visit):
    page = visit()
    page.fill("#literature-prompt textarea", "The moon <b>is</b> on the sea,\n")
    set_seed(page, "literature", 4)
    set_slider(page, "literature-max_tokens", 1024)
    page.click("#literature-write")
    wait_for_words(page, 60)
    set_slider(page, "literature-temperature", 0.35)
    expect(page.locator("#literature-status .moved")).to_contain_text("Temperature 0.35", timeout=WAIT)
    page.click("#literature-stop")
    wait_until_done(page)
    written = text_of(page)
    assert written.startswith("The moon <b>is</b> on the sea,\n")
    page.wait_for_timeout(500)
    assert text_of(page) == written

    set_slider(page, "literature-max_tokens", 24)
    page.click("#literature-continue")
    wait_for_words(page, len(written))
    wait_until_done(page)
    assert text_of(page).startswith(written)

    page.click("#literature-undo")
    page.wait_for_function("t => document.querySelector('#literature-page textarea').value === t", arg=written)
    with page.expect_download() as saved:
        page.click("#literature-download")
    assert saved.value.path().read_text(encoding="utf-8").strip() == written.strip()


def test_a_steered_and_stopped_work_is_made_again_from_its_recipe(visit, tmp_path):
    page = visit()
    page.fill("#literature-prompt textarea", "明月")
    set_seed(page, "literature", 4)
    set_slider(page, "literature-max_tokens", 400)
    page.click("#literature-write")
    wait_for_words(page, 20)
    set_slider(page, "literature-temperature", 0.5)
    expect(page.locator("#literature-status .moved")).to_be_visible(timeout=WAIT)
    page.click("#literature-stop")
    wait_until_done(page)
    written = text_of(page)
    page.get_by_text("Keep or replay a work").first.click()
    with page.expect_download() as saved:
        page.click("#literature-recipe")
    recipe = tmp_path / "recipe.json"
    saved.value.save_as(recipe)
    assert json.loads(recipe.read_text(encoding="utf-8"))["moves"]

    other = visit()
    other.get_by_text("Keep or replay a work").first.click()
    other.set_input_files("#literature-keepsake input[type=file]", recipe)
    wait_until_done(other)
    assert text_of(other) == written
    expect(other.locator("#literature-prompt textarea")).to_have_value("明月")


def test_a_fixed_seed_gives_the_same_poem(visit):
    page = visit()
    set_slider(page, "literature-max_tokens", 24)
    page.click("#literature-write")
    wait_until_done(page)
    first = text_of(page)
    page.get_by_label("A new seed each time").first.uncheck()
    page.click("#literature-undo")
    page.wait_for_function("document.querySelector('#literature-page textarea').value === ''")
    page.click("#literature-write")
    wait_for_words(page, 0)
    wait_until_done(page)
    page.wait_for_timeout(300)
    assert text_of(page) == first


def test_two_visitors_do_not_touch_each_other(visit):
    one, two = visit(), visit()
    for page in (one, two):
        set_slider(page, "literature-max_tokens", 200)
    set_slider(two, "literature-temperature", 0.3)
    one.click("#literature-write")
    wait_for_words(one, 5)
    two.click("#literature-stop")
    two.click("#literature-write")
    wait_until_done(one)
    wait_until_done(two)
    seeds = [page.locator("#literature-seed input").input_value() for page in (one, two)]
    assert seeds[0] != seeds[1]
    assert text_of(one) != text_of(two)
    expect(one.locator("#literature-status .status")).to_contain_text("Temperature 0.75")
    expect(two.locator("#literature-status .status")).to_contain_text("Temperature 0.3")


@pytest.fixture
def narrow(tmp_path):
    running = Studio(tmp_path, "--works-at-once", "1", "--port", "7955")
    yield running.local_url
    running.close()


def test_stop_drops_a_work_that_still_waits_for_its_turn(visit, narrow):
    one, two = visit(at=narrow), visit(at=narrow)
    set_slider(one, "literature-max_tokens", 1024)
    one.fill("#literature-prompt textarea", "The moon <b>is</b> on the sea,\n")
    set_seed(one, "literature", 4)
    one.click("#literature-write")
    wait_for_words(one, 40)
    two.click("#literature-write")
    expect(two.locator("#literature-status")).to_contain_text("queue")
    two.click("#literature-stop")
    one.click("#literature-stop")
    wait_until_done(one)
    expect(two.locator("#literature-status")).not_to_contain_text("queue")
    two.wait_for_timeout(1000)
    assert text_of(two) == ""
    two.click("#literature-write")
    wait_for_words(two, 5)
    wait_until_done(two)


def test_the_page_speaks_the_browsers_language_and_switches_without_losing_the_work(visit):
    page = visit(locale="zh-CN")
    expect(page.locator("#literature-write")).to_have_text("写作")
    page.fill("#literature-page textarea", "我的诗")
    page.click("#switch-language")
    expect(page.locator("#literature-write")).to_have_text("Write")
    assert text_of(page) == "我的诗"
    expect(page.locator("button[role=tab]").first).to_have_text("Literature")
    page.reload()
    expect(page.locator("#literature-write")).to_have_text("Write")


def test_an_error_is_told_in_the_visitors_language(visit):
    page = visit(locale="zh-CN")
    page.locator("#literature-prompt textarea").evaluate("e => e.removeAttribute('maxlength')")
    page.fill("#literature-page textarea", "还在")
    page.fill("#literature-prompt textarea", "长" * 20_001)
    page.click("#literature-write")
    expect(page.get_by_text("太长").first).to_be_visible(timeout=WAIT)
    assert text_of(page) == "还在"
    page.trouble.clear()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_phone_shows_the_page_without_sideways_scrolling(visit, locale):
    page = visit(locale=locale, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for tab in page.locator("button[role=tab]").all():
        expect(tab).to_be_visible()
        tab.click()
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
