"""What an artist takes home holds the page, the whole page, and nothing that acts."""

import io
import re
import time
from html.parser import HTMLParser

import pytest
from docx import Document
from markdown_it import MarkdownIt

from pipelines.text.manuscript import read_manuscript
from studio.export import name_file, write_docx, write_markdown, write_print, write_txt

HOSTILE = """<script>document.title = "taken"</script><img src=x onerror=alert(1)>
</style><style>body { display: none }</style>]]>&lt;b&gt;&amp;{text}%s
\0\x08\x1b\ud800[link](javascript:alert(1)) ![i](http://example.com/i.png) <!-- -->
    * not a list, `not code`, **not bold**, _not slanted_ # ~~x~~ |a|b|
1. not a list
- not a list
===
+ no\\"""
PLAY = "ACT I\n\n(Night.)\n\nANNE: (laughing) No.\nNever, *he* said.\n\n* * *\n\nBOB: [aside] Yes (Exit."


def read(text=PLAY, title="The <Door>", form="play", language="en"):
    return read_manuscript(text, title, form, language)


def letters(text):
    return "".join(re.findall(r"[^\W_]+", text))


class Told(HTMLParser):
    """The tags of a page, and the words of its body."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = set(), []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)

    def handle_data(self, data):
        self.words.append(data)


def paragraphs(content):
    return [(p.style.name, p.text) for p in Document(io.BytesIO(content)).paragraphs]


def test_plain_text_is_the_title_and_the_page():
    assert write_txt(read()) == f"The <Door>\n\n{PLAY}\n"
    assert write_txt(read(title="")) == f"{PLAY}\n"


def test_markdown_sets_names_directions_and_headings():
    assert write_markdown(read()) == (
        "# The \\<Door\\>\n\n## ACT I\n\n(*Night*.)\n\n**ANNE**: (*laughing*) No.\\\nNever, \\*he\\* said.\n\n* * *\n\n"
        "**BOB**: \\[*aside*\\] Yes (*Exit*.\n"
    )
    chinese = write_markdown(read("周朴园：（沉吟）闷。", "雨", language="zh"))
    assert chinese == "# 雨\n\n**周朴园**：（沉吟）闷。\n"


def test_a_word_document_has_styles_for_what_it_holds():
    content = write_docx(read())
    assert paragraphs(content) == [
        ("Title", "The <Door>"),
        ("Heading 1", "ACT I"),
        ("Direction", "(Night.)"),
        ("Speech", "ANNE\u3000(laughing) No.\nNever, *he* said."),
        ("Break", "* * *"),
        ("Speech", "BOB\u3000[aside] Yes (Exit."),
    ]
    runs = [(run.text, run.style.name) for run in Document(io.BytesIO(content)).paragraphs[3].runs]
    assert runs[0] == ("ANNE", "Speaker")
    assert ("(laughing)", "Direction Mark") in runs


def test_a_word_document_has_fonts_for_both_alphabets_and_no_stranger_as_author():
    document = Document(io.BytesIO(write_docx(read("　　甲。\n乙。", "雨", "fiction", "zh"))))
    assert 'w:eastAsia="SimSun"' in document.styles["Normal"].element.xml
    assert document.styles["Paragraph"].paragraph_format.first_line_indent.pt == 24
    assert [p.text for p in document.paragraphs] == ["雨", "甲。", "乙。"]
    assert document.core_properties.author == ""
    assert document.core_properties.title == "雨"


def test_a_word_document_keeps_stanzas_whole_and_their_indents():
    document = Document(io.BytesIO(write_docx(read("One\n  two\tthree\n\nFour", "", "verse"))))
    assert [p.text for p in document.paragraphs] == ["One\n  two\tthree", "Four"]
    assert document.styles["Stanza"].paragraph_format.keep_together


def test_english_opens_a_chapter_without_an_indent_and_later_chapters_on_a_new_page():
    text = "Chapter 1\n\nOne is long enough.\n\nTwo.\n\nChapter 2\n\nThree."
    document = Document(io.BytesIO(write_docx(read(text, "", "fiction"))))
    assert [p.style.name for p in document.paragraphs] == [
        *("Heading 1", "Paragraph", "Next Paragraph"),
        *("Heading 1", "Paragraph"),
    ]
    assert [bool(p.paragraph_format.page_break_before) for p in document.paragraphs if "Heading" in p.style.name] == [
        False,
        True,
    ]


@pytest.mark.parametrize("form", ["verse", "fiction", "play"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_text(form, language):
    manuscript = read(HOSTILE, HOSTILE[:120], form, language)
    expected = letters(manuscript.title + manuscript.text)

    page = write_print(manuscript, vertical=True)
    told = Told(page[page.index("<body>") :])
    assert told.tags <= {"body", "main", "h1", "h2", "h3", "p", "span", "br", "b", "i"}
    assert letters("".join(told.words)) == expected
    assert page.count("</style>") == 1

    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(write_markdown(manuscript))
    told = Told(rendered)
    assert told.tags <= {"h1", "h2", "h3", "p", "br", "strong", "em", "hr"}
    assert letters("".join(told.words)) == expected

    assert letters("".join(text for _, text in paragraphs(write_docx(manuscript)))) == expected


def test_the_print_page_is_one_file_that_fetches_and_runs_nothing():
    page = write_print(read())
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe)|https?:|url\(|@import", page)
    assert "<title>The &lt;Door&gt;</title>" in page


def test_vertical_lines_have_standing_quotes():
    manuscript = read("他说：“好‘书’。”", "“书”", "fiction", "zh")
    assert "﹃好﹁书﹂。﹄" in write_print(manuscript, vertical=True)
    assert "“好‘书’。”" in write_print(manuscript)


@pytest.mark.parametrize("title", ["../../etc/passwd", "/", "..", "a\0b/c\\d:e", "", "x" * 500, "\u202egnp.exe"])
def test_a_file_name_never_leaves_its_folder(title):
    name = name_file(title, "docx")
    assert re.fullmatch(r"[\w -]{1,60}\.docx", name)


def test_a_file_is_named_for_its_work():
    assert name_file("Moon Song!", "md") == "Moon Song.md"
    assert name_file("静夜思", "txt") == "静夜思.txt"


@pytest.mark.parametrize("writer", [write_txt, write_markdown, write_docx, write_print])
@pytest.mark.parametrize("text", ["", " \n\n", "\0"])
def test_an_empty_page_can_be_taken_home(writer, text):
    for form in ("verse", "fiction", "play"):
        assert writer(read(text, "", form)) is not None


@pytest.mark.parametrize("unit", ["ANNE: (x) [y] z\n", "(a\n", "HEDDA\n", "* " * 8, "line\n", "甲：“", "a\n\n"])
def test_the_time_it_takes_grows_as_the_text_does(unit):
    def measure(size):
        text = "ANNE: a\n" + unit * (size // len(unit))
        start = time.process_time()
        manuscript = read(text)
        for writer in (write_markdown, write_docx, write_print):
            writer(manuscript)
        return time.process_time() - start

    measure(1000)
    assert measure(100_000) < 3
