"""What lies by the door for everybody to read: the house rules, and where our models come from."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response

from studio.door import fill, local_path
from studio.words import Words

Scope = dict[str, Any]
Texts = Mapping[str, str]  # by language
LANGUAGES = ("en", "zh")


@dataclass
class Rules:
    """The house rules: the owner's, one text for all, or ours in both languages; the owner may write them anew.

    What is written anew goes into the owner's `file`, or is kept until the studio ends where there is none.
    """

    texts: Texts
    file: Path | None = None

    @classmethod
    def read(cls, file: Path | None, house: Path) -> "Rules":
        """Read the owner's file, or ours in a folder."""
        files = {language: file or house / f"rules.{language}.txt" for language in LANGUAGES}
        return cls({language: file.read_text(encoding="utf-8") for language, file in files.items()}, file)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a text of their own."""
        return LANGUAGES[:1] if self.file else LANGUAGES

    def write(self, texts: Texts) -> None:
        """Take over a text for each of `languages`; raise OSError where the file can't be written."""
        if self.file:
            self.file.write_text(texts[LANGUAGES[0]], encoding="utf-8")
        self.texts = {language: texts.get(language, texts[LANGUAGES[0]]) for language in LANGUAGES}


class Leaflets:
    """Answers with a text, as text, at the path of its name; in the reader's language where it comes in several."""

    def __init__(self, app: Any, words: Words, sheets: Mapping[str, Callable[[], Texts]]) -> None:
        self.app, self.words, self.sheets = app, words, sheets

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer at a leaflet's path, or pass the request on."""
        read = self.sheets.get(local_path(scope).strip("/")) if scope["type"] == "http" else None
        if read is None:
            await self.app(scope, receive, send)
            return
        shown = "".join(f'<pre lang="{language}">{html.escape(text)}</pre>' for language, text in read().items())
        answer: Response = HTMLResponse(fill("leaflet", self.words, {"#text": shown}))
        await answer(scope, receive, send)


def list_leaflets(rules: Rules, models: Mapping[str, Path]) -> dict[str, Callable[[], Texts]]:
    """Return how each leaflet is read: the house rules, and the card of each model of ours by art."""

    def read_card(folder: Path) -> Texts:
        return dict.fromkeys(LANGUAGES, (folder / "README.md").read_text(encoding="utf-8"))

    cards = {f"card-{art}": partial(read_card, folder) for art, folder in models.items()}
    return {"rules": lambda: rules.texts, **cards}
