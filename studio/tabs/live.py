"""The live canvas on the page: a switch, and the frames that the easel asks for, one at a time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from pipelines.errors import CannotFollow, PipelineError
from pipelines.image.explore import LEANS, wander
from pipelines.image.guard import is_held_back
from pipelines.image.live import Frame, LiveCanvas
from pipelines.image.params import ImageParams, measure
from studio.easel import write_jpeg
from studio.errors import tell
from studio.live import Live
from studio.panel import QUICK, Panel, Show
from studio.performance import Commission, choose_seed, finish
from studio.starts import Marks, paint_on, read_marks
from studio.strip import Strip
from studio.tabs.starts import find_caller, find_strip
from studio.turns import Turnstile

WALKED = (*LEANS, "seed_walk", "prompt_mix")  # what a walk moves
SLOW = 2.0  # seconds: a picture that takes longer is shown as it clears, on a walk too
ENDS_WALK = "(live, walks) => live && walks"
SWITCHED = "(on, ...values) => { window.triptych.easel.follow(on); return [on, ...values]; }"


@dataclass
class Seat:
    """One visitor at the live canvas: the seed, what they start from, the newest whole picture."""

    canvas: LiveCanvas
    seed: int
    marks: Marks = field(default_factory=Marks)
    laid: object = None
    start: dict[str, Any] = field(default_factory=lambda: {"start": "", "mask": ""})
    newest: Frame | None = None

    def lay(self, strip: Strip, params: ImageParams) -> None:
        """Make a start and the lines to follow of the marks, where either has changed."""
        if self.laid != (self.marks, params.control):
            self.start = paint_on(self.marks, strip, measure(params), params.control)
            self.laid = self.marks, params.control


@dataclass
class Walk:
    """One visitor's walk: which way it goes, and how far it has come."""

    way: int
    began: float = field(default_factory=time.monotonic)
    passed: float = 0.0

    def go_on(self) -> None:
        """Come to where the walk is by now: only when a picture is whole, or none ever would be."""
        self.passed = time.monotonic() - self.began


@dataclass(frozen=True)
class Controls:
    """The switch and the buttons beside it."""

    switch: Any
    wander: Any
    another: Any
    keep: Any


def frames_for(panel: Panel) -> Callable[[Any], dict[str, Any]]:
    """Return the function the easel calls for its next frame.

    It is called with the session's name and, where they changed, the easel's marks. Frames of several visitors take
    turns one by one: whoever changes nothing costs nothing.
    """
    turns = panel.desk.house.turns[panel.art]

    def frame(asked: Any) -> dict[str, Any]:
        visitor = find_caller(panel, asked)
        if visitor is None:
            return {}
        cell = visitor.cell(panel.art, ImageParams, lambda: panel.knobs)
        seat: Seat | None = cell.kept.get("seat")
        try:
            if panel.knobs["live_steps"].inert:
                raise CannotFollow
            if seat is None:
                return {}
            panel.desk.chronicle.check_open()
            if "marks" in asked:
                seat.marks = read_marks(asked["marks"])
            seat.lay(find_strip(cell), cell.read())
            found = _follow(panel, cell, seat, turns)
        except PipelineError as error:
            return {"trouble": tell(error, panel.words, visitor.language, panel.art)}
        if found is None:
            return {}
        if found.step.done:
            panel.desk.chronicle.count_frame(panel.art)
            if walk := cell.kept.get("walk"):
                walk.go_on()
            if is_held_back(found.picture):
                return {"trouble": panel.words.say("painting.held_back", visitor.language, count=1)}
            seat.newest = found
        return {"frame": write_jpeg(found.picture), "done": found.step.done, "seconds": found.seconds}

    return frame


def _follow(panel: Panel, cell: Live[Any], seat: Seat, turns: Turnstile) -> Frame | None:
    """Paint on until there is something to show; on a walk that is a whole picture, as half clear ones flicker."""
    while True:
        with turns.turn():
            found = seat.canvas.follow(lambda: (replace(_read(panel, cell), **seat.start), seat.seed))
        walks = cell.kept.get("walk") and _seat(cell) is seat
        if found is None or found.step.done or not walks or found.seconds > SLOW:
            return found


def draw_live(panel: Panel) -> Controls:
    """Draw the switch and its buttons where the tab stands now; each switch explains itself while it is on."""
    switch, walk = (
        panel.words.make(gr.Checkbox, {"label": f"painting.{name}"}, value=False, elem_id=f"painting-{name}")
        for name in ("live", "wander")
    )
    with gr.Row(elem_classes=["actions", "minor", "live-canvas"]):
        another = panel.button("another", size="sm")
        keep = panel.button("keep", size="sm")
        for name in ("live", "wander"):
            gr.HTML(panel.words.both(f"painting.{name}.help"), elem_classes=["hint"], elem_id=f"painting-{name}-help")
    return Controls(switch, walk, another, keep)


def wire_live(panel: Panel, controls: Controls, stop: Any, show: Show, outputs: Sequence[Any]) -> None:
    """Let the switch seat the visitor at the canvas, and keep what stands there as it goes off."""
    shown = [*outputs, panel.status, panel.seed, panel.recipe]
    nothing = [gr.skip() for _ in shown]

    def switch(on: object, seed: object, fresh: object, request: gr.Request) -> list[Any]:
        cell = panel.cell(request)
        if on is not True:
            return _keep(panel, cell.kept.pop("seat", None), show, request) or nothing
        if panel.knobs["live_steps"].inert:
            return nothing  # the easel is told why, at its next frame
        cell.kept["seat"] = Seat(LiveCanvas(panel.desk.shelf.get(panel.art)), choose_seed(seed, fresh))
        return [*nothing[:-2], gr.update(value=cell.kept["seat"].seed), gr.skip()]

    def reseed(seed: object, request: gr.Request) -> None:
        if seat := _seat(panel.cell(request)):
            seat.seed = choose_seed(seed, fresh=False)

    def another(request: gr.Request) -> Any:
        return gr.skip() if _seat(panel.cell(request)) is None else gr.update(value=choose_seed(None, fresh=True))

    def keep(request: gr.Request) -> list[Any]:
        return _keep(panel, _seat(panel.cell(request)), show, request) or nothing

    controls.switch.change(
        panel.shown(switch), [controls.switch, panel.seed, panel.fresh_seed], shown, js=SWITCHED, **QUICK
    )
    panel.seed.change(panel.shown(reseed), panel.seed, None, trigger_mode="always_last", **QUICK)
    controls.another.click(panel.shown(another), None, panel.seed, **QUICK)
    controls.keep.click(panel.shown(keep), None, shown, **QUICK)
    stop.click(None, None, controls.switch, js="() => false", api_visibility="private")
    _wire_walk(panel, controls)


def _wire_walk(panel: Panel, controls: Controls) -> None:
    """Let the other switch take a walk, which needs a live canvas; where it ends, the sliders stand."""
    moved = [panel.controls[name] for name in WALKED]

    def walk(on: object, request: gr.Request) -> list[Any]:
        cell = panel.cell(request)
        if on is True:
            cell.kept["walk"] = Walk(choose_seed(None, fresh=True))
            return [gr.update(value=True), *[gr.skip()] * len(moved)]
        reached = _read(panel, cell)
        cell.kept["walk"] = None
        for name in WALKED:
            cell.move(name, getattr(reached, name))
        return [gr.skip(), *(gr.update(value=getattr(reached, name)) for name in WALKED)]

    controls.wander.change(panel.shown(walk), controls.wander, [controls.switch, *moved], **QUICK)
    controls.switch.change(
        None, [controls.switch, controls.wander], controls.wander, js=ENDS_WALK, api_visibility="private"
    )


def _read(panel: Panel, cell: Live[Any]) -> Any:
    """Return what is set now, or where a walk from there stands."""
    walk: Walk | None = cell.kept.get("walk")
    return wander(cell.read(), panel.knobs, walk.way, walk.passed) if walk else cell.read()


def _seat(cell: Live[Any]) -> Seat | None:
    seat: Seat | None = cell.kept.get("seat")
    return seat


def _keep(panel: Panel, seat: Seat | None, show: Show, request: gr.Request) -> list[Any] | None:
    """Make a work of the newest whole picture: into the strip, with its recipe; None where there is none yet."""
    if seat is None or seat.newest is None:
        return None
    frame, seat.newest = seat.newest, None
    commission = Commission(panel.art, panel.desk.shelf.states[panel.art].name, frame.seed)
    return panel.present(finish(commission, frame.step, frame.params, frame.seconds), show, request)
