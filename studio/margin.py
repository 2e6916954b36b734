"""The page's margin: colours the words, keeps every version, and asks what else could stand there."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from pipelines.text.reading import Weighed
from studio.outline import find_headings, next_heading
from studio.theme import ASSETS
from studio.words import Words

LOOKS = ("plain", "whose", "surprise")
SAID = (
    "instead", "word", "rewrite", "expand", "fill", "cast", "take", "offered", "nothing", "thinking", "typed",
    "written", "chosen", "here", "use", "close", "chapter", "scene", "counted.word", "counted.words",
    "counted.letters",
)  # fmt: skip
SCRIPTS = ("elements.js", "runs.js", "history.js", "words.js", "difference.js", "columns.js", "outline.js", "margin.js")


def margin(elem_id: str, words: Words) -> Any:
    """Build the margin of the page; its value is what `frame_*` return, and it triggers `ask` and `look`."""
    looks = "".join(
        f'<button type="button" data-look="{look}" aria-pressed="{str(look == "plain").lower()}">'
        f"{words.both(f'margin.{look}')}</button>"
        for look in LOOKS
    )
    said = "".join(f'<span data-say="{key}">{words.both(f"margin.{key}")}</span>' for key in SAID)
    template = f"""
<div class="margin">
  <div class="margin-looks" role="group">{looks}</div>
  <div class="margin-tools" aria-live="polite"></div>
  <div class="margin-columns"></div>
  <nav class="margin-outline" aria-labelledby="{elem_id}-outline" hidden>
    <div><span id="{elem_id}-outline">{words.both("margin.outline")}</span></div>
    <ol></ol>
  </nav>
  <details class="margin-versions" hidden><summary>{words.both("margin.versions")}</summary><ol></ol></details>
  {said}
</div>"""
    script = "\n".join((ASSETS / "margin" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return gr.HTML(
        value="",
        html_template=template,
        css_template="",
        js_on_load=script,
        server_functions=[find_headings, next_heading],
        elem_id=elem_id,
        container=False,
        show_label=False,
        padding=False,
    )


def frame_written(  # noqa: PLR0913  one message
    *, run: int, opening: str | None, text: str, start: int, tokens: Sequence[Any], fallen: int, done: bool
) -> str:
    """Return what a run has written: all its text, and the newest tokens from number `start` on.

    `opening` is what stands before it, None where that is the page as it was.
    """
    told = [_weigh(step) for step in tokens]
    return _tell(
        "written", run=run, opening=opening, text=text, **{"from": start}, tokens=told, fallen=fallen, done=done
    )


def frame_voices(*, texts: Sequence[str], labels: Sequence[str], done: bool) -> str:
    """Return several continuations of the page that are written side by side."""
    return _tell("voices", texts=list(texts), labels=list(labels), done=done)


def frame_weighed(page: str, place: object, weighed: Sequence[Weighed]) -> str:
    """Return the newest words of a `page`, which begins at `place` of the whole page, with the model's chances."""
    told = [[one.piece, round(one.probability, 4), _pairs(one.alternatives)] for one in weighed]
    return _tell("weighed", page=page, **{"from": place}, tokens=told)


def frame_untold(page: str, place: object, *, never: bool) -> str:
    """Return that nothing can be told of the words there, or, where `never` is true, of any."""
    return _tell("untold", page=page, **{"from": place}, never=never)


def frame_offered(page: str, place: tuple[object, object], texts: Sequence[str], *, done: bool) -> str:
    """Return what could stand in the `place` of the page that was asked about."""
    return _tell("offered", page=page, **{"from": place[0], "to": place[1]}, texts=list(texts), done=done)


def _weigh(step: Any) -> list[Any]:
    """Return a step's piece with its chance and the alternatives, where a server tells them."""
    if step.probability is None:
        return [step.piece]
    told = [step.piece, round(step.probability, 4)]
    return [*told, _pairs(step.alternatives)] if step.alternatives else told


def _pairs(alternatives: Sequence[tuple[str, float]]) -> list[list[Any]]:
    return [[piece, round(chance, 4)] for piece, chance in alternatives]


def _tell(kind: str, **told: Any) -> str:
    return json.dumps({"kind": kind, **told}, ensure_ascii=False, separators=(",", ":"))
