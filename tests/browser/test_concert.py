"""Live play at the page: it sounds while it is composed, follows what is moved, and is a work once it is stopped."""

import pytest
from playwright.sync_api import expect

from pipelines.melody.hearing import hear
from pipelines.melody.midi import read_take
from tests.browser.hands import WAIT, choose, set_slider
from tests.browser.test_music import open_music, save, save_as, wait_until_done

pytestmark = pytest.mark.browser


def wait_for_bars(page, count):
    """Wait until the sound of so many bars is laid, and return how many are and how many came late."""
    page.wait_for_function(
        "n => Number(document.querySelector('#music-roll .roll').dataset.live.split(' ')[0]) >= n", arg=count,
        timeout=WAIT,
    )  # fmt: skip


def test_play_steer_stop_and_replay(visit, tmp_path):
    page = open_music(visit)
    set_slider(page, "music-tempo", 200)
    page.click("#music-concert")
    wait_for_bars(page, 2)
    set_slider(page, "music-register", 1)
    set_slider(page, "music-tempo", 150)
    choose(page, "mode", "Minor", "music")
    wait_for_bars(page, 8)
    expect(page.locator("#music-status .moved").filter(has_text="Register 1")).to_be_visible()
    heard = page.evaluate("document.querySelector('#music-roll .roll').dataset.live.split(' ').map(Number)")
    assert heard[2] > 3
    page.click("#music-stop")
    wait_until_done(page)
    expect(page.locator("#music-roll .roll")).to_have_attribute("data-live", "")
    expect(page.locator("#music-download-wav")).to_be_hidden()
    work = save(page, "midi")
    take = read_take(work)
    assert take.params["endless"] == 1
    assert {"register", "tempo", "mode"} <= {move.name for move in take.moves}
    assert hear(work).bars >= 8
    other = open_music(visit)
    other.locator("#tab-music").get_by_text("Keep or replay a work").click()
    other.set_input_files("#music-keepsake input[type=file]", save_as(tmp_path, "live.mid", work))
    wait_until_done(other)
    assert save(other, "midi") == work


def test_a_new_piece_silences_the_live_one(visit):
    page = open_music(visit, locale="zh-CN")
    page.click("#music-concert")
    wait_for_bars(page, 1)
    set_slider(page, "music-pace", 0)
    page.click("#music-compose")
    wait_until_done(page, "完成")
    expect(page.locator("#music-roll .roll")).to_have_attribute("data-live", "")
