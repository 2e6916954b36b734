"""The pieces of a visit: each that was finished is kept, with what was changed in it, and can be gone back to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from studio.live import Live
from studio.panel import Panel, Show
from studio.performance import View

MOST = 30


@dataclass
class Versions:
    """A visitor's finished pieces, oldest first, and which of them is on the roll."""

    views: list[View[Any]] = field(default_factory=list)
    here: int = -1

    def put(self, view: View[Any]) -> None:
        """Keep a finished piece; the one on the roll, sounding otherwise or changed by hand, stays the same version."""
        if self.views and _is_same(self.views[self.here], view):
            self.views[self.here] = view
            return
        self.views = [*self.views, view][-MOST:]
        self.here = len(self.views) - 1

    def step(self, by: int) -> View[Any] | None:
        """Go to an earlier or a later one; None where there is none."""
        if not 0 <= self.here + by < len(self.views):
            return None
        self.here += by
        return self.views[self.here]


def _is_same(one: View[Any], other: View[Any]) -> bool:
    """Tell whether two views show what was composed once."""
    first, second = ((view.step.index, view.take.seed, view.take.moves) for view in (one, other))
    return bool(first == second)


def find_versions(cell: Live[Any]) -> Versions:
    """Return the versions that a visitor has in an art."""
    versions: Versions = cell.kept.setdefault("versions", Versions())
    return versions


def draw_versions(panel: Panel) -> tuple[Any, Any, Any]:
    """Draw the two buttons, and between them which version is shown, where the tab stands now."""
    earlier = panel.button("earlier", size="sm")
    told = gr.HTML("", elem_id="music-versions", elem_classes=["hint"])
    later = panel.button("later", size="sm")
    return earlier, told, later


def wire_versions(panel: Panel, drawn: tuple[Any, Any, Any], present: Show, outputs: Sequence[Any]) -> None:
    """Let the buttons put an earlier or a later piece on the roll."""
    earlier, _, later = drawn
    shown = [*outputs, panel.status, panel.seed, panel.recipe]

    def go(by: int, request: gr.Request) -> list[Any]:
        view = find_versions(panel.cell(request)).step(by)
        return [gr.skip() for _ in shown] if view is None else panel.present(view, present, request)

    def back(request: gr.Request) -> list[Any]:
        return go(-1, request)

    def forth(request: gr.Request) -> list[Any]:
        return go(1, request)

    for button, act in ((earlier, back), (later, forth)):
        button.click(
            panel.shown(act), None, shown, show_progress="hidden", concurrency_id="arranging", concurrency_limit=1,
            api_visibility="private",
        )  # fmt: skip


def tell_version(panel: Panel, request: gr.Request) -> str:
    """Return which version is on the roll, as `2 / 5`; nothing where there is only one."""
    versions = find_versions(panel.cell(request))
    return f"{versions.here + 1} / {len(versions.views)}" if len(versions.views) > 1 else ""
