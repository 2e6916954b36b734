"""The piece as a score, and composed again in part: a tune is given a chorale's other voices and is read."""

from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from pipelines.melody.hearing import hear
from tests.browser.hands import WAIT, choose, set_slider
from tests.browser.test_music import open_music, save
from tests.browser.test_roll import compose, tones, until_sent

pytestmark = pytest.mark.browser
HEADS = "#music-score-page svg g.notehead"


def test_a_tune_is_harmonised_engraved_and_saved(visit):
    page = open_music(visit)
    page.click("#music-revising > button")
    page.click("#music-add")
    expect(page.get_by_text("Compose a piece first")).to_be_visible(timeout=WAIT)
    compose(page, bars=4)
    tune = tones(page)
    page.click("#music-score > button")
    expect(page.locator(HEADS)).not_to_have_count(0, timeout=WAIT)
    assert page.locator(HEADS).count() >= len(tune)
    choose(page, "style", "Chorale", "music")
    until_sent(page, lambda: page.click("#music-add"))
    heard = hear(save(page, "midi"))
    assert heard.voices[0] == tune
    assert set(heard.voices) == {0, 1, 2, 3}
    written = ElementTree.fromstring(save(page, "musicxml"))
    count = len(written.findall(".//note/pitch"))
    expect(page.locator(HEADS)).to_have_count(count, timeout=WAIT)
    assert save(page, "svg").startswith(b"<svg")
    until_sent(page, lambda: set_slider(page, "music-transpose", 2))
    moved = ElementTree.fromstring(save(page, "musicxml"))
    assert moved.findtext(".//key/fifths") != written.findtext(".//key/fifths")


def test_some_bars_of_some_parts_are_composed_again_on_a_phone(visit):
    page = open_music(visit, locale="zh-CN", viewport={"width": 390, "height": 844})
    set_slider(page, "music-bars", 6)
    set_slider(page, "music-pace", 0)
    choose(page, "style", "众赞歌", "music")
    until_sent(page, lambda: page.click("#music-compose"))
    before = hear(save(page, "midi")).voices
    page.click("#music-revising > button")
    page.get_by_label("低音").check()
    set_slider(page, "music-gap_start", 3)
    set_slider(page, "music-gap_end", 4)
    until_sent(page, lambda: page.click("#music-again"))
    after = hear(save(page, "midi")).voices
    assert [after[voice] for voice in range(3)] == [before[voice] for voice in range(3)]
    assert [tone for tone in after[3] if not 192 <= tone[0] < 384] == [t for t in before[3] if not 192 <= t[0] < 384]
    page.click("#music-score > button")
    expect(page.locator(HEADS)).not_to_have_count(0, timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
