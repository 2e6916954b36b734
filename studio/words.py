"""Every word on the page, in each language, from assets/translations; switched in the page without a reload.

Only the heads of notices, which gradio writes, are put into Chinese elsewhere: in assets/studio.css.
"""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

FOLDER = Path(__file__).parent.parent / "assets" / "translations"
LANGUAGES = {"en": "en", "zh": "zh-CN"}
Key = str | Callable[[], str | Sequence[tuple[str | None, str]]]


class Words:
    """Translations by key, and the components that show them.

    `make` builds a component whose text properties are keys; gradio translates them as the page opens, by the
    browser's language, and `retell` gives the updates that change the language of a page that is open.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.tables: dict[str, dict[str, str]] = {
            language: json.loads((folder / f"{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES
        }
        self.i18n = gr.I18n(**{code: self.tables[language] for language, code in LANGUAGES.items()})
        self._told: list[tuple[Any, dict[str, Key]]] = []

    def say(self, key: str, language: str, **details: object) -> str:
        """Return the words for a key; raise KeyError for a missing one."""
        return self.tables[language][key].format(**details)

    def has(self, key: str) -> bool:
        """Tell whether a key is there."""
        return key in self.tables["en"]

    def make(self, component: Any, words: Mapping[str, Key], **properties: Any) -> Any:
        """Build a component; `words` maps a text property to its key, or `choices` to what lists (key, value) pairs.

        A choice without a key is shown as it is. A key that may change is given as what returns it.
        """
        made = component(**{name: self._shown(key, self.i18n) for name, key in words.items()}, **properties)
        self._told.append((made, dict(words)))
        return made

    @property
    def told(self) -> list[Any]:
        """The components that show translated words, in the order of `retell`."""
        return [component for component, _ in self._told]

    def retell(self, language: str) -> list[Any]:
        """Return one update a component, in another language."""
        return [gr.update(**{n: self.show(key, language) for n, key in words.items()}) for _, words in self._told]

    def show(self, key: Key, language: str) -> Any:
        """Return what a property shows in a language."""
        return self._shown(key, self.tables[language].__getitem__)

    @staticmethod
    def _shown(key: Key, translate: Any) -> Any:
        named = key if isinstance(key, str) else key()
        if isinstance(named, str):
            return translate(named)
        return [(value if word is None else translate(word), value) for word, value in named]

    def both(self, key: str) -> str:
        """Return HTML with the words in every language, of which the style sheet shows the page's own."""
        return "".join(
            f'<span lang="{language}">{html.escape(table[key])}</span>' for language, table in self.tables.items()
        )
