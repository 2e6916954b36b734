"""A poet chooses a verse form on the page, and the poem keeps it."""

import pytest
from playwright.sync_api import expect

from pipelines.text.forms.checker import check
from tests.browser.hands import WAIT, choose, text_of, wait_for_status

pytestmark = pytest.mark.browser


def test_a_haiku_is_written_and_a_complete_page_is_told(visit):
    page = visit()
    choose(page, "verse_form", "Haiku: 5, 7, 5 syllables")
    page.click("#literature-write")
    wait_for_status(page, "literature")
    report = check("haiku", text_of(page))
    assert report.lines
    assert report.lengths
    page.click("#literature-continue")
    expect(page.get_by_text("The poem on the page is complete.")).to_be_visible(timeout=WAIT)


def test_a_chinese_form_needs_chinese_and_goes_on_from_the_first_line(visit):
    page = visit()
    choose(page, "verse_form", "五言绝句: 4 lines of 5 characters")
    page.click("#literature-write")
    expect(page.get_by_text("This verse form belongs to the other language.")).to_be_visible(timeout=WAIT)
    choose(page, "language", "中文")
    page.fill("#literature-prompt textarea", "白日依山尽，")
    page.click("#literature-write")
    wait_for_status(page, "literature")
    poem = text_of(page)
    assert poem.startswith("白日依山尽，")
    report = check("wujue", poem)
    assert report.lengths
    assert report.rhymes
    assert report.metre == 1
