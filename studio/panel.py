"""One art's panel: its knobs drawn from the declaration, kept in step with the visitor's cell, and its runs."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from pipelines.errors import PipelineError, UnreadableTake
from pipelines.params import Knob, Params, Range
from pipelines.take import Replay, Take
from studio.chronicle import Chronicle, Outcome
from studio.controls import HIDING, draw_control, refit_control
from studio.door import COOKIE
from studio.errors import Shown, tell
from studio.examples import wire_examples
from studio.house import House
from studio.keepsakes import TakeReader, keep, read_json_take, read_take
from studio.live import Live, Visitors
from studio.performance import SEED, Commission, View, choose_seed, perform
from studio.shelf import Shelf
from studio.status import SEPARATOR, list_records, status_line
from studio.words import Words

Show = Callable[[View[Any], gr.Request], Sequence[Any]]
TIMES = Range(1, 4, 1, integer=True)  # works of one click
QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True)
class Desk:
    """What every panel shares: words, visitors, models, how many works run at once, what becomes of them."""

    words: Words
    visitors: Visitors
    shelf: Shelf
    works_at_once: int
    house: House
    chronicle: Chronicle
    soundfont: Path | None  # None: the one that comes with the studio


class Panel:
    """Draws `kind`'s knobs for an art and runs its pipeline; a tab decides where things stand."""

    def __init__(self, desk: Desk, art: str, kind: type[Params], knobs: Mapping[str, Knob]) -> None:
        self.desk = desk
        self.art = art
        self.kind = kind
        self._drawn = dict(desk.house.bind(art, knobs))
        self.words = desk.words
        self.controls: dict[str, Any] = {}
        self.example_chips: list[tuple[Any, dict[str, Any]]] = []
        self._needy: dict[Any, set[str]] = {}  # what has no use where one of these knobs is inert
        self._runs = 0
        self.aides: tuple[str, ...] = ()  # other models the panel uses where the shelf has them
        self.take_readers: dict[str, TakeReader] = {".json": read_json_take}
        self.afterwards: tuple[Callable[[gr.Request], Any], Any] | None = None  # what is done as a run ends, to what
        self.foreign_files: tuple[str, ...] = ()  # kinds of files that may carry another studio's settings
        self.shown = Shown(desk.words, lambda request: desk.visitors.find(request.session_hash).language, art)

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """The declaration, as the model in use and the house narrow it; as the model's card says until it is loaded."""
        narrowed: Mapping[str, Knob] = self.desk.shelf.knobs(self.art) or self._drawn
        return self.desk.house.bind(self.art, narrowed)

    # Drawing

    def draw(self, *names: str, **looks: Any) -> None:
        """Draw the named knobs, in this order, where the tab stands now."""
        for name in names:
            self.controls[name] = draw_control(self.words, self.art, partial(self._find_knob, name), looks)

    def _find_knob(self, name: str) -> Knob:
        return self.knobs[name]

    def need(self, knob: str, *components: Any) -> None:
        """Hide components with any model for which a knob is inert: the one the panel was drawn for, or the loaded."""
        for component in components:
            self._needy.setdefault(component, set()).add(knob)
            if self._drawn[knob].inert and HIDING not in component.elem_classes:
                component.elem_classes = [*component.elem_classes, HIDING]

    @property
    def fitted(self) -> list[Any]:
        """The components that follow the loaded model, in the order of `refit`; the controls come first."""
        return [*self.controls.values(), *self._needy]

    def refit(self, language: str) -> list[Any]:
        """Return one update a component: what the loaded model narrows beyond what was drawn."""
        controls = [
            refit_control(self.words, self.art, self._drawn[name], self.knobs[name], language) for name in self.controls
        ]
        return [*controls, *(self._refit_needy(component, knobs) for component, knobs in self._needy.items())]

    def _refit_needy(self, component: Any, knobs: set[str]) -> Any:
        if any(self.knobs[knob].inert for knob in knobs):
            return gr.update(visible=False)
        if HIDING not in component.elem_classes:
            return gr.skip()
        return gr.update(elem_classes=[name for name in component.elem_classes if name != HIDING])

    def button(self, name: str, **looks: Any) -> Any:
        """Draw a button whose words are `art.name`."""
        return self.words.make(gr.Button, {"value": f"{self.art}.{name}"}, elem_id=f"{self.art}-{name}", **looks)

    def fold(self) -> Any:
        """Draw the fold that holds the controls beyond the first few; use it as a context."""
        return self.words.make(gr.Accordion, {"label": "more"}, open=False, elem_id=f"{self.art}-more")

    def draw_seed(self) -> None:
        """Draw the seed: the one in use, and whether each work takes a new one."""
        with gr.Row(elem_classes=["seed"]):
            self.seed = self.words.make(
                gr.Number, {"label": "seed"}, value=None, precision=0, minimum=0, maximum=2**32 - 1,
                elem_id=f"{self.art}-seed", scale=2,
            )  # fmt: skip
            self.fresh_seed = self.words.make(
                gr.Checkbox, {"label": "seed.fresh", "info": "seed.fresh.help"}, value=True,
                elem_id=f"{self.art}-fresh-seed", scale=3,
            )  # fmt: skip

    def draw_status(self) -> None:
        """Draw the line that says how far the work is and which values are in force."""
        self.status = status_line(f"{self.art}-status")

    def draw_keepsake(self) -> None:
        """Draw where a work's recipe is saved, and where a work is dropped to be made again."""
        with self.words.make(gr.Accordion, {"label": "replay"}, open=False):
            own = f"{self.art}.replay.help"
            gr.HTML(self.words.both(own if self.words.has(own) else "replay.help"), elem_classes=["hint"])
            self.recipe = self.words.make(
                gr.DownloadButton, {"label": "replay.save"}, size="sm", elem_id=f"{self.art}-recipe"
            )
            self.keepsake = self.words.make(
                gr.File, {"label": "replay.drop"}, height=110,
                file_types=sorted({*self.take_readers, *self.foreign_files}),
                elem_id=f"{self.art}-keepsake",
            )  # fmt: skip

    # Steering

    def connect(self) -> None:
        """Let every control that was drawn move the visitor's cell, and the examples move the controls."""
        wire_examples(self)
        for name, control in self.controls.items():
            control.change(self._mover(name), control, None, trigger_mode="always_last", **QUICK)

    def _mover(self, name: str) -> Callable[..., None]:
        def move(value: Any, request: gr.Request) -> None:
            self.desk.house.manners.check_knob(name, value)
            self.cell(request).move(name, value)

        return self.shown(move)

    def cell(self, request: gr.Request) -> Live[Any]:
        """Return the visitor's cell for this art."""
        return self.desk.visitors.find(request.session_hash).cell(self.art, self.kind, lambda: self.knobs)

    def language(self, request: gr.Request) -> str:
        """Return the visitor's language."""
        return self.desk.visitors.find(request.session_hash).language

    # Running

    def inputs(self) -> list[Any]:
        """The components whose values a run takes: every control, the seed, and whether it is to be a new one."""
        return [*self.controls.values(), self.seed, self.fresh_seed]

    def run(  # noqa: PLR0913  two that every run has, and four that few have
        self, event: Any, show: Show, outputs: Sequence[Any],
        before: Callable[..., dict[str, Any]] | None = None, extra: Sequence[Any] = (), *,
        fresh_seed: bool = False, through: Callable[[Any, Live[Any]], Any] | None = None, js: str | None = None,
        times: Any = None,
    ) -> Any:  # fmt: skip
        """Make an event (a button's click) perform a work: `show` turns each view into values for `outputs`.

        `times` is a component whose value, of TIMES, says how many are made, with seeds one after the other.

        `before(request, *extra values)` may return knob values that replace those of the controls. `fresh_seed` takes
        a new seed whatever the artist has set; `through(pipeline, cell)` may wrap the model for this work; `js` may
        change the values in the browser as the run begins.
        """
        names = list(self.controls)

        def go(run: int, *values: Any, request: gr.Request) -> Iterator[list[Any]]:
            own, (seed, fresh, *rest) = values[: len(names)], values[len(names) :]
            works = 1
            if times:
                *rest, wanted = rest
                works = int(TIMES.check("times", wanted))
            cell = self.cell(request)
            chosen = dict(zip(names, own, strict=True))
            if before:
                chosen |= before(request, *rest)
            cell.begin(chosen)
            self.desk.house.manners.check_params(cell.read())
            first = choose_seed(seed, fresh_seed or fresh)
            for work in range(works):
                commission = self._commission((first + work) % (int(SEED.maximum) + 1))
                yield from self._perform(commission, cell.read, run, show, request, through)
                if not cell.goes_on(run):
                    break

        return self._queue(event, go, [*self.inputs(), *extra, *([times] if times else [])], outputs, js)

    def replay(
        self, show: Show, outputs: Sequence[Any], before: Callable[..., None] | None = None,
        extra: Sequence[Any] = (), fill: Callable[[str, gr.Request], list[Any]] | None = None,
    ) -> Any:  # fmt: skip
        """Make a file dropped on the keepsake remake the work whose take it carries; the controls follow.

        `before(request, take, *extra values)` runs ahead of it. `fill` answers for a file without a take of ours.
        """
        controls = [*self.controls.values(), self.fresh_seed]

        def go(run: int, path: str | None, *rest: Any, request: gr.Request) -> Iterator[list[Any]]:
            if path is None:
                return
            try:
                take, replay = self._open(path)
            except UnreadableTake:
                if fill is None:
                    raise
                yield fill(path, request)
                return
            if take.model != self.desk.shelf.states[self.art].name:
                gr.Warning(self.words.say("replay.other_model", self.language(request), name=take.model[:80]))
            if before:
                before(request, take, *rest)
            self.cell(request).begin(take.params)
            self.desk.house.manners.check_params(replay.params)
            began = replay.params  # an older take doesn't name every knob
            followed = [*(gr.update(value=getattr(began, name)) for name in self.controls), gr.skip()]
            for shown in self._perform(self._commission(take.seed, take.steps), replay, run, show, request):
                yield [*followed, *shown]
                followed = [gr.skip() for _ in controls]

        made = self._queue(self.keepsake.upload, go, [self.keepsake, *extra], [*controls, *outputs])
        for ended in (made.success, made.failure):  # another file can be dropped
            ended(None, None, self.keepsake, js="() => null", api_visibility="private")
        return made

    def _open(self, path: str) -> tuple[Take, Replay[Any]]:
        """Read a file's take for this art and model; raise UnreadableTake."""
        take = read_take(path, self.take_readers)
        if take.art != self.art:
            raise UnreadableTake
        return take, Replay(take, self.kind, self.knobs)

    def _queue(
        self, event: Any, go: Callable[..., Any], inputs: Sequence[Any], outputs: Sequence[Any], js: str | None = None
    ) -> Any:
        """Ask for a run at once, so that Stop can drop it while it waits, and queue it."""
        self._runs += 1
        what = f"run {self._runs}"

        def ask(request: gr.Request) -> Any:
            cell = self.cell(request)
            try:
                before = self.desk.house.admit(self.art, str(request.session_hash), name_visitor(request))
            except PipelineError as error:  # told by the run too, whose errors the page shows as notices
                cell.kept["refused"] = error
                return f"~{tell(error, self.words, self.language(request), self.art)}"
            cell.ask(what)
            return self._tell_turn(before, request) if before else gr.skip()

        def turn(request: gr.Request, *values: Any) -> Iterator[Any]:
            self.desk.chronicle.check_open()  # whoever waited in line is told, though their run was dropped
            cell = self.cell(request)
            if refused := cell.kept.pop("refused", None):
                raise refused
            run = cell.take_turn(what)
            if run is None:
                return
            cell.kept["trouble"] = None
            entry = self.desk.chronicle.begin(self.art, request.session_hash)
            before, whole, trouble = cell.kept.get("view"), False, None
            try:
                with self.desk.shelf.lend(self.art):
                    yield from go(run, *values, request=request)
                whole = cell.goes_on(run)
            except Exception as error:
                trouble = error
                if isinstance(error, PipelineError):
                    cell.kept["trouble"] = error
                raise
            finally:
                view = cell.kept.get("view")
                steps = 0 if view is None or view is before else view.steps
                outcome: Outcome = "failed" if trouble else "finished" if whole else "stopped"
                self.desk.chronicle.end(entry, outcome, steps, trouble, getattr(cell.read(), "prompt", ""))
                self.desk.house.leave(self.art, str(request.session_hash))

        made = event(self.shown(ask), None, self.status, **QUICK).then(
            self.shown(turn),
            list(inputs),
            [*outputs, self.status, self.seed, self.recipe],
            show_progress="minimal",
            show_progress_on=[self.status],
            concurrency_id=self.art,
            concurrency_limit=self.desk.works_at_once,
            api_visibility="private",
            js=js,
        )
        if self.afterwards:
            handler, output = self.afterwards
            for ended in (made.success, made.failure):  # `then` alone isn't heard after an error
                ended(self.shown(handler), None, output, **QUICK)
        return made

    def _tell_turn(self, before: int, request: gr.Request) -> str:
        expected = self.desk.house.expect(self.art, before)
        usual = "status.in_turn" if before < self.desk.works_at_once else "status.in_line"
        key = usual if expected is None else "status.in_turn.until"
        return "~" + self.words.say(key, self.language(request), count=before, seconds=expected)

    def _commission(self, seed: int, limit: int | None = None) -> Commission:
        return Commission(self.art, self.desk.shelf.states[self.art].name, seed, limit)

    def _perform(  # noqa: PLR0913  what one work needs
        self, commission: Commission, read: Any, run: int, show: Any, request: gr.Request, through: Any = None
    ) -> Iterator[list[Any]]:
        cell = self.cell(request)
        house, pipeline = self.desk.house, self.desk.shelf.get(self.art)
        turns = house.turns[self.art] if getattr(pipeline, "exact", True) else None  # a server has turns of its own
        if through:
            pipeline = through(pipeline, cell)
        ends = time.monotonic() + house.limit("seconds")
        seen: dict[int, int] = {}  # how many characters of each text were looked at
        for view in perform(
            pipeline, commission, read, lambda: cell.goes_on(run) and time.monotonic() < ends, turns, house.rest
        ):
            if not self.desk.visitors.knows(request.session_hash):
                return
            for index, text in enumerate(getattr(view.step, "texts", ())):
                house.manners.check_growing(text, seen.get(index, 0))
                seen[index] = len(text)
            # The recipe of a wrapped model's work would make another one, unless the wrapper says it wouldn't.
            recipe = through is None or getattr(pipeline, "faithful", False)
            yield self.present(view, show, request, recipe=recipe)
        if time.monotonic() >= ends:
            gr.Info(self.words.say("work.longest", self.language(request), seconds=house.limit("seconds")))

    def present(self, view: View[Any], show: Show, request: gr.Request, *, recipe: bool = True) -> list[Any]:
        """Return the values that put a view on the page: those of `show`, then the status, the seed, the recipe."""
        self.cell(request).kept["view"] = view
        told = self.describe(view, self.language(request))
        kept = gr.skip()
        if view.done:
            name = f"triptych-{self.art}-{view.take.seed}.json"
            kept = keep(name, view.take.to_json()) if recipe else gr.update(value=None)
        return [*show(view, request), told, view.take.seed, kept]

    def stop_with(self, button: Any) -> None:
        """Make a button stop the visitor's own run at its next step."""

        def stop(request: gr.Request) -> None:
            self.cell(request).stop()
            self.desk.house.leave(self.art, str(request.session_hash))

        button.click(self.shown(stop), None, None, **QUICK)

    # Telling

    def retell(self, request: gr.Request) -> Any:
        """Return the status line in the visitor's language."""
        view = self.cell(request).kept.get("view")
        return gr.skip() if view is None else self.describe(view, self.language(request))

    def describe(self, view: View[Any], language: str) -> str:
        """Return what the status line says of a view."""
        return SEPARATOR.join(list_records(view, self.art, self.knobs, partial(self.words.say, language=language)))

    def describe_model(self, language: str) -> str:
        """Return a line on where this art's model stands."""
        states = self.desk.shelf.states
        line = self.words.say(f"model.{states[self.art].stage}", language, name=states[self.art].name)
        troubles = [states[name].trouble for name in (self.art, *self.aides) if name in states]
        troubles += getattr(self.desk.shelf.peek(self.art), "troubles", ())
        told = [tell(trouble, self.words, language, self.art) for trouble in troubles if trouble]
        if getattr(self.desk.shelf.peek(self.art), "guard", None):
            told.append(self.words.say("model.guarded", language))
        if not getattr(self.desk.shelf.peek(self.art), "exact", True):
            told.append(self.words.say(f"model.remote.{self.art}", language))
        return " ".join([line, *told])


def name_visitor(request: gr.Request) -> str:
    """Return who asks: the browser where it has a name, else the page."""
    return str(request.cookies.get(COOKIE) or request.session_hash)


def draw_legend(words: Words) -> None:
    """Draw the line that says what the dots mean."""
    gr.HTML(words.both("steer"), elem_classes=["legend"])
