"""The piece as a score, and composed again in part: a tune is given a chorale's other voices and is read."""

import io
from collections import defaultdict
from xml.etree import ElementTree

import mido
import pytest
from playwright.sync_api import expect

from pipelines.melody.hearing import hear
from pipelines.melody.midi import read_take
from tests.browser.hands import WAIT, choose, set_slider, until_sent
from tests.browser.test_music import open_music, save, wait_until_done
from tests.browser.test_roll import compose, tones

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
    page.wait_for_timeout(1000)
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


def test_the_notes_of_the_score_light_up_as_they_sound_and_lead_back_to_their_sound(visit):
    page = open_music(visit)
    compose(page, bars=4)
    page.click("#music-score > button")
    expect(page.locator(HEADS)).not_to_have_count(0, timeout=WAIT)
    assert page.locator("#music-score-page .sounding").count() == 0
    head = page.locator("#music-score-page .note .notehead").last
    head.scroll_into_view_if_needed()
    box = head.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # a half note's is hollow there
    expect(page.locator("#music-score-page .note.sounding")).not_to_have_count(0)
    at = page.evaluate("document.querySelector('#music-roll audio').currentTime")
    assert at > 3
    page.evaluate("document.querySelector('#music-roll audio').currentTime = 0")
    page.click("#music-roll .roll-deck button")
    seen = page.evaluate(
        """() => new Promise((done) => {
          const [ids, begun] = [new Set(), performance.now()];
          const look = () => {
            for (const note of document.querySelectorAll('#music-score-page .note.sounding')) ids.add(note.id);
            if (ids.size > 3 || performance.now() - begun > 8000) done(ids.size); else setTimeout(look, 30);
          };
          look();
        })"""
    )
    assert seen > 3
    page.click("#music-roll .roll-deck button")


def test_drums_are_laid_under_a_song_made_louder_and_taken_out(visit):
    page = open_music(visit)
    compose(page, bars=4, style="Voice and piano")
    page.click("#music-revising > button")
    until_sent(page, lambda: page.click("#music-drums"))
    strokes = velocities(save(page, "midi"))[9]
    assert len(strokes) > 4
    expect(page.locator("#music-roll [data-voice='5']")).to_be_visible()
    page.locator("#music-roll .roll-scroll").focus()
    page.keyboard.press("Control+a")
    until_sent(page, lambda: page.locator("#music-roll [data-do='louder']").click())
    louder = velocities(save(page, "midi"))
    assert louder[9] == [min(127, velocity + 12) for velocity in strokes]
    until_sent(page, lambda: page.click("#music-roll [data-do='undo']"))
    assert velocities(save(page, "midi"))[9] == strokes
    until_sent(page, lambda: page.click("#music-undrummed"))
    assert 9 not in velocities(save(page, "midi"))


def velocities(midi):
    """Return the velocities of each channel's notes."""
    found = defaultdict(list)
    for track in mido.MidiFile(file=io.BytesIO(midi)).tracks:
        for message in track:
            if message.type == "note_on" and message.velocity:
                found[message.channel].append(message.velocity)
    return found


def test_three_pieces_come_from_one_click(visit):
    page = open_music(visit)
    set_slider(page, "music-bars", 4)
    set_slider(page, "music-pace", 0)
    page.click("#music-times input")
    page.get_by_role("option", name="3").click()
    page.click("#music-compose")
    expect(page.locator("#music-versions")).to_have_text("3 / 3", timeout=WAIT)
    wait_until_done(page)
    third = save(page, "midi")
    page.click("#music-earlier")
    expect(page.locator("#music-versions")).to_have_text("2 / 3")
    second = save(page, "midi")
    seeds = [read_take(work).seed for work in (second, third)]
    assert seeds[1] == seeds[0] + 1
