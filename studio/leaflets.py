"""What lies by the door for everybody to read: the house rules, and where our models come from."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response

from studio.door import fill, local_path
from studio.words import Words

Scope = dict[str, Any]


class Leaflets:
    """Answers with a text, as text, at the path of its name; in the reader's language where it comes in several."""

    def __init__(self, app: Any, words: Words, texts: Mapping[str, Mapping[str, Path]]) -> None:
        self.app, self.words, self.texts = app, words, texts

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer at a leaflet's path, or pass the request on."""
        files = self.texts.get(local_path(scope).strip("/")) if scope["type"] == "http" else None
        if files is None:
            await self.app(scope, receive, send)
            return
        shown = "".join(
            f'<pre lang="{language}">{html.escape(file.read_text(encoding="utf-8"))}</pre>'
            for language, file in files.items()
        )
        answer: Response = HTMLResponse(fill("leaflet", self.words, {"#text": shown}))
        await answer(scope, receive, send)


def list_leaflets(rules: Path | None, house: Path, models: Mapping[str, Path]) -> dict[str, dict[str, Path]]:
    """Return the files of each leaflet: the owner's rules or ours, and the card of each model of ours by art."""
    own = {"en": rules, "zh": rules} if rules else {tongue: house / f"rules.{tongue}.txt" for tongue in ("en", "zh")}
    cards = {f"card-{art}": {"en": folder / "README.md", "zh": folder / "README.md"} for art, folder in models.items()}
    return {"rules": own, **cards}
