"""The heading that comes next on a page, in the page's own manner: after `Chapter III` comes `Chapter IV`.

Which lines are headings is for `manuscript.read_mark` to say; here they are taken apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.text.manuscript import NUMBER, ORDINAL, clean
from pipelines.text.numerals import Numeral, read_numeral

CHAPTER, SCENE = 2, 1
RANKS = {  # what holds what: a part holds chapters or acts, an act holds scenes
    **dict.fromkeys(("part", "book", *"卷部集本"), 3),
    **dict.fromkeys(("chapter", "canto", "act", *"章回幕"), CHAPTER),
    **dict.fromkeys(("scene", *"场折出节"), SCENE),
}
ACT_OF_MANY_SCENES = "折出"  # they are a classical play's scenes, and a novel's chapters where they stand in one
MARKS = re.compile(r"#{1,3}\s+")
SHAPES = (
    re.compile(
        rf"(?P<before>(?:act\s+{NUMBER}\W+(?=scene\b))?(?P<kind>chapter|canto|part|book|act|scene)\s+)"
        r"(?P<number>\w+(?:[- ]\w+)?)(?P<after>.*)",
        re.I,
    ),
    re.compile(rf"(?P<before>(?:the\s+)?)(?P<number>{ORDINAL})(?P<unit>\s+(?P<kind>act|part))(?P<after>\W*)", re.I),
    re.compile(
        r"(?P<before>第)(?P<number>[\d０-９一二三四五六七八九十百零〇]+)(?P<unit>(?P<kind>[章回折出卷幕部集本节场]))(?P<after>.*)"
    ),
    re.compile(r"(?P<before>(?P<kind>)其?)(?P<number>[IVXLC]+|\d{1,3}|[一二三四五六七八九十]{1,3})(?P<after>[.、]?)"),
)
TITLE = re.compile(r"(?P<joint>[\s.,:：·—–-]*)(?P<title>.*)")


@dataclass(frozen=True)
class Heading:
    """A numbered heading in its parts; `titled` says that a title followed, of which `after` keeps only the joint."""

    before: str
    number: Numeral
    after: str
    rank: int
    bare: bool
    titled: bool

    def write(self, value: int) -> str:
        """Return a heading of this kind with another number, ready for its title or for the text below it."""
        line = self.before + self.number.write(value) + self.after
        return line if self.titled else f"{line.rstrip()}\n\n"


def suggest_heading(headings: Sequence[str], form: str, language: str) -> str:
    """Return what to put at the end of a page that has these headings: the next chapter, in a play the next scene.

    It ends with a blank line where the text may begin, and with what joins a title where the page's headings have one.
    """
    lines = [clean(line).strip() for line in headings]
    put = _suggest([line.replace("**", "") for line in lines], form, language)
    bold = form == "play" and lines and lines[-1].startswith("**") and put.endswith("\n")
    return f"**{put.rstrip()}**\n\n" if bold else put


def _suggest(headings: Sequence[str], form: str, language: str) -> str:
    wanted = SCENE if form == "play" else CHAPTER
    known = [heading for line in headings if (heading := _read(line, wanted))]
    own = [heading for heading in known if heading.rank == wanted]
    own = [heading for heading in own if not heading.bare] or own
    above = [heading for heading in known if heading.rank > wanted]
    if own:
        opened = next(heading for heading in reversed(known) if heading.rank > wanted or heading in own).rank > wanted
        anew = opened and (form == "play" or any(one.number.value >= two.number.value for one, two in pairwise(own)))
        return own[-1].write(1) if anew else _go_on(own)
    if len(above) > 1:
        return _go_on([heading for heading in above if heading.rank == min(one.rank for one in above)])
    if known and not above:
        return _go_on(known)
    marks = [mark[0] for line in headings if (mark := MARKS.match(line))]
    return marks[-1] if marks and not above else _begin(form, language, above[-1] if above else None)


def _go_on(headings: Sequence[Heading]) -> str:
    return headings[-1].write(headings[-1].number.value + 1)


def _begin(form: str, language: str, above: Heading | None) -> str:
    """Return the first heading of its kind, in the manner of the act or part that holds it."""
    play = form == "play"
    marks = f"#{mark[0]}" if above and (mark := MARKS.match(above.before)) else ""
    if above.before.endswith("第") if above else language == "zh":
        if form in ("play", "fiction"):
            number = above.number.write(1) if above else "一"
            return f"{marks}第{number}{'场' if play else '章'}\n\n"
        return "其一\n\n"
    if form not in ("play", "fiction"):
        return "I.\n\n"
    number = above.number.write(1) if above and above.number.manner != "ordinal" else "I" if play else "One"
    line = f"{marks}{'Scene' if play else 'Chapter'} {number}"
    return f"{line.upper() if above and above.before.isupper() else line}\n\n"


def _read(line: str, wanted: int) -> Heading | None:
    """Take a heading apart; return None where it bears no number."""
    marks = mark[0] if (mark := MARKS.match(line)) else ""
    for shape in SHAPES:
        found = shape.fullmatch(line[len(marks) :])
        if found is None:
            continue
        number, after = found["number"], found["after"]
        numeral = read_numeral(number)
        if numeral is None and (cut := re.search(r"[- ]", number)):  # the second word is the title's
            number, after = number[: cut.start()], number[cut.start() :] + after
            numeral = read_numeral(number)
        if numeral is None:
            return None
        kind = found["kind"].lower()
        rank = CHAPTER if kind in ACT_OF_MANY_SCENES and wanted == CHAPTER else RANKS.get(kind, wanted)
        title = TITLE.fullmatch(after)
        assert title is not None
        titled = bool(title["title"])
        after = found.groupdict().get("unit", "") + (title["joint"] if titled else after)
        return Heading(marks + found["before"], numeral, after, rank, not kind, titled)
    return None
