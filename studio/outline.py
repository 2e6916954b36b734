"""What the margin's outline asks: which lines of the page are headings, and which heading comes next."""

from typing import Any

from starlette.exceptions import HTTPException

from pipelines.errors import ParameterError
from pipelines.params import Choice, Text
from pipelines.text.manuscript import clean, read_mark
from pipelines.text.outline import suggest_heading
from pipelines.text.prompt import FORMS, LANGUAGES

LINE = Text(max_length=200)
MOST = 2_000  # lines in one question; the page asks again for more


def find_headings(asked: Any) -> list[int]:
    """Return for each of the `lines`, pairs of a line and whether it stands alone, its heading's level or 0."""
    form, lines = _read(asked, "lines")
    return [_level(line, form, alone) for line, alone in _pairs(lines)]


def next_heading(asked: Any) -> str:
    """Return what to put at the end of a page with these `headings`."""
    form, headings = _read(asked, "headings")
    language = _check(Choice(LANGUAGES), "language", asked.get("language"))
    return suggest_heading([_check(LINE, "heading", heading) for heading in headings], form, language)


def _level(line: object, form: str, alone: object) -> int:
    mark = read_mark(clean(_check(LINE, "line", line)), form, alone=alone is True)
    return mark.level if mark else 0


def _read(asked: Any, name: str) -> tuple[str, list[Any]]:
    """Return the form and the named list of a question; these functions are open to any value that is posted."""
    if not isinstance(asked, dict) or not isinstance(asked.get(name), list) or len(asked[name]) > MOST:
        raise HTTPException(400)
    return _check(Choice(FORMS), "form", asked.get("form")), asked[name]


def _pairs(lines: list[Any]) -> list[list[Any]]:
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in lines):
        raise HTTPException(400)
    return lines


def _check(domain: Any, name: str, value: object) -> str:
    try:
        return str(domain.check(name, value))
    except ParameterError as error:
        raise HTTPException(400) from error
