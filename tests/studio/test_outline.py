"""The margin's outline is told what the exports take for headings, and whatever is posted to it ends well."""

import time

import httpx
import pytest
from starlette.exceptions import HTTPException

from pipelines.text.manuscript import read_manuscript
from studio.outline import MOST, find_headings, next_heading

PAGES = {
    "fiction": "# The Sea\n\nChapter I\nIt rained.\n\nIV.\n\n第二章　雨\n\n* * *\n\nScene 2\nThe end",
    "play": "**ACT I**\n\nSCENE II. A room\n\nIV.\n\nANNA: Act two.\n\n第一场",
    "verse": "I.\n\nThe moon\nII.\n\n其三\n\n# Four",
}


def ask_of(page, form):
    lines = ["", *page.split("\n"), ""]
    around = zip(lines, lines[1:], lines[2:], strict=False)
    return {"form": form, "lines": [[line, not before and not after] for before, line, after in around if line]}


@pytest.mark.parametrize("form", PAGES)
def test_the_outline_has_the_headings_of_the_exports(form):
    asked = ask_of(PAGES[form], form)
    levels = [level for level in find_headings(asked) if level]
    blocks = read_manuscript(PAGES[form], "", form, "en").blocks
    assert levels == [block.level for block in blocks if block.kind == "heading"]
    assert levels


def test_the_next_heading_is_in_the_pages_manner():
    assert next_heading({"form": "fiction", "language": "en", "headings": ["Chapter III"]}) == "Chapter IV\n\n"
    assert next_heading({"form": "play", "language": "zh", "headings": []}) == "第一场\n\n"


@pytest.mark.parametrize(
    "asked",
    [
        *(None, [], "x", {}, {"form": "fiction"}, {"form": "ode", "lines": []}, {"form": ["play"], "lines": []}),
        *({"form": "play", "lines": {}}, {"form": "play", "lines": [[]]}, {"form": "play", "lines": ["ab"]}),
        *({"form": "play", "lines": [["a" * 201, True]]}, {"form": "play", "lines": [["\ud800", True]]}),
        {"form": "play", "lines": [["a", True]] * (MOST + 1)},
    ],
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(HTTPException):
        find_headings(asked)


@pytest.mark.parametrize("changes", [{"headings": [1]}, {"headings": None}, {"language": "fr"}, {"form": None}])
def test_a_next_heading_of_nonsense_is_refused(changes):
    with pytest.raises(HTTPException):
        next_heading({"form": "play", "language": "en", "headings": []} | changes)


@pytest.mark.parametrize("line", ["*" * 200, "* " * 100, "第" + "一" * 199, "(" * 200, "chapter i" + " ." * 95])
@pytest.mark.parametrize("form", PAGES)
def test_two_thousand_lines_made_to_be_slow_are_not(form, line):
    begun = time.process_time()
    find_headings({"form": form, "lines": [[line, True]] * MOST})
    assert time.process_time() - begun < 2


def test_a_stranger_gets_headings_or_a_refusal(studio):
    margin = next(c["id"] for c in studio.config["components"] if c["props"].get("elem_id") == "literature-margin")

    def post(name, data):
        body = {"component_id": margin, "fn_name": name, "session_hash": "stranger", "data": data}
        return httpx.post(f"{studio.local_url}gradio_api/component_server/", json=body, timeout=60)

    asked = {"form": "fiction", "lines": [["Chapter I", True], ["It rained.", True]]}
    assert post("find_headings", asked).json() == [1, 0]
    assert post("find_headings", "x").status_code == 400
    assert post("next_heading", {"form": "fiction", "headings": ["<b>"], "language": "en"}).json() == "Chapter One\n\n"
    assert post("postprocess", "x").status_code == 404
