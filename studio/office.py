"""The owner's room: who is here, what guests can ask for, which models work; to be changed while the studio is open."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psutil
from starlette.responses import HTMLResponse, RedirectResponse, Response

from studio.caps import CAPS
from studio.door import Guests, both, fill, local_path, read_form, read_visitor
from studio.keepsakes import sweep
from studio.leaflets import Rules
from studio.panel import Desk
from studio.shelf import ARTS, Source

Scope = dict[str, Any]
PATH = "/house"
MOST_FORM_BYTES = 200_000  # rules of twice ten thousand letters, nine bytes each as a form sends Chinese
MOST_RULES = 10_000
TONGUES = {"en": "English", "zh": "中文"}
MOST = 1_000_000  # of any cap


@dataclass
class Office:
    """Answers the owner's page; everybody else is sent to the door."""

    app: Any
    guests: Guests
    desk: Desk
    find_source: Callable[[str, str], Source]
    rules: Rules

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer at /house, or pass the request on."""
        if scope["type"] != "http" or local_path(scope) != PATH:
            await self.app(scope, receive, send)
            return
        answer: Response = RedirectResponse("./door", 303)
        if self.guests.role(read_visitor(scope)) == "owner":
            told = await self._act(receive) if scope["method"] == "POST" else ""
            answer = HTMLResponse(self._draw(told), headers={"cache-control": "no-store"})
        await answer(scope, receive, send)

    async def _act(self, receive: Any) -> str:
        told = await read_form(receive, MOST_FORM_BYTES)
        acts = {
            "pause": self._pause, "resume": self._resume, "clear": self._clear, "caps": self._bound,
            "model": self._choose, "rules": self._write_rules,
        }  # fmt: skip
        act = acts.get(told["act"]) if told and "act" in told else None
        return both(self.desk.words, act(told) if act and told else "house.unread")

    def _pause(self, _: Mapping[str, str]) -> str:
        self.desk.house.paused = True
        return "house.paused"

    def _resume(self, _: Mapping[str, str]) -> str:
        self.desk.house.paused = False
        return "house.resumed"

    def _clear(self, _: Mapping[str, str]) -> str:
        self.desk.visitors.clear()
        sweep(older_seconds=-1)
        return "house.cleared"

    def _bound(self, told: Mapping[str, str]) -> str:
        wanted = {name: told.get(name, "") for name in CAPS if name != "upload_mb"}
        if not all(value.isdecimal() and value.isascii() and 0 < int(value) <= MOST for value in wanted.values()):
            return "house.unread"
        house = self.desk.house
        house.caps = {**house.caps, **{name: int(value) for name, value in wanted.items()}}
        return "house.saved"

    def _choose(self, told: Mapping[str, str]) -> str:
        art, name = told.get("art", ""), told.get("name", "").strip()
        if art not in ARTS or len(name) > 300:
            return "house.unread"
        self.desk.shelf.swap(art, self.find_source(art, name))
        return "house.loading"

    def _write_rules(self, told: Mapping[str, str]) -> str:
        found = {language: told.get(f"rules-{language}", "") for language in self.rules.languages}
        texts = {language: text.replace("\r\n", "\n").strip() + "\n" for language, text in found.items()}
        if not all(1 < len(text) <= MOST_RULES for text in texts.values()):
            return "house.unread"
        try:
            self.rules.write(texts)
        except OSError:
            return "house.unwritten"
        return "house.saved" if self.rules.file else "house.rules.saved"

    def _draw(self, told: str) -> str:
        words, house, shelf = self.desk.words, self.desk.house, self.desk.shelf
        load = [(words.both("house.visitors"), len(self.desk.visitors)), (words.both("house.memory"), read_memory())]
        load += [(words.both(f"tab.{art}"), len(house.at_work[art])) for art in ARTS]
        caps = [
            f'<tr><td><label for="{name}">{words.both(f"cap.{name}")}</label></td><td><input type="number" id="{name}" '
            f'name="{name}" min="1" max="{MOST}" value="{house.caps.get(name, MOST)}" required></td></tr>'
            for name in CAPS
            if name != "upload_mb"  # the server was started with it
        ]
        models = [
            f"<tr><td>{words.both(f'tab.{art}')}<br>{html.escape(shelf.states[art].name)}</td><td>"
            f'<form class="row" method="post" action="house"><input type="hidden" name="act" value="model">'
            f'<input type="hidden" name="art" value="{art}"><input name="name" maxlength="300" aria-label="{art}">'
            f"<button>{words.both('house.load')}</button></form></td></tr>"
            for art in ARTS
        ]
        rules = [
            f'<label>{TONGUES[language] if len(self.rules.languages) > 1 else ""}<textarea name="rules-{language}" '
            f'rows="12" maxlength="{MOST_RULES}" required>{html.escape(self.rules.texts[language])}</textarea></label>'
            for language in self.rules.languages
        ]
        parts = {
            "#load": "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in load),
            "#pause": words.both("house.resume" if house.paused else "house.pause"),
            "#caps": "".join(caps),
            "#models": "".join(models),
            "#rules": "".join(rules),
        }
        parts |= {"told": told, "pausing": "resume" if house.paused else "pause"}
        return fill("house", words, parts)


def read_memory() -> str:
    """Return how much memory the studio holds."""
    return f"{psutil.Process().memory_info().rss / 1e9:.1f} GB"
