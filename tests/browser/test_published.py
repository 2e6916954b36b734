"""Published composers at the page, small and untrained: what they can do is there, what they can't is not."""

import os

import mido
import pytest
from playwright.sync_api import expect

from pipelines.melody.midi import write_midi
from pipelines.melody.published.events import Event, read_midi, write_score
from tests.browser.hands import WAIT, choose, set_seed, set_slider
from tests.browser.test_music import save, save_as, wait_until_done
from tests.conftest import Studio
from tests.pipelines.melody import test_midi_model, test_published

pytestmark = pytest.mark.browser
BARS_DONE = "parseInt(document.querySelector('#music-status').innerText.match(/\\d+(?= of 64 bars)/))"
TUNE = [Event(at * 50, 40, 128 * 73 + 72 + at % 5) for at in range(12)]  # a flute for six seconds


def start(folder, port):
    return Studio(folder / "files", "--music-model", str(folder / "model"), "--port", str(port))


@pytest.fixture(scope="module")
def anticipation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("anticipation")
    test_published.save_tiny(folder / "model")
    studio = start(folder, 7961)
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def midi_model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("midi-model")
    test_midi_model.save_tiny(folder / "model")
    studio = start(folder, 7962)
    yield studio
    studio.close()


@pytest.fixture
def patient(tmp_path_factory):
    """Start a studio whose composer has loaded once a file is there; return it and the file."""
    folder = tmp_path_factory.mktemp("patient")
    test_published.save_tiny(folder / "model")
    options = [str(folder / "gate"), "--music-model", str(folder / "model"), "--port", "7963"]
    studio = Studio(folder / "files", *options, program="tests/browser/patient.py")
    yield studio, folder / "gate"
    studio.close()


@pytest.fixture
def visit(chromium):
    """Return a function that opens the music of a studio, once its composer has loaded; fails on console errors."""
    opened = []

    def open_page(studio, locale="en-US", ready="Made by", **options):
        context = chromium.new_context(locale=locale, **options)
        page = context.new_page()
        page.trouble = []
        page.on("console", lambda m: page.trouble.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.goto(studio.local_url)
        page.click("#tab-music-button")
        page.wait_for_selector("#music-compose")
        expect(page.locator("#music-model")).to_contain_text(ready, timeout=WAIT)
        page.wait_for_timeout(500)
        opened.append((context, page))
        return page

    yield open_page
    for context, page in opened:
        trouble = page.trouble
        context.close()
        assert not trouble


def photograph(page, name):
    """Keep a picture of the whole page for whoever wants to look, where TRIPTYCH_PICTURES names a folder."""
    if folder := os.environ.get("TRIPTYCH_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def unfold(page, name):
    """Open a fold, and let its sliders settle: a value that is typed as they appear can be lost."""
    page.click(f"#music-{name} > button")
    page.wait_for_timeout(1000)


def wait_for_version(page, number):
    """Wait until another piece is finished, the visit's so many."""
    expect(page.locator("#music-versions")).to_contain_text(f"{number} / {number}", timeout=WAIT)
    wait_until_done(page)


def is_live(page, knob):
    return "live" in page.locator(f"#music-{knob}").get_attribute("class").split()


def test_bars_are_filled_again_and_a_tune_is_accompanied(anticipation, visit, tmp_path):
    page = visit(anticipation)
    for hidden in ("style", "key", "chords", "parts", "add", "write", "likeness", "concert", "score"):
        expect(page.locator(f"#music-{hidden}")).to_be_hidden()
    assert not is_live(page, "tempo")
    assert is_live(page, "density")
    expect(page.locator("#music-instrument")).to_contain_text("This one alone is composed")
    expect(page.get_by_role("button", name="A jig")).to_be_hidden()
    page.get_by_role("button", name="A jazz quartet").click()
    expect(page.locator("#music-ensemble input")).to_have_value("Jazz quartet")

    set_slider(page, "music-tempo", 120)
    unfold(page, "more")
    set_slider(page, "music-bars", 8)
    set_slider(page, "music-density", 1)
    set_seed(page, "music", 3)  # in some pieces a note of the gap cuts an earlier one of its pitch short
    page.click("#music-compose")
    wait_until_done(page)
    whole = read_midi(save(page, "midi"))
    assert {event.instrument for event in whole} <= {66, 0, 32, 128}

    unfold(page, "revising")
    set_slider(page, "music-gap_start", 3)
    set_slider(page, "music-gap_end", 4)
    choose(page, "ensemble", "Strings", "music")
    page.click("#music-again")
    wait_for_version(page, 2)
    filled = read_midi(save(page, "midi"))
    assert [e for e in filled if not 400 <= e.time < 800] == [e for e in whole if not 400 <= e.time < 800]
    assert {e.instrument for e in filled if 400 <= e.time < 800} <= {40, 41, 42, 43}
    photograph(page, "fill-en-light")

    page.set_input_files(
        "input:has(+ #music-upload)", save_as(tmp_path, "tune.mid", write_midi(write_score(TUNE, 600)))
    )
    expect(page.locator("#music-opening-told")).to_contain_text(
        "tune.mid: 12 notes, 1 instruments, 6 seconds", timeout=WAIT
    )
    page.click("#music-accompany")
    wait_for_version(page, 3)
    joined = read_midi(save(page, "midi"))
    assert set(TUNE) < set(joined)
    assert {e.instrument for e in joined} - {73} <= {40, 41, 42, 43}

    page.click("#music-opening_out")
    page.click("#music-go_on")
    wait_for_version(page, 4)
    longer = read_midi(save(page, "midi"))
    assert set(joined) < set(longer)


def test_an_accompaniment_wants_a_tune(anticipation, visit):
    page = visit(anticipation, locale="zh-CN", ready="创作", viewport={"width": 390, "height": 844})
    page.click("#music-revising > button")
    photograph(page, "fill-zh-phone")
    page.click("#music-accompany")
    expect(page.get_by_text("还没有可配伴奏的旋律").first).to_be_visible(timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_midi_model_is_steered_goes_on_from_a_file_and_replays(midi_model, visit, tmp_path):
    page = visit(midi_model, color_scheme="dark")
    for hidden in ("style", "chords", "revising", "write", "concert", "score"):
        expect(page.locator(f"#music-{hidden}")).to_be_hidden()
    for shown in ("ensemble", "key", "mode", "time_signature", "instrument", "go_on"):
        expect(page.locator(f"#music-{shown}")).to_be_visible()
    assert is_live(page, "tempo")
    assert not is_live(page, "mode")
    unfold(page, "more")
    expect(page.locator("#music-top_k input[type=number]")).to_have_value("20")
    page.set_input_files(
        "input:has(+ #music-upload)", save_as(tmp_path, "tune.mid", write_midi(write_score(TUNE, 600)))
    )
    expect(page.locator("#music-opening-told")).to_contain_text("tune.mid: 12 notes", timeout=WAIT)
    set_slider(page, "music-opening_bars", 2)
    set_slider(page, "music-bars", 64)
    set_slider(page, "music-density", 0.6)
    set_slider(page, "music-pace", 2)
    choose(page, "ensemble", "Rock band", "music")
    page.click("#music-compose")
    page.wait_for_function("+document.querySelector('#music-roll .roll').dataset.notes > 12", timeout=WAIT)
    set_slider(page, "music-tempo", 150)
    expect(page.locator("#music-status .moved")).to_contain_text("Tempo 150", timeout=WAIT)
    turned = page.evaluate(BARS_DONE) + 1  # the piece turns to it with its next bar
    page.wait_for_function(f"{BARS_DONE} > {turned + 1}", timeout=WAIT)
    page.click("#music-stop")
    wait_until_done(page)
    photograph(page, "midi-model-en-dark")
    first = save(page, "midi")
    tempos = [m.tempo for track in mido.MidiFile(save_as(tmp_path, "work.mid", first)).tracks for m in track
              if m.type == "set_tempo"]  # fmt: skip
    assert mido.bpm2tempo(150) in tempos
    other = visit(midi_model)
    other.locator("#tab-music").get_by_text("Keep or replay a work").click()
    other.set_input_files("#music-keepsake input[type=file]", tmp_path / "work.mid")
    wait_until_done(other)
    assert save(other, "midi") == first
    expect(other.locator("#music-ensemble input")).to_have_value("Rock band")
    other.click("#music-go_on")
    wait_for_version(other, 2)


def test_a_file_brought_while_the_composer_loads_waits_for_it(patient, visit, tmp_path):
    studio, gate = patient
    page = visit(studio, ready="load")
    page.set_input_files(
        "input:has(+ #music-upload)", save_as(tmp_path, "tune.mid", write_midi(write_score(TUNE, 600)))
    )
    expect(page.locator("#music-opening-told")).to_contain_text("as soon as the composer has loaded", timeout=WAIT)
    gate.touch()
    expect(page.locator("#music-opening-told")).to_contain_text("12 notes, 1 instruments", timeout=WAIT)
