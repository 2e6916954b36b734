"""What lies by the door for everybody to read: the house rules, and where our models come from."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response

from studio.door import local_path

Scope = dict[str, Any]
PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Triptych</title><link rel="icon" href="favicon.ico"><style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 24px; background: #f6f2ea; color: #211e1b; }}
pre {{ max-width: 46em; margin: 0 auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 16px/1.75 ui-sans-serif, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", sans-serif; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #171513; color: #f6f2ea; }} }}
html[data-language="zh"] [lang="en"], html:not([data-language="zh"]) [lang="zh"] {{ display: none; }}
</style></head><body>{body}</body></html>"""


class Leaflets:
    """Answers with a text, as text, at the path of its name; in the reader's language where it comes in several."""

    def __init__(self, app: Any, texts: Mapping[str, Mapping[str, Path]]) -> None:
        self.app, self.texts = app, texts

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
        answer: Response = HTMLResponse(PAGE.format(body=shown))
        await answer(scope, receive, send)


def list_leaflets(rules: Path | None, house: Path, models: Mapping[str, Path]) -> dict[str, dict[str, Path]]:
    """Return the files of each leaflet: the owner's rules or ours, and the card of each model of ours by art."""
    own = {"en": rules, "zh": rules} if rules else {tongue: house / f"rules.{tongue}.txt" for tongue in ("en", "zh")}
    cards = {f"card-{art}": {"en": folder / "README.md", "zh": folder / "README.md"} for art, folder in models.items()}
    return {"rules": own, **cards}
