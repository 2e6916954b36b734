"""Read a page as an editor would: chapters and paragraphs, stanzas and lines, speeches and stage directions.

Plays follow two conventions of the training data, `NAME: (direction) words` and the marks of classical Chinese drama
(〔旦上〕 is a direction, 【绕地游】 names a tune), and those that are usual beside them: 人物：（动作）台词,
`NAME (direction): words`, a name in capitals on a line of its own. What isn't recognised stays a paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipelines.text.prompt import CHINESE_FORMS

LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ORDINAL = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last"
SMALL_NUMBER = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
NUMBER = rf"(?:\d+|[ivxlc]+|(?:{SMALL_NUMBER}|{TENS})(?:-\w+)?|{ORDINAL})"
HEADINGS = (
    re.compile(r"(?P<marks>#{1,3})\s+(?P<title>\S.*)"),
    re.compile(rf"chapter\s+{NUMBER}\b.{{0,80}}|(?:the\s+)?(?:{ORDINAL})\s+(?:act|part)\W*", re.I),
    re.compile(r"(?:prologue|epilogue)(?:\W*|\s*[.:,—–-].{0,60}|\s+in\s.{0,30})", re.I),
    re.compile(
        rf"(?:part|book|act|canto|(?P<minor>scene))\s+{NUMBER}(?:\s*[.:,—–-].{{0,80}}|\s+scene\s+{NUMBER}\W*)?", re.I
    ),
    re.compile(
        r"(?:第[\d０-９一二三四五六七八九十百千零〇两]{1,7}(?:[章回折出卷幕部集本]|(?P<minor>[节场]))|序[幕章曲]|楔子|引子|尾声|终章)"
        r"(?:[\s·：:—]+.{0,40}|[^，。！？；…\s]{0,20})"
    ),
)
NUMERAL = re.compile(r"(?:[IVXLC]+|\d{1,3}|[一二三四五六七八九十]{1,3}|其[一二三四五六七八九十]{1,3})[.、]?")
BREAK = re.compile(r"(?:[*＊·※◇\-—~]\s*){3,}|[*＊※◇]|⁂")

BRACKETED = re.compile(
    r"\((?:[^()]++|\([^()]*+\))*+(?:\)|$)|（(?:[^（）]++|（[^（）]*+）)*+）|\[[^\[\]]*+\]|［[^［］]*+］|〔[^〔〕]*+〕|(?P<tune>【[^【】]*+】)"
)
ENGLISH_CUE = re.compile(r"([^\W\d_][\w .'’&-]{0,39}?) ?(\([^()]*+\))? ?[:：]\s*+(.*)")
CHINESE_CUE = re.compile(
    r"([^\s，。！？；：:“”‘’《》…—()（）【】〔〕［］\[\]]{1,12})([(（][^()（）]*+[)）])?(?:[：:]|\u3000)\s*+(.*)"
)
HAN = re.compile("[\u3400-\u9fff]")
NOTICES = {
    *("act", "scene", "setting", "time", "place", "characters", "cast", "note", "notes", "curtain", "at rise"),
    *("时间", "地点", "时", "地", "景", "布景", "人物", "登场人物", "题目", "正名"),
}
ROLE = re.compile(r"[（(\[〔]([正副老小大魂]?[生旦末净丑贴外杂众])(?:.{0,6}[介科云唱白念上])?[）)\]〕]")
NAMED_ROLE = re.compile(r"[\[〔]([^，、]{1,4}?)上?[云唱][\]〕]")
WRAPPED_LENGTH = 80


@dataclass(frozen=True)
class Span:
    """A run of words in a line; a direction and a tune keep their brackets."""

    text: str
    kind: Literal["words", "direction", "tune"] = "words"


Line = tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """What stands on its own on the page; a heading's `level` is 1 for a chapter or an act and 2 for a scene."""

    kind: Literal["heading", "break", "paragraph", "stanza", "speech", "direction"]
    lines: tuple[Line, ...]
    speaker: str = ""
    level: int = 0


@dataclass(frozen=True)
class Manuscript:
    """A page as it was read; `form` is verse, fiction or play; `text` is the page without unprintable characters."""

    title: str
    form: str
    language: str
    text: str
    blocks: tuple[Block, ...]


def read_manuscript(text: str, title: str, form: str, language: str) -> Manuscript:
    """Read a page; characters that no document can hold (controls, surrogates) are left out."""
    text = clean(text).strip("\n")
    form = _narrow(form)
    lines = text.split("\n")
    blocks = {"verse": _read_verse, "fiction": _read_fiction, "play": _read_play}[form](lines)
    return Manuscript(" ".join(clean(title).split()), form, language, text, tuple(blocks))


def speakers(text: str) -> tuple[str, ...]:
    """Return a play's cast, the likeliest to answer first: from the latest speech back, who speaks now at the end."""
    spoken: list[str] = []
    for block in _read_play(clean(text).split("\n")):
        if block.speaker:
            spoken.append(block.speaker)
        else:
            marks = [span.text for line in block.lines for span in line if span.kind == "direction"]
            spoken += [role[1] for mark in marks if (role := ROLE.fullmatch(mark) or NAMED_ROLE.fullmatch(mark))]
    latest = list(dict.fromkeys(reversed(spoken)))
    return (*latest[1:], *latest[:1])


def clean(text: str) -> str:
    """Leave out what XML and HTML can't hold and turn every kind of line end into a plain one."""
    return UNPRINTABLE.sub("", LINE_ENDS.sub("\n", text))


def _read_verse(lines: Sequence[str]) -> Iterator[Block]:
    for stanza in _split_at_blanks(lines):
        if mark := read_mark(stanza[0], "verse", alone=len(stanza) == 1):
            yield mark
        else:
            yield Block("stanza", tuple((Span(line.rstrip()),) for line in stanza))


def _read_fiction(lines: Sequence[str]) -> Iterator[Block]:
    """Take every line for a paragraph, but short English lines that stand together for verse or for wrapped prose."""
    for group in _split_at_blanks(lines):
        marks = [read_mark(line, "fiction", alone=len(group) == 1) for line in group]
        short = all(len(line) <= WRAPPED_LENGTH and not HAN.search(line) for line in group)
        if len(group) == 1 or any(marks) or not short:
            for line, mark in zip(group, marks, strict=True):
                yield mark or Block("paragraph", ((Span(line.strip()),),))
        elif all(line.strip(" \"'(“‘—")[:1].isupper() for line in group):
            yield Block("stanza", tuple((Span(line.rstrip()),) for line in group))
        else:
            yield Block("paragraph", ((Span(" ".join(line.strip() for line in group)),),))


def _read_play(lines: Sequence[str]) -> Iterator[Block]:
    """Read groups of lines: a cue opens a speech, which lasts until the next cue, heading or empty line."""
    lines = [_strip_stars(line) for line in lines]
    capitals = any((cue := ENGLISH_CUE.match(line)) and cue[1].isupper() for line in lines)
    for group in _split_at_blanks(lines):
        blocks: list[tuple[Block, list[Line]]] = []
        for place, line in enumerate(group):
            block = read_mark(line, "play", alone=len(group) == 1) or _read_cue(
                line, small_letters=place == 0 or not capitals
            )
            if block is None and place == 0 and len(group) > 1 and line.isupper() and ENGLISH_CUE.match(line + ":"):
                block = Block("speech", (), line)
            if block is None:
                block = _read_stray(line)
                if blocks and _goes_on(blocks[-1][0], line):
                    blocks[-1][1].extend(block.lines)
                    continue
            blocks.append((block, list(block.lines)))
        yield from (replace(block, lines=tuple(lines)) for block, lines in blocks)


def _goes_on(last: Block, line: str) -> bool:
    """Return whether a line belongs to the block above it: to a speech, or to an English paragraph set in lines."""
    return last.kind == "speech" or (last.kind == "paragraph" and not HAN.search(line))


def _read_cue(line: str, *, small_letters: bool) -> Block | None:
    """Read `NAME: words`; a name in small letters only where `small_letters` says that it can't be part of a speech."""
    for pattern in (ENGLISH_CUE, CHINESE_CUE):
        cue = pattern.fullmatch(line)
        if cue is None or cue[1].lower() in NOTICES:
            continue
        name = cue[1]
        titled = small_letters and len(name.split()) < 4 and all(word[0].isupper() for word in name.split())
        if name.isupper() or titled or (pattern is CHINESE_CUE and HAN.search(name)):
            space = " " if pattern is ENGLISH_CUE and cue[2] else ""
            words = _split_spans(f"{cue[2] or ''}{space}{cue[3]}")
            return Block("speech", (words,), name)
    return None


def _read_stray(line: str) -> Block:
    """Read a line that opens nothing: a direction where brackets hold all of it or it tells of the scene."""
    spans = _split_spans(line)
    bracketed = all(span.kind == "direction" or not any(map(str.isalnum, span.text)) for span in spans)
    notice = re.split("[:：]", line, maxsplit=1)
    told = len(notice) == 2 and notice[0].strip().lower() in NOTICES
    return Block("direction" if bracketed or told else "paragraph", (spans,))


def _split_spans(line: str) -> Line:
    """Split a line at its brackets; English directions may lack the closing one."""
    spans, end = [], 0
    for mark in BRACKETED.finditer(line):
        if mark.start() > end:
            spans.append(Span(line[end : mark.start()]))
        spans.append(Span(mark[0], "tune" if mark["tune"] else "direction"))
        end = mark.end()
    if end < len(line):
        spans.append(Span(line[end:]))
    return tuple(spans)


def read_mark(line: str, form: str, *, alone: bool) -> Block | None:
    """Read a line that is a heading or a break; one of verse is only where the line stands `alone`.

    A number for itself is a chapter of fiction, a part of a poem, and nothing in a play.
    """
    form = _narrow(form)
    if form == "verse" and not alone:
        return None
    line = _strip_stars(line) if form == "play" else line.strip()
    if BREAK.fullmatch(line):
        return Block("break", ())
    for pattern in HEADINGS:
        if found := pattern.fullmatch(line):
            parts = found.groupdict()
            minor = bool(parts.get("minor")) or len(parts.get("marks") or "") > 2
            return Block("heading", ((Span(parts.get("title") or line),),), level=2 if minor else 1)
    if form != "play" and NUMERAL.fullmatch(line):
        return Block("heading", ((Span(line),),), level=1 if form == "fiction" else 2)
    return None


def _narrow(form: str) -> str:
    return "verse" if form in CHINESE_FORMS else form


def _strip_stars(line: str) -> str:
    """Leave out the marks of bold letters, in which many plays set names and headings."""
    return line.strip().replace("**", "")


def _split_at_blanks(lines: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group
