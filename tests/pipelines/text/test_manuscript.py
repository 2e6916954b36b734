"""A page is read as its reader would read it, and no word is lost."""

import pytest

from pipelines.text.manuscript import read_manuscript, speakers

PLAY = """ACT I

SCENE: A room. Night.

(Enter HEDDA.)

HEDDA: (laughing) Who is there?
So late: and nobody.

DR. STOCKMANN (aside): Not I. (Exit.

Thea: Nor I.

BRACK
I am here.
(He bows.)

And here I stay,
All night."""

DRAMA = """第一幕　雨夜

时间：夏天

（雷声。）

周朴园：（沉吟）天气太闷了。
鲁侍萍（低声）：老爷。
周朴园　你贵姓？
他没有说话，走了。

第二场"""

CLASSICAL = "【绕地游】〔旦上〕梦回莺啭。〔贴〕晓来望断。〔旦笑介〕你道翠生生。\n（外）天子多情爱沈郎。"


def read(text, form, language="en"):
    return read_manuscript(text, "", form, language).blocks


def words(block):
    return ["".join(span.text for span in line) for line in block.lines]


def seen(blocks):
    return [(block.kind, block.speaker, *words(block)) for block in blocks]


def directions(block):
    return [span.text for line in block.lines for span in line if span.kind == "direction"]


def test_an_english_play_has_speeches_and_directions():
    blocks = read(PLAY, "play")
    assert seen(blocks) == [
        ("heading", "", "ACT I"),
        ("direction", "", "SCENE: A room. Night."),
        ("direction", "", "(Enter HEDDA.)"),
        ("speech", "HEDDA", "(laughing) Who is there?", "So late: and nobody."),
        ("speech", "DR. STOCKMANN", "(aside) Not I. (Exit."),
        ("speech", "Thea", "Nor I."),
        ("speech", "BRACK", "I am here.", "(He bows.)"),
        ("paragraph", "", "And here I stay,", "All night."),
    ]
    assert directions(blocks[3]) == ["(laughing)"]
    assert directions(blocks[4]) == ["(aside)", "(Exit."]


def test_a_chinese_play_has_speeches_and_directions():
    blocks = read(DRAMA, "play", "zh")
    assert seen(blocks) == [
        ("heading", "", "第一幕　雨夜"),
        ("direction", "", "时间：夏天"),
        ("direction", "", "（雷声。）"),
        ("speech", "周朴园", "（沉吟）天气太闷了。"),
        ("speech", "鲁侍萍", "（低声）老爷。"),
        ("speech", "周朴园", "你贵姓？", "他没有说话，走了。"),
        ("heading", "", "第二场"),
    ]
    assert directions(blocks[3]) == ["（沉吟）"]
    assert [block.level for block in blocks if block.kind == "heading"] == [1, 2]


def test_classical_marks_are_told_from_the_words():
    first, second = read(CLASSICAL, "play", "zh")
    assert [(span.kind, span.text) for span in first.lines[0][:3]] == [
        ("tune", "【绕地游】"),
        ("direction", "〔旦上〕"),
        ("words", "梦回莺啭。"),
    ]
    assert directions(second) == ["（外）"]


@pytest.mark.parametrize(
    ("text", "cast"),
    [
        (PLAY, ("Thea", "DR. STOCKMANN", "HEDDA", "BRACK")),
        (DRAMA, ("鲁侍萍", "周朴园")),
        (CLASSICAL, ("旦", "贴", "外")),
        ("甲：你好。\n乙：你好。\n甲：（生气地）走吧。", ("乙", "甲")),
        ("Only words here, and a time: noon.", ()),
        ("", ()),
    ],
)
def test_the_cast_is_offered_with_the_likeliest_answer_first(text, cast):
    assert speakers(text) == cast


def test_a_line_inside_a_speech_is_no_cue_where_names_are_in_capitals():
    assert speakers("JULIET: Yet I should kill thee.\nEnough: good night.\n\nROMEO: Sleep.") == ("JULIET", "ROMEO")


def test_verse_keeps_stanzas_lines_and_indents():
    blocks = read("\n\n  One\nTwo  \n\n\nII.\n\nThree\n\n# Four", "verse")
    assert seen(blocks) == [
        ("stanza", "", "  One", "Two"),
        ("heading", "", "II."),
        ("stanza", "", "Three"),
        ("heading", "", "Four"),
    ]


@pytest.mark.parametrize("form", ["ci", "qu", "modern"])
def test_chinese_forms_of_verse_are_verse(form):
    manuscript = read_manuscript("明月几时有？\n把酒问青天。", "水调 \n 歌头", form, "zh")
    assert manuscript.form == "verse"
    assert manuscript.title == "水调 歌头"
    assert len(manuscript.blocks) == 1


def test_fiction_has_chapters_breaks_paragraphs_and_quoted_verse():
    text = (
        "CHAPTER I The Stranger\nIt rained.\nNobody came.\n\n"
        "Chapter house or not, he went in, and he stayed there until the morning came at last, and then he left.\n\n"
        "* * *\n\nHe sang:\n\nO western wind,\nWhen wilt thou blow\n\nthis was wrapped by\nsome other hand."
    )
    assert seen(read(text, "fiction")) == [
        ("heading", "", "CHAPTER I The Stranger"),
        ("paragraph", "", "It rained."),
        ("paragraph", "", "Nobody came."),
        ("paragraph", "", text.split("\n\n")[1]),
        ("break", ""),
        ("paragraph", "", "He sang:"),
        ("stanza", "", "O western wind,", "When wilt thou blow"),
        ("paragraph", "", "this was wrapped by some other hand."),
    ]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        *(("Act Two", 1), ("ACT IV — SCENE I", 1), ("Scene 2. The garden", 2), ("First Act", 1), ("Epilogue", 1)),
        *(("第六十回", 1), ("第一章　雨", 1), ("第十二出·选优", 1), ("第3节", 2), ("楔子", 1), ("### The end", 2)),
        *(("Act the tender, and do the cruel;", 0), ("Part of her legs' sincerity:", 0), ("第一场雨下了三天。", 0)),
        *(("第一出，《豪宴》，第二出，《乞巧》，", 0), ("Prologue was all he wrote that year", 0)),
    ],
)
def test_headings_are_told_from_sentences(line, level):
    (block,) = read(line, "fiction")
    assert block.level == level


@pytest.mark.parametrize("form", ["verse", "fiction", "play"])
@pytest.mark.parametrize("text", [PLAY, DRAMA, CLASSICAL, "((((（（〔[【", "：：\n: :\nA:\n", "**", "\t\n \n", ""])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_letter_is_lost_in_any_form(form, text, language):
    blocks = read(text, form, language)
    told = "".join(block.speaker + "".join(words(block)) for block in blocks)
    assert [c for c in told if c.isalnum()] == [c for c in text if c.isalnum()]


def test_what_no_document_can_hold_is_left_out():
    manuscript = read_manuscript("a\0b\x1b[31m\ud800c\ufffe\r\nd\x85e\u2028f", "t\0", "verse", "en")
    assert manuscript.text == "ab[31mc\nd\ne\nf"
    assert manuscript.title == "t"
