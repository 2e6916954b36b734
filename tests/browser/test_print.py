"""The page to print, opened and printed in a browser."""

import io

import pypdfium2
import pytest

from pipelines.text.manuscript import read_manuscript
from studio.export import write_print

pytestmark = pytest.mark.browser

QUATRAIN = "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。"


@pytest.fixture
def open_print(chromium, tmp_path):
    """Return a function that writes the page, opens it and fails where it fetches, runs or reports anything."""
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    trouble = []

    def open_page(text, title, form, language, vertical=False):
        file = tmp_path / "page.html"
        manuscript = read_manuscript(text, title, form, language)
        file.write_text(write_print(manuscript, vertical=vertical), encoding="utf-8")
        page = context.new_page()
        page.on("request", lambda r: None if r.url == file.as_uri() else trouble.append(r.url))
        page.on("console", lambda m: trouble.append(m.text))
        page.on("dialog", lambda d: (trouble.append(d.message), d.dismiss()))
        page.goto(file.as_uri())
        return page

    yield open_page
    context.close()
    assert not trouble


def printed(page):
    """Print to PDF and return the text of each sheet."""
    pdf = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    try:
        return [sheet.get_textpage().get_text_bounded() for sheet in pdf]
    finally:
        pdf.close()


def box(page, selector):
    return page.locator(selector).bounding_box()


def test_verse_stands_in_the_middle_and_no_stanza_is_split(open_print):
    poem = "\n\n".join("\n".join(f"S{s:02d}L{n} of the poem" for n in range(5)) for s in range(20))
    page = open_print(poem, "Sonnet", "verse", "en")
    block = box(page, "main")
    assert block["width"] < 450
    assert abs(block["x"] + block["width"] / 2 - 450) < 10
    sheets = printed(page)
    assert len(sheets) > 2
    for stanza in range(20):
        assert sum(f"S{stanza:02d}L" in sheet for sheet in sheets) == 1


def test_chapters_open_on_a_new_sheet_and_paragraphs_are_indented(open_print):
    page = open_print("Chapter 1\n\nOne is here.\n\nTwo.\n\nChapter 2\n\nThree.", "Tale", "fiction", "en")
    indents = page.locator(".paragraph").evaluate_all("all => all.map(p => parseFloat(getComputedStyle(p).textIndent))")
    assert indents[0] == 0 < indents[1]
    first, second = printed(page)
    assert "Two." in first
    assert "Three." in second


def test_chinese_paragraphs_are_indented_by_two_characters(open_print):
    page = open_print("第一回\n话说。\n又说。", "书", "fiction", "zh")
    sizes = page.locator(".paragraph").evaluate_all(
        "all => all.map(getComputedStyle).map(style => [style.textIndent, style.fontSize].map(parseFloat))"
    )
    assert len(sizes) == 2
    assert all(indent == pytest.approx(2 * size, abs=0.1) for indent, size in sizes)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_names_hang_in_a_play(open_print):
    page = open_print("ANNE: " + "word " * 60 + "\n\n(Exit.)", "Play", "play", "en")
    words = page.locator(".speech").evaluate(
        "p => { const range = document.createRange(); range.selectNodeContents(p.lastChild);"
        " return Math.min(...[...range.getClientRects()].slice(1).map(line => line.left)) }"
    )
    assert words > box(page, ".speaker")["x"] + 20
    assert page.locator("p.direction").evaluate("p => getComputedStyle(p).fontStyle") == "italic"


def test_vertical_chinese_runs_down_and_from_right_to_left(open_print):
    page = open_print(QUATRAIN, "早发白帝城", "verse", "zh", vertical=True)
    first, second = page.locator(".line").evaluate_all("all => all.map(line => line.getBoundingClientRect().toJSON())")
    assert box(page, "h1")["x"] > first["x"] > second["x"]
    assert first["height"] > 5 * first["width"]
    assert len(printed(page)) == 1


def test_a_long_vertical_text_is_printed_whole(open_print):
    text = "\n".join(f"第{n}段，" + "春江潮水连海平，" * 20 for n in range(60))
    page = open_print(text, "江", "fiction", "zh", vertical=True)
    sheets = printed(page)
    assert len(sheets) > 3
    assert sum(sheet.count("潮") for sheet in sheets) == 1200


def test_hostile_text_does_nothing(open_print):
    hostile = '<script>document.title = "taken"</script><img src="http://example.com/x" onerror=alert(1)></style>]]>'
    for form in ("verse", "fiction", "play"):
        page = open_print(f"{hostile}\0\n\n{hostile}: {hostile}", hostile, form, "en")
        assert page.title() == hostile
        assert hostile in page.locator("main").inner_text()
        assert page.locator("script, img, main style").count() == 0
