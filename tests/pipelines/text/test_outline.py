"""The next chapter bears the next number, as the page's own chapters bear theirs."""

import pytest

from pipelines.text.manuscript import read_mark
from pipelines.text.numerals import LAST, WRITERS, read_numeral
from pipelines.text.outline import suggest_heading


@pytest.mark.parametrize("manner", WRITERS)
@pytest.mark.parametrize("value", [1, 4, 9, 10, 11, 20, 40, 49, 99, 100, 101, 110, 111, 120, 305, LAST])
def test_a_number_is_read_as_it_was_written(manner, value):
    written = WRITERS[manner](value)
    numeral = read_numeral(written)
    assert numeral.value == value
    assert numeral.write(value) == written


@pytest.mark.parametrize("text", ["", "0", "iiii", "civic", "foo", "十十", "1.5", "-1", "²", "1000", "\u0663"])
def test_what_is_no_number_is_read_as_none(text):
    assert read_numeral(text) is None


@pytest.mark.parametrize(
    ("headings", "form", "following"),
    [
        (["Chapter III"], "fiction", "Chapter IV\n\n"),
        (["CHAPTER IX."], "fiction", "CHAPTER X.\n\n"),
        (["chapter one", "Chapter Twenty-Nine"], "fiction", "Chapter Thirty\n\n"),
        (["CHAPTER TWENTY ONE"], "fiction", "CHAPTER TWENTY TWO\n\n"),
        (["Chapter 09"], "fiction", "Chapter 10\n\n"),
        (["Chapter Three: The Sea"], "fiction", "Chapter Four: "),
        (["Chapter 7 — The Sea (again)"], "fiction", "Chapter 8 — "),
        (["CHAPTER I The Stranger"], "fiction", "CHAPTER II "),
        (["## Chapter 3", "### Scene 1"], "fiction", "## Chapter 4\n\n"),
        (["# A Novel", "## The Sea"], "fiction", "## "),
        (["I.", "II."], "fiction", "III.\n\n"),
        (["PART ONE", "1", "2"], "fiction", "3\n\n"),
        (["Part One", "Chapter 1", "Chapter 2", "Part Two"], "fiction", "Chapter 3\n\n"),
        (["Part One", "Chapter 1", "Part Two", "Chapter 1", "Part Three"], "fiction", "Chapter 1\n\n"),
        (["PART I"], "fiction", "CHAPTER I\n\n"),
        (["Part One", "Part Two"], "fiction", "Part Three\n\n"),
        (["Prologue"], "fiction", "Chapter One\n\n"),
        (["第三回"], "fiction", "第四回\n\n"),
        (["第三回 甄士隐梦幻识通灵"], "fiction", "第四回 "),
        (["第十九章　雨"], "fiction", "第二十章　"),
        (["第９章"], "fiction", "第１０章\n\n"),
        (["第一〇九回"], "fiction", "第一一〇回\n\n"),
        (["第一百〇九回"], "fiction", "第一百一十回\n\n"),
        (["第一卷"], "fiction", "第一章\n\n"),
        (["其一", "其二"], "verse", "其三\n\n"),
        (["ACT I", "SCENE I", "SCENE II"], "play", "SCENE III\n\n"),
        (["ACT I", "SCENE I", "SCENE II", "ACT II"], "play", "SCENE I\n\n"),
        (["ACT I, SCENE II"], "play", "ACT I, SCENE III\n\n"),
        (["ACT I"], "play", "SCENE I\n\n"),
        (["ACT I", "SCENE I", "SCENE II", "ACT II", "SCENE I"], "play", "SCENE II\n\n"),
        (["**Act One**"], "play", "**Scene One**\n\n"),
        (["## ACT I"], "play", "### SCENE I\n\n"),
        (["First Act"], "play", "Scene I\n\n"),
        (["First Act", "Second Act"], "play", "Third Act\n\n"),
        (["Act I. Scene II. A room"], "play", "Act I. Scene III. "),
        (["第一幕　雨夜"], "play", "第一场\n\n"),
        (["第一幕", "第一场", "第二场"], "play", "第三场\n\n"),
        (["第一折"], "play", "第二折\n\n"),
        (["第一出 标目", "第二出 言怀"], "play", "第三出 "),
    ],
)
def test_a_page_goes_on_in_its_own_manner(headings, form, following):
    assert suggest_heading(headings, form, "en") == following
    assert all(read_mark(line, form, alone=True).kind == "heading" for line in headings)


@pytest.mark.parametrize(
    ("form", "language", "first"),
    [
        ("fiction", "en", "Chapter One\n\n"),
        ("fiction", "zh", "第一章\n\n"),
        ("play", "en", "Scene I\n\n"),
        ("play", "zh", "第一场\n\n"),
        ("verse", "en", "I.\n\n"),
        ("modern", "zh", "其一\n\n"),
    ],
)
def test_a_page_without_headings_begins_with_the_first(form, language, first):
    assert suggest_heading([], form, language) == first
    assert read_mark(first.strip(), form, alone=True).kind == "heading"


@pytest.mark.parametrize("form", ["fiction", "play"])
@pytest.mark.parametrize(("headings", "language"), [([], "en"), ([], "zh"), (["CHAPTER FORTY-NINE"], "en")])
def test_a_heading_that_was_put_in_is_read_as_one(form, headings, language):
    put = list(headings)
    for _ in range(60):
        put.append(suggest_heading(put, form, language).strip())
        assert read_mark(put[-1], form, alone=False).kind == "heading"
    assert len(set(put)) == len(put)


@pytest.mark.parametrize("headings", [["Chapter "], ["##"], [""], ["第章"], ["Chapter civic"], ["Chapter 99999999999"]])
def test_a_heading_that_makes_no_sense_is_passed_over(headings):
    assert suggest_heading(headings, "fiction", "en") == "Chapter One\n\n"
