"""A composer at the page: compose, steer while it is written, stop, listen, save, replay; in two languages."""

import io

import pretty_midi
import pytest
from playwright.sync_api import expect

from pipelines.melody.expression import INSTRUMENTS
from pipelines.melody.hearing import hear
from pipelines.melody.midi import read_take
from pipelines.melody.score import BAR_TICKS
from tests.browser.hands import WAIT, choose, set_slider, until_sent, wait_for_status
from tests.pipelines.melody.test_opening import SCALE, write

pytestmark = pytest.mark.browser


def open_music(visit, **options):
    page = visit(**options)
    page.click("#tab-music-button")
    page.wait_for_selector("#music-compose")
    page.click("#music-more > button")
    page.wait_for_selector("#music-bars")
    return page


def wait_for_notes(page, more_than):
    page.wait_for_function(
        "n => document.querySelector('#music-roll .roll').dataset.notes > n", arg=more_than, timeout=WAIT
    )


def wait_until_done(page, word="Done"):
    wait_for_status(page, "music", word)
    expect(page.locator("#music-roll .roll-deck button")).to_be_enabled(timeout=WAIT)


def save(page, kind):
    with page.expect_download() as saved:
        page.click(f"#music-download-{kind}")
    return saved.value.path().read_bytes()


def test_compose_steer_stop_and_replay(visit, tmp_path):
    page = open_music(visit)
    set_slider(page, "music-bars", 64)
    set_slider(page, "music-pace", 4)
    page.click("#music-compose")
    wait_for_notes(page, 10)
    set_slider(page, "music-register", 1)
    expect(page.locator("#music-status .moved")).to_contain_text("Register 1", timeout=WAIT)
    page.click("#music-stop")
    wait_until_done(page)
    count = page.locator("#music-roll .roll").get_attribute("data-notes")
    first = save(page, "midi")
    take = read_take(first)
    assert take.steps
    assert "register" in [move.name for move in take.moves]

    file = tmp_path / "work.mid"
    file.write_bytes(first)
    other = open_music(visit)
    other.locator("#tab-music").get_by_text("Keep or replay a work").click()
    other.set_input_files("#music-keepsake input[type=file]", file)
    wait_until_done(other)
    assert other.locator("#music-roll .roll").get_attribute("data-notes") == count
    assert save(other, "midi") == first
    expect(other.locator("#music-bars input[type=number]")).to_have_value("64")


def test_listen_from_a_place_in_the_piece_and_save_the_sound(visit):
    page = open_music(visit)
    set_slider(page, "music-bars", 8)
    set_slider(page, "music-pace", 0)
    page.click("#music-compose")
    wait_until_done(page)
    page.click("#music-roll .roll-deck button")
    page.wait_for_function("document.querySelector('#music-roll audio').currentTime > 0.2")
    page.locator("#music-roll canvas").click(position={"x": 300, "y": 60})
    page.wait_for_function("document.querySelector('#music-roll audio').currentTime > 2")
    expect(page.locator("#music-roll .roll-deck button")).to_contain_text("Pause")
    assert save(page, "wav")[:4] == b"RIFF"


def test_on_a_phone_in_chinese(visit):
    page = open_music(visit, locale="zh-CN", viewport={"width": 390, "height": 844})
    set_slider(page, "music-pace", 0)
    page.click("#music-compose")
    wait_until_done(page, "完成")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_tune_of_the_artist_s_own_is_gone_on_from(visit, tmp_path):
    page = open_music(visit)
    file = tmp_path / "mine.mid"
    file.write_bytes(write([(i * 0.5, 0.5, SCALE[(i * 3) % 8]) for i in range(36)], metre=(3, 4)))
    expect(page.locator("#music-opening_bars")).to_be_hidden()
    page.set_input_files("input:has(+ #music-upload)", file)
    expect(page.locator("#music-opening-told")).to_contain_text("mine.mid: 6 bars in 3/4, C Major", timeout=WAIT)
    expect(page.locator("#music-roll .roll")).to_have_attribute("data-notes", "36")
    expect(page.locator("#music-time_signature input")).to_have_value("3/4")
    set_slider(page, "music-opening_bars", 4)
    set_slider(page, "music-bars", 8)
    page.click("#music-compose")
    wait_until_done(page)
    heard = hear(save(page, "midi"))
    end = 4 * BAR_TICKS["3/4"]
    played = [(onset, pitch) for onset, _, pitch in heard.voices[0] if onset < end]
    assert played == [(i * 12, SCALE[(i * 3) % 8]) for i in range(24)]
    page.set_input_files("input:has(+ #music-upload)", save_as(tmp_path, "broken.mid", b"no tune"))
    expect(page.get_by_text("This file can't be read as MIDI.")).to_be_visible(timeout=WAIT)
    expect(page.locator("#music-opening-told")).to_contain_text("mine.mid")
    page.click("#music-opening_out")
    expect(page.locator("#music-opening_out")).to_be_hidden(timeout=WAIT)
    expect(page.locator("#music-opening_bars")).to_be_hidden()


def test_a_finished_piece_is_transposed_and_played_faster_without_composing_again(visit, tmp_path):
    page = open_music(visit)
    set_slider(page, "music-bars", 6)
    page.click("#music-compose")
    wait_until_done(page)
    before = hear(save(page, "midi"))
    until_sent(page, lambda: set_slider(page, "music-transpose", -5))
    until_sent(page, lambda: set_slider(page, "music-speed", 1.5))
    wait_until_done(page)
    work = save(page, "midi")
    after = hear(work)
    assert [(o, p - 5) for o, _, p in before.voices[0]] == [(o, p) for o, _, p in after.voices[0]]
    assert after.tempo == pytest.approx(before.tempo * 1.5, abs=1)
    assert len(save(page, "mp3")) < len(save(page, "wav")) / 8
    take = read_take(work)
    assert (take.params["transpose"], take.params["speed"]) == (-5, 1.5)
    other = open_music(visit)
    other.locator("#tab-music").get_by_text("Keep or replay a work").click()
    other.set_input_files("#music-keepsake input[type=file]", save_as(tmp_path, "work.mid", work))
    wait_until_done(other)
    assert save(other, "midi") == work


def test_another_instrument_plays_a_voice_of_a_finished_piece(visit):
    page = open_music(visit)
    choose(page, "style", "String quartet", "music")
    set_slider(page, "music-bars", 4)
    page.click("#music-compose")
    wait_until_done(page)
    page.click("#music-band > button")
    until_sent(page, lambda: choose(page, "bass_instrument", "Harp", "music"))
    wait_until_done(page)
    played = pretty_midi.PrettyMIDI(io.BytesIO(save(page, "midi")))
    assert sorted(one.program for one in played.instruments) == sorted(
        [INSTRUMENTS["violin"]] * 3 + [INSTRUMENTS["harp"]]
    )


def save_as(folder, name, data):
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    ("locale", "text", "mode", "said"),
    [
        ("en-US", "The storm of war, the blood, the screaming dead", "Minor", "dark and stirred"),
        ("zh-CN", "花香月静，暖日闲眠，清风入梦", "大调", "明亮、宁静"),
    ],
)
def test_a_page_s_mood_sets_the_music(visit, locale, text, mode, said):
    page = visit(locale=locale)
    page.fill("#literature-page textarea", text)
    page.click("#tab-music-button")
    page.click("#music-mood")
    expect(page.locator("#music-mood-told")).to_contain_text(said, timeout=WAIT)
    expect(page.locator("#music-mode input")).to_have_value(mode, timeout=WAIT)
    slow = float(page.locator("#music-tempo input[type=number]").input_value())
    assert slow > 100 if mode == "Minor" else slow < 92
    page.click("#music-compose")
    wait_until_done(page, "Done" if locale == "en-US" else "完成")
