"""A visitor's cell: whole snapshots, refused values, runs that stop when they should."""

from dataclasses import dataclass

import pytest

from pipelines.errors import ParameterError
from pipelines.params import Params, knob
from studio.live import MAX_VISITORS, Live, Visitors


@dataclass(frozen=True, kw_only=True)
class Brush(Params):
    size: int = knob(4, 1, 10, 1, live=True)


def test_a_move_replaces_the_snapshot_and_leaves_the_old_one_alone():
    cell = Live(Brush, Brush.knobs)
    before = cell.read()
    cell.move("size", 7)
    assert (before.size, cell.read().size) == (4, 7)


@pytest.mark.parametrize(("name", "value"), [("size", 11), ("size", float("nan")), ("size", None), ("ghost", 1)])
def test_a_refused_move_changes_nothing(name, value):
    cell = Live(Brush, Brush.knobs)
    with pytest.raises(ParameterError):
        cell.move(name, value)
    assert cell.read() == Brush()


def begin(cell, what="write"):
    cell.ask(what)
    return cell.take_turn(what)


def test_stop_ends_the_run_in_force_and_a_new_run_ends_the_old_one():
    cell = Live(Brush, Brush.knobs)
    first = begin(cell)
    assert cell.goes_on(first)
    second = begin(cell)
    assert not cell.goes_on(first)
    assert cell.goes_on(second)
    cell.stop()
    assert not cell.goes_on(second)
    assert cell.goes_on(begin(cell))


def test_a_run_that_was_stopped_while_it_waited_never_begins():
    cell = Live(Brush, Brush.knobs)
    cell.ask("write")
    cell.stop()
    assert cell.take_turn("write") is None


def test_of_two_that_wait_the_newer_begins_and_a_second_click_is_no_second_work():
    cell = Live(Brush, Brush.knobs)
    cell.ask("write")
    cell.ask("continue")
    assert cell.take_turn("write") is None
    assert cell.take_turn("continue") is not None
    cell.ask("write")
    cell.ask("write")
    assert cell.take_turn("write") is not None
    assert cell.take_turn("write") is None


def test_visitors_have_their_own_cells_and_leave_no_trace():
    visitors = Visitors()
    one, two = (visitors.find(name).cell("painting", Brush, Brush.knobs) for name in "ab")
    one.move("size", 9)
    assert two.read().size == 4
    run = begin(one)
    visitors.forget("a")
    assert not one.goes_on(run)
    assert len(visitors) == 1
    for index in range(MAX_VISITORS + 50):
        visitors.find(f"visitor {index}")
    assert len(visitors) == MAX_VISITORS


def test_a_page_that_nothing_was_heard_of_is_forgotten(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("studio.live.time.monotonic", lambda: now[0])
    visitors, patient = Visitors(100.0), Visitors()
    for one in (visitors, patient):
        one.find("old")
        now[0] += 60
        one.find("new")
        now[0] += 60
        one.find("new")
    assert not visitors.knows("old")
    assert visitors.knows("new")
    assert patient.knows("old")
