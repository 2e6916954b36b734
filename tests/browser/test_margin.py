"""A writer in the margin: versions, other words, columns, and nothing lost."""

import re

import pytest
from docx import Document
from playwright.sync_api import expect

from tests.browser.hands import WAIT, set_seed, set_slider, text_of, until_text, wait_for_status

pytestmark = pytest.mark.browser

SELECT = """([from, to]) => {
  const box = document.querySelector('#literature-page textarea');
  box.focus();
  box.setSelectionRange(from, to);
  box.dispatchEvent(new Event('select'));
}"""


def write(page, opening="The moon is on the silent sea,\n", tokens=24):
    set_slider(page, "literature-max_tokens", tokens)
    page.fill("#literature-prompt textarea", opening)
    page.click("#literature-write")
    page.wait_for_function(
        "n => document.querySelector('#literature-page textarea').value.length > n", arg=len(opening) + 5, timeout=WAIT
    )
    wait_for_status(page, "literature")
    expect(page.locator(".margin.busy")).to_have_count(0)
    return text_of(page)


def test_undo_and_redo_go_over_every_change(visit):
    page = visit()
    written = write(page)
    page.click("#literature-page textarea")
    page.keyboard.press("Control+End")
    page.keyboard.type("And so to bed.")
    typed = written + "And so to bed."
    until_text(page, typed)
    page.keyboard.press("Control+z")
    until_text(page, written)
    page.click("#literature-undo")
    until_text(page, "")
    page.click("#literature-redo")
    until_text(page, written)
    page.click("#literature-redo")
    until_text(page, typed)


def test_retry_keeps_both_versions_side_by_side(visit):
    page = visit()
    first = write(page)
    page.click("#literature-retry")
    expect(page.locator(".margin .column")).to_have_count(2, timeout=WAIT)
    second = text_of(page)
    assert second != first
    assert second.startswith("The moon is on the silent sea,\n")
    page.locator(".margin .column:not(.here) button").click()
    until_text(page, first)


def test_a_word_that_was_nearly_chosen_takes_the_work_on_from_there(visit):
    page = visit()
    written = write(page)
    place = written.index("\n") + 1
    page.evaluate(SELECT, [place + 6, place + 6])
    expect(page.locator(".margin .chosen")).to_contain_text("%")
    chip = page.locator(".margin .chip").first
    other = chip.evaluate("chip => chip.firstChild.textContent")
    chip.click()
    page.wait_for_function("t => document.querySelector('#literature-page textarea').value !== t", arg=written)
    expect(page.locator(".margin.busy")).to_have_count(0, timeout=WAIT)
    changed = text_of(page)
    assert changed[:place] == written[:place]
    assert other in changed[place : place + 24]


def test_another_word_and_a_rewritten_line_fit_in(visit):
    page = visit()
    page.fill("#literature-page textarea", "I saw the day and the stars were in the sky;\nThe moon was bright.\n")
    page.evaluate(SELECT, [10, 13])
    page.get_by_role("button", name="Another word").click()
    chip = page.locator(".margin .chip").first
    expect(chip).to_be_visible(timeout=WAIT)
    word = chip.inner_text()
    chip.click()
    until_text(page, f"I saw the {word} and the stars were in the sky;\nThe moon was bright.\n")
    before = text_of(page)
    start = before.index("The moon")
    page.evaluate(SELECT, [start, start + 20])
    page.get_by_role("button", name="Rewrite").click()
    offer = page.locator(".margin .offer").first
    expect(offer).to_be_visible(timeout=WAIT)
    expect(page.locator(".margin.asking")).to_have_count(0, timeout=WAIT)
    line = offer.text_content()
    offer.click()
    until_text(page, before[:start] + line + before[start + 20 :])
    page.click("#literature-undo")
    until_text(page, before)


def test_three_ways_stand_in_columns_and_each_may_be_taken(visit):
    page = visit()
    page.fill("#literature-page textarea", "月光如水，\n")
    set_slider(page, "literature-max_tokens", 24)
    page.click("#literature-chorus")
    expect(page.locator(".margin .column")).to_have_count(3, timeout=WAIT)
    wait_for_status(page, "literature")
    expect(page.locator(".margin .column button")).to_have_count(2, timeout=WAIT)
    texts = page.locator(".margin .column p").all_inner_texts()
    assert len(set(texts)) == 3
    page.locator(".margin .column button").last.click()
    until_text(page, "月光如水，\n" + page.locator(".margin .column.here p").text_content())
    page.click("#literature-undo")
    until_text(page, "月光如水，\n")


def test_a_reload_in_the_middle_of_a_work_loses_nothing(visit):
    page = visit()
    set_slider(page, "literature-max_tokens", 1024)
    page.fill("#literature-prompt textarea", "Once upon a time\n")
    set_seed(page, "literature", 2)
    page.click("#literature-write")
    page.wait_for_function(
        "() => JSON.stringify(localStorage.getItem('triptych-literature') || '').length > 2000", timeout=WAIT
    )
    before = text_of(page)
    page.reload()
    page.wait_for_selector("#literature-write")
    expect(page.locator("#literature-page textarea")).to_have_value(re.compile("^Once upon a time\n.{20}", re.S))
    page.trouble.clear()  # gradio complains of the connection that was cut
    kept = text_of(page)
    assert kept.startswith(before[: max(20, len(kept) // 2)])


def test_a_second_tab_keeps_both_pages(visit):
    page = visit()
    mine = write(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#literature-write")
    expect(other.locator("#literature-page textarea")).to_have_value(mine)
    other.fill("#literature-page textarea", "A page of the other tab")
    other.wait_for_timeout(1500)
    page.click("#literature-page textarea")
    page.keyboard.press("Control+End")
    page.keyboard.type(" and mine")
    page.wait_for_timeout(1500)
    page.reload()
    page.wait_for_selector("#literature-write")
    page.click(".margin-versions summary")
    versions = page.locator(".margin-versions .end").all_inner_texts()
    assert any("other tab" in version for version in versions)
    assert any("and mine" in version for version in versions)


def test_words_are_coloured_by_writer_and_by_surprise(visit):
    page = visit()
    opening = "The moon is on the silent sea,\n"
    written = write(page, opening)
    page.locator("[data-look=whose]").click()
    theirs = "".join(page.locator(".margin-sheet .theirs").all_text_contents())
    assert theirs == written[len(opening) :]
    page.locator("[data-look=surprise]").click()
    page.wait_for_function("() => document.querySelectorAll('.margin-sheet span[class^=s]').length > 6", timeout=WAIT)
    box = page.locator("#literature-page textarea").bounding_box()
    sheet = page.locator(".margin-sheet").bounding_box()
    assert abs(box["x"] - sheet["x"]) <= 1
    assert abs(box["y"] - sheet["y"]) <= 1


def test_a_mood_sets_the_sliders(visit):
    page = visit()
    page.get_by_text("More", exact=True).first.click()
    handles = {}
    moods = {"wild": ("1.15", "1", "0.02"), "restrained": ("0.5", "0.85", "0.1"), "balanced": ("0.75", "0.95", "0.05")}
    for mood, values in moods.items():
        page.click(f"#literature-{mood}")
        for name, value in zip(("temperature", "top_p", "min_p"), values, strict=True):
            expect(page.locator(f"#literature-{name} input[type=number]")).to_be_visible()
            expect(page.locator(f"#literature-{name} input[type=number]")).to_have_value(value)
            expect(page.locator(f"#literature-{name} input[type=range]")).to_have_value(value)
        handles[mood] = page.locator("#literature-temperature input[type=range]").screenshot()
    assert len(set(handles.values())) == 3


def test_any_version_is_seen_beside_the_page_and_taken_or_left(visit):
    page = visit()
    box = page.locator("#literature-page textarea")
    first = "The boats came in at dusk, and nobody was there.\n\nThe lamp was gone <b>again</b>."
    second = first.replace("nobody", "everybody").replace("gone", "lit")
    for text in (first, second):
        box.fill(text)
        page.wait_for_timeout(1200)
    page.click(".margin-versions summary")
    page.locator(".margin-versions .version", has_text="gone").click()
    columns = page.locator(".margin-columns.compared .column")
    expect(columns).to_have_count(2)
    assert [part.text_content() for part in columns.locator("p").all()] == [second, first]
    left, right = (column.bounding_box() for column in columns.all())
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) <= 1
    assert columns.last.locator("mark").all_text_contents() == ["nobody", "gone"]
    assert text_of(page) == second
    page.get_by_role("button", name="Close").click()
    expect(columns).to_have_count(0)
    expect(page.locator(".margin-versions .version", has_text="gone")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Use this one")).to_be_focused()
    page.keyboard.press("Enter")
    until_text(page, first)
    expect(columns).to_have_count(0)


def test_the_page_is_taken_home_as_word_and_as_a_page_to_print(visit):
    page = visit()
    page.fill("#literature-page textarea", "ANNA: Who is <b>there</b>?\n\nBORIS: (softly) Nobody.\n")
    page.fill("#literature-title textarea, #literature-title input", "The Door")
    page.click("#literature-format input")
    page.get_by_role("option", name="Word").click()
    with page.expect_download() as saved:
        page.click("#literature-download")
    assert saved.value.suggested_filename == "The Door.docx"
    text = "\n".join(part.text for part in Document(saved.value.path()).paragraphs)
    assert "Who is <b>there</b>?" in text
    page.click("#literature-format input")
    page.get_by_role("option", name="Page to print", exact=True).click()
    with page.expect_download() as printed:
        page.click("#literature-download")
    assert "&lt;b&gt;there" in printed.value.path().read_text(encoding="utf-8")


def test_the_cast_is_offered_in_a_play(visit):
    page = visit()
    play = "ANNA: Who is there?\n\nBORIS: Nobody.\n\n"
    page.fill("#literature-page textarea", play)
    page.evaluate(SELECT, [len(play), len(play)])
    page.get_by_role("button", name="Who speaks next?").click()
    page.locator(".margin .chip", has_text="ANNA").click()
    until_text(page, play + "ANNA: ")


def test_what_the_model_no_longer_sees_is_shaded(visit):
    page = visit()
    lines = "".join(f"The {number} moons are on the silent sea, and all the boats are still;\n" for number in range(60))
    page.fill("#literature-page textarea", lines)
    page.wait_for_timeout(1200)
    set_slider(page, "literature-max_tokens", 16)
    page.click("#literature-continue")
    wait_for_status(page, "literature")
    expect(page.locator(".margin-sheet .fallen").first).to_be_attached(timeout=WAIT)
    shaded = "".join(page.locator(".margin-sheet .fallen").all_text_contents())
    assert lines.startswith(shaded[:200])
    assert 0 < len(shaded) < len(lines)


def test_what_was_written_anywhere_outlives_a_reload(visit):
    page = visit()
    page.fill("#literature-prompt textarea", "The harbour at night")
    page.click("#tab-painting-button")
    page.fill("#painting-prompt textarea", "a boat on the sea")
    for _ in range(2):  # the second time the painting tab has not been opened in between
        page.reload()
        expect(page.locator("#literature-prompt textarea")).to_have_value("The harbour at night")
    page.click("#tab-painting-button")
    expect(page.locator("#painting-prompt textarea")).to_have_value("a boat on the sea")
    page.click("#painting-paint")
    wait_for_status(page, "painting")
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#literature-prompt textarea")
    expect(other.locator("#literature-prompt textarea")).to_have_value("")
