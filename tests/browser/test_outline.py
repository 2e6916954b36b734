"""A novelist and a playwright see what they have, jump to it, and open the next chapter or scene."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import WAIT, choose, set_slider, text_of, until_text, wait_for_status

pytestmark = pytest.mark.browser

CHAPTER = "The boats came in at dusk, and nobody was on the quay to meet them.\n\n" * 12
NOVEL = (
    f"Chapter I: The Harbour\n\n{CHAPTER}Chapter II: The <b>Lamp</b>\n\n{CHAPTER}Chapter III: Salt\n\nSalt came up.\n"
)
CARET = "() => document.querySelector('#literature-page textarea').selectionStart"

PASTE = """(text) => {
  const box = document.querySelector('#literature-page textarea');
  box.value = text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
}"""


def outline_of(page):
    return page.locator(".margin-outline .name").all_inner_texts()


def current(page):
    return page.locator(".margin-outline [aria-current] .name").all_inner_texts()


def test_a_verse_page_has_no_outline_until_it_has_a_heading(visit):
    page = visit()
    expect(page.locator(".margin-outline")).to_be_hidden()
    choose(page, "form", "Fiction")
    expect(page.get_by_role("button", name="New chapter")).to_be_visible()
    choose(page, "form", "Play")
    expect(page.get_by_role("button", name="New scene")).to_be_visible()
    choose(page, "form", "Verse")
    expect(page.locator(".margin-outline")).to_be_hidden()
    page.fill("#literature-page textarea", "II.\n\nThe moon is on the sea,\nII.\n")
    expect(page.locator(".margin-outline .name")).to_have_text(["II."])


def test_chapters_are_listed_with_their_lengths_and_jumped_to(visit):
    page = visit()
    choose(page, "form", "Fiction")
    page.fill("#literature-page textarea", NOVEL)
    names = ["Chapter I: The Harbour", "Chapter II: The <b>Lamp</b>", "Chapter III: Salt"]
    expect(page.locator(".margin-outline .name")).to_have_text(names)
    assert page.locator(".margin-outline small").all_inner_texts() == ["180 words", "180 words", "3 words"]
    second = page.get_by_role("button", name=re.compile("Chapter II:"))
    second.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(CARET) == NOVEL.index("Chapter II:")
    expect(page.locator("#literature-page textarea")).to_be_focused()
    assert current(page) == ["Chapter II: The <b>Lamp</b>"]
    line = page.evaluate(
        "() => { const box = document.querySelector('#literature-page textarea');"
        " return [box.scrollTop, box.clientHeight, parseFloat(getComputedStyle(box).lineHeight)]; }"
    )
    lines_above = NOVEL[: NOVEL.index("Chapter II:")].count("\n")  # each paragraph is one line at this width
    assert line[0] <= lines_above * line[2] + 40 <= line[0] + line[1]
    page.keyboard.press("ArrowUp")
    assert current(page) == ["Chapter I: The Harbour"]
    page.keyboard.press("Control+End")
    assert current(page) == ["Chapter III: Salt"]
    page.keyboard.type("More salt.")
    expect(page.locator(".margin-outline small").last).to_have_text("5 words", use_inner_text=True)


def test_a_new_chapter_is_opened_undone_and_written_on(visit):
    page = visit()
    choose(page, "form", "Fiction")
    page.get_by_role("button", name="New chapter").click()
    until_text(page, "Chapter One\n\n")
    page.keyboard.type("It rained.")
    until_text(page, "Chapter One\n\nIt rained.")
    page.get_by_role("button", name="New chapter").click()
    opened = "Chapter One\n\nIt rained.\n\nChapter Two\n\n"
    until_text(page, opened)
    assert page.evaluate(CARET) == len(opened)
    expect(page.locator(".margin-outline .name")).to_have_text(["Chapter One", "Chapter Two"])
    page.click("#literature-undo")
    until_text(page, "Chapter One\n\nIt rained.")
    expect(page.locator(".margin-outline .name")).to_have_text(["Chapter One"])
    page.click("#literature-redo")
    until_text(page, opened)
    set_slider(page, "literature-max_tokens", 16)
    page.click("#literature-continue")
    page.wait_for_function(
        "n => document.querySelector('#literature-page textarea').value.length > n", arg=len(opened) + 3, timeout=WAIT
    )
    wait_for_status(page, "literature")
    assert text_of(page).startswith(opened)
    expect(page.locator(".margin-outline .name").nth(1)).to_have_text("Chapter Two")


def test_a_playwright_goes_from_scene_to_scene(visit):
    page = visit()
    choose(page, "form", "Play")
    play = "ACT I\n\nSCENE I\n\nANNA: Who is there?\n\nSCENE II\n\nBORIS: Nobody."
    page.fill("#literature-page textarea", play)
    page.get_by_role("button", name="New scene").click()
    until_text(page, f"{play}\n\nSCENE III\n\n")
    expect(page.locator(".margin-outline .name")).to_have_text(["ACT I", "SCENE I", "SCENE II", "SCENE III"])
    assert page.locator(".margin-outline .minor").count() == 3
    page.keyboard.press("Control+z")
    until_text(page, play)


def test_a_chinese_novel_is_counted_in_characters_and_goes_on_in_its_manner(visit):
    page = visit(locale="zh-CN", viewport={"width": 390, "height": 844})
    choose(page, "form", "小说")
    page.get_by_role("button", name="新的一章").click()
    until_text(page, "第一章\n\n")
    novel = "第一回 灵根育孕\n\n诗曰：混沌未分天地乱。\n\n第二回 悟彻菩提\n\n话表美猴王。"
    page.fill("#literature-page textarea", novel)
    expect(page.locator(".margin-outline small").first).to_have_text("9 字", use_inner_text=True)
    assert outline_of(page) == ["第一回 灵根育孕", "第二回 悟彻菩提"]
    page.get_by_role("button", name="新的一章").click()
    until_text(page, f"{novel}\n\n第三回 ")
    small = "() => [...document.querySelectorAll('.margin-outline button')].filter((b) => b.offsetHeight < 44).length"
    assert page.evaluate(small) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_long_page_is_read_once_and_then_only_what_is_new(visit):
    page = visit()
    choose(page, "form", "Fiction")
    asked = []
    page.on("request", lambda r: asked.append(r.post_data) if "component_server" in r.url else None)
    lines = [f"Line {number} of a long tale." for number in range(4500)]
    novel = "Chapter 1\n\n" + "\n".join(lines) + "\n\nChapter 2\n\nThe end"
    page.evaluate(PASTE, novel)
    expect(page.locator(".margin-outline .name")).to_have_text(["Chapter 1", "Chapter 2"], timeout=WAIT)
    assert len(asked) == 3
    page.locator("#literature-page textarea").press("Control+End")
    page.keyboard.type("\n\nChapter 3")
    expect(page.locator(".margin-outline .name")).to_have_text(["Chapter 1", "Chapter 2", "Chapter 3"])
    assert all(len(body) < 300 for body in asked[3:])
