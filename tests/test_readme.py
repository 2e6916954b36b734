"""The README says what the code says."""

import os
import re
from pathlib import Path

from pipelines import catalog
from studio.table import build_table

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_table_of_knobs_is_the_declaration():
    shown = re.search(r"<!-- knobs -->\n(.*?)\n<!-- /knobs -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == build_table()


def test_the_table_of_writers_is_the_catalogue():
    shown = re.search(r"<!-- catalogue -->\n(.*?)\n<!-- /catalogue -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == catalog.build_table()


def test_the_table_of_painters_is_the_catalogue():
    shown = re.search(r"<!-- painters -->\n(.*?)\n<!-- /painters -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == catalog.build_table("painting")


def test_every_option_it_names_exists():
    import pretty_midi

    import app

    font = next(Path(pretty_midi.__file__).parent.rglob("*.sf2"))
    values = {"--device": ["cpu"], "--auth": ["a:b"], "--works-at-once": ["1"], "--text-model-kind": ["chat"]}
    values |= {"--share": [], "--listen": [], "--list-models": [], "--loras": ["."], "--controlnet": ["canny=x"]}
    values |= {"--root-path": ["/studio"], "--metrics": ["off"], "--log-prompts": [], "--closing-seconds": ["30"]}
    values |= {"--most-tokens": ["9"], "--most-bars": ["9"], "--invite": [], "--auth-file": [os.devnull]}
    values |= {"--soundfont": [str(font)]}
    for option in set(re.findall(r"--[a-z][a-z-]+", README)):
        app.read_options([option, *values.get(option, ["x"])])
