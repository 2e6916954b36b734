"""Take a page home: as plain text, Markdown, a Word document, or a page to print.

The text may be a stranger's: every character of it is written as text, never as markup.
"""

import html
import io
import re
import string
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pipelines.text.manuscript import Block, Line, Manuscript, Span

STYLE_SHEET = Path(__file__).parent.parent / "assets" / "print.css"
STANDING_QUOTES = str.maketrans("“”‘’", "﹃﹄﹁﹂")
MARKDOWN = re.compile(r"([\\`*_\[\]<>&~|$#])")
MARKDOWN_START = re.compile(r"(\d{1,9}(?=[.)])|(?=[+=-]))")


FORMATS = ("txt", "md", "docx", "print", "vertical")
ENDINGS = {"print": "html", "vertical": "html"}


def export(manuscript: Manuscript, kind: str) -> tuple[str, bytes]:
    """Return a file's name and content, in one of the `FORMATS`."""
    writers: dict[str, Callable[[Manuscript], str | bytes]] = {
        "txt": write_txt,
        "md": write_markdown,
        "docx": write_docx,
        "print": write_print,
        "vertical": partial(write_print, vertical=True),
    }
    content = writers[kind](manuscript)
    return name_file(manuscript.title, ENDINGS.get(kind, kind)), content.encode() if isinstance(
        content, str
    ) else content


def name_file(title: str, ending: str) -> str:
    """Return a file name of the title's letters and digits, which can't leave its folder: `Moon Song.docx`."""
    name = " ".join(re.sub(r"[^\w-]+", " ", title).split())[:60].strip("-_ ")
    return f"{name or 'triptych'}.{ending}"


def write_txt(manuscript: Manuscript) -> str:
    """Return the title and the page as they are."""
    return f"{manuscript.title}\n\n{manuscript.text}\n".lstrip("\n")


def write_markdown(manuscript: Manuscript) -> str:
    """Return the page in CommonMark."""
    title = [f"# {_escape_markdown(manuscript.title)}"] if manuscript.title else []
    blocks = [_block_in_markdown(block, manuscript.language) for block in manuscript.blocks]
    return "\n\n".join([*title, *blocks]) + "\n"


def _block_in_markdown(block: Block, language: str) -> str:
    if block.kind == "break":
        return "* * *"
    lines = ["".join(_span_in_markdown(span, language) for span in line) for line in block.lines]
    if block.kind == "heading":
        return f"{'#' * (block.level + 1)} {lines[0]}"
    lines = [MARKDOWN_START.sub(r"\1\\", line, count=1) if MARKDOWN_START.match(line) else line for line in lines]
    lines = ["\xa0" * (len(line) - len(line.lstrip(" \t"))) + line.lstrip(" \t") for line in lines]
    if block.speaker:
        colon = "：" if language == "zh" else ": "
        lines = [f"**{_escape_markdown(block.speaker)}**{colon}{''.join(lines[:1])}", *lines[1:]]
    return "\\\n".join(lines)


def _span_in_markdown(span: Span, language: str) -> str:
    """Set English directions in italics, brackets outside: so the asterisks always stand at a letter, as they must."""
    core = span.text.strip(string.punctuation + string.whitespace + "—…")
    if span.kind != "direction" or language != "en" or not core:
        return _escape_markdown(span.text)
    before, _, after = span.text.partition(core)
    return f"{_escape_markdown(before)}*{_escape_markdown(core)}*{_escape_markdown(after)}"


def _escape_markdown(text: str) -> str:
    return MARKDOWN.sub(r"\\\1", text)


def write_docx(manuscript: Manuscript) -> bytes:
    """Return a Word document: headings that Word can list, and a style for each kind of paragraph to change at will.

    The paragraphs are written as XML and parsed at once: python-docx takes 0.4 ms for each, half a minute for a novel.
    """
    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = manuscript.title, "", ""
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    ids = _set_styles(document, chinese=manuscript.language == "zh")
    blocks = manuscript.blocks
    title = [_paragraph_in_xml(ids["Title"], _run(manuscript.title))] if manuscript.title else []
    pairs = zip((None, *blocks), blocks, strict=False)
    paragraphs = [_block_in_xml(block, before, manuscript.form, ids) for before, block in pairs]
    before, section, after = document.part.blob.decode().partition("<w:sectPr")
    document.part._element = parse_xml("".join((before, *title, *paragraphs, section, after)).encode())
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _block_in_xml(block: Block, before: Block | None, form: str, ids: dict[str, str]) -> str:
    if block.kind == "break":
        return _paragraph_in_xml(ids["Break"], _run("* * *"))
    name = f"Heading {block.level}" if block.level else block.kind.capitalize()
    if block.kind == "paragraph" and before is not None and before.kind == "paragraph":
        name = "Next Paragraph"
    lines = [
        "".join(_run(span.text, ids.get(f"{span.kind.capitalize()} Mark")) for span in line) for line in block.lines
    ]
    speaker = _run(block.speaker, ids["Speaker"]) + _run("\u3000") if block.speaker else ""
    new_page = block.level == 1 and before is not None and form != "verse"
    return _paragraph_in_xml(ids[name], speaker + "<w:r><w:br/></w:r>".join(lines), new_page=new_page)


def _paragraph_in_xml(style: str, runs: str, *, new_page: bool = False) -> str:
    start = "<w:pageBreakBefore/>" if new_page else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{start}</w:pPr>{runs}</w:p>'


def _run(text: str, style: str | None = None) -> str:
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    words = html.escape(text).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return f'<w:r>{look}<w:t xml:space="preserve">{words}</w:t></w:r>'


def _set_styles(document: Any, *, chinese: bool) -> dict[str, str]:
    """Set the page and the styles; return the styles' ids by name."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    centre, justify = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
    layouts: dict[str, dict[str, Any]] = {
        "Normal": {"line_spacing": 1.5 if chinese else 1.25, "space_after": Pt(0), "widow_control": True},
        "Title": {"alignment": centre, "space_after": Pt(24)},
        "Heading 1": {"alignment": centre, "space_before": Pt(24), "space_after": Pt(12)},
        "Heading 2": {"alignment": centre, "space_before": Pt(18), "space_after": Pt(9)},
        "Paragraph": {"alignment": justify, "first_line_indent": Pt(24 if chinese else 0)},
        "Next Paragraph": {"alignment": justify, "first_line_indent": Pt(24 if chinese else 18)},
        "Break": {"alignment": centre, "space_before": Pt(12), "space_after": Pt(12)},
        "Stanza": {"left_indent": Cm(2.5), "space_after": Pt(14), "keep_together": True},
        "Speech": {"left_indent": Pt(30), "first_line_indent": Pt(-30), "space_after": Pt(6)},
        "Direction": {"left_indent": Pt(48), "space_before": Pt(6), "space_after": Pt(12)},
    }
    styles = {name: _get_style(document, name, WD_STYLE_TYPE.PARAGRAPH) for name in layouts}
    for name, layout in layouts.items():
        for key, value in layout.items():
            setattr(styles[name].paragraph_format, key, value)
    for name in ("Speaker", "Direction Mark", "Tune Mark"):
        styles[name] = _get_style(document, name, WD_STYLE_TYPE.CHARACTER)
    for name, style in styles.items():
        direction = name.startswith("Direction")
        _set_font(style, "KaiTi" if direction else "SimSun")
        style.font.italic = direction and not chinese
        style.font.bold = name in ("Title", "Heading 1", "Heading 2", "Speaker", "Tune Mark")
    for name, points in {"Normal": 12, "Title": 20, "Heading 1": 15, "Heading 2": 13}.items():
        styles[name].font.size = Pt(points)
    return {name: style.style_id for name, style in styles.items()}


def _get_style(document: Any, name: str, kind: WD_STYLE_TYPE) -> Any:
    return document.styles[name] if name in document.styles else document.styles.add_style(name, kind)


def _set_font(style: Any, chinese: str) -> None:
    """Set both alphabets' fonts, in place of the template's theme, and its colours and rules."""
    style.font.name, style.font.color.rgb = "Georgia", RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    fonts.attrib.clear()
    for script, font in {"ascii": "Georgia", "hAnsi": "Georgia", "cs": "Georgia", "eastAsia": chinese}.items():
        fonts.set(qn(f"w:{script}"), font)
    for rule in style.element.findall(f".//{qn('w:pBdr')}"):
        rule.getparent().remove(rule)


def write_print(manuscript: Manuscript, *, vertical: bool = False) -> str:
    """Return one HTML file to print, without scripts; `vertical` sets the lines from top to bottom, right to left."""
    classes = f"{manuscript.form} {manuscript.language}{' vertical' if vertical else ''}"
    body = "\n".join(_block_in_html(block) for block in manuscript.blocks)
    title = html.escape(manuscript.title)
    text = f"{f'<h1>{title}</h1>' if title else ''}\n<main>\n{body}\n</main>"
    return PAGE.format(
        language="zh-Hans" if manuscript.language == "zh" else "en",
        classes=classes,
        title=title or "Triptych",
        style=STYLE_SHEET.read_text(encoding="utf-8"),
        text=text.translate(STANDING_QUOTES) if vertical else text,
    )


PAGE = """<!doctype html>
<html lang="{language}" class="{classes}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{text}
</body>
</html>
"""


def _block_in_html(block: Block) -> str:
    if block.kind == "break":
        return '<p class="break">＊ ＊ ＊</p>'
    if block.kind == "heading":
        return f"<h{block.level + 1}>{_line_in_html(block.lines[0])}</h{block.level + 1}>"
    if block.kind == "stanza":
        lines = "".join(f'<span class="line">{_line_in_html(line)}</span>' for line in block.lines)
        return f'<p class="stanza">{lines}</p>'
    name = f'<b class="speaker">{html.escape(block.speaker)}</b>\u3000' if block.speaker else ""
    return f'<p class="{block.kind}">{name}{"<br>".join(map(_line_in_html, block.lines))}</p>'


def _line_in_html(line: Line) -> str:
    tags = {"words": "{}", "direction": "<i>{}</i>", "tune": "<b>{}</b>"}
    return "".join(tags[span.kind].format(html.escape(span.text)) for span in line)
