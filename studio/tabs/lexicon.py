"""What the painter knows: which words of a prompt it takes for others, and a list of its own to take from."""

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.image.lexicon import Reading, read_words
from studio.panel import QUICK, Panel
from studio.words import Words

LONGEST_TOLD = 8  # words
INSERT = """
element.addEventListener('click', ({ target }) => {
  const word = target.closest('[data-word]');
  const box = document.querySelector('#painting-prompt textarea');
  if (!word || !box) return;
  const said = box.value.trimEnd();
  const mark = !said || /[,，、]$/.test(said) ? '' : word.lang === 'zh' ? '，' : ', ';
  box.value = said + mark + (mark || !said || word.lang === 'zh' ? '' : ' ') + word.dataset.word;
  box.dispatchEvent(new Event('input', { bubbles: true }));
});
"""


def draw_reading() -> Any:
    """Draw the line that says which words the painter doesn't know."""
    return gr.HTML("", elem_id="painting-reading", elem_classes=["hint", "reading"])


def wire_reading(panel: Panel, reading: Any) -> None:
    """Let the line follow the prompt."""

    def read(prompt: object, request: gr.Request) -> str:
        pipeline = panel.desk.shelf.peek(panel.art)
        find = getattr(pipeline, "find_unknown", None)
        if find is None or not isinstance(prompt, str):
            return ""
        checked = panel.knobs["prompt"].domain.check("prompt", prompt)
        return tell_reading(panel.words, find(checked), panel.language(request))

    panel.controls["prompt"].change(
        panel.shown(read), panel.controls["prompt"], reading, trigger_mode="always_last", **QUICK
    )


def tell_reading(words: Words, found: Iterable[Reading], language: str) -> str:
    """Return as HTML what the painter takes unknown words for, each word once."""
    told = list({one.word: one for one in found}.values())
    if not told:
        return ""
    lines = [
        words.say(f"painting.reading.{'taken' if one.taken else 'ignored'}", language, word=one.word, taken=one.taken)
        for one in told[:LONGEST_TOLD]
    ]
    lines += ["…"] if len(told) > LONGEST_TOLD else []
    return html.escape(words.say("painting.reading", language, words="; ".join(lines)))


def draw_known_words(words: Words, folder: Path) -> None:
    """Draw the list of what the painter knows to paint, where its folder says so; a click puts one in the prompt."""
    tables = read_words(folder)
    if not tables:
        return
    reads = "nearest" if (folder / "synonyms.json").is_file() else "help"
    lines = [f"<p>{words.both(f'painting.known.{reads}')}</p>"]
    for name, table in tables.items():
        if words.has(f"painting.known.{name}"):
            known = "".join(_list_words(table, language) for language in ("en", "zh"))
            lines.append(f"<p><b>{words.both(f'painting.known.{name}')}</b> {known}</p>")
    with words.make(gr.Accordion, {"label": "painting.known"}, open=False, elem_id="painting-known"):
        gr.HTML("".join(lines), js_on_load=INSERT, elem_classes=["hint", "known"])


def _list_words(table: dict[str, Any], language: str) -> str:
    said = [html.escape(entry[language][0]) for entry in table.values() if entry[language]]
    listed = " ".join(f'<button type="button" lang="{language}" data-word="{word}">{word}</button>' for word in said)
    return f'<span lang="{language}">{listed}</span>'
