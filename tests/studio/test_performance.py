"""A performance is stopped, limited, replayed; the seed is the artist's or new."""

import itertools
from dataclasses import dataclass

import pytest

from pipelines.errors import ParameterError
from pipelines.params import Params, knob
from pipelines.take import Replay
from studio.performance import Commission, choose_seed, perform


@dataclass(frozen=True, kw_only=True)
class Brush(Params):
    size: int = knob(4, 1, 10, 1, live=True)


class Painter:
    params_type = Brush

    def generate(self, read, seed):
        strokes = ()
        for _ in range(20):
            strokes += (read().size + seed,)
            yield strokes


def last(read=Brush, goes_on=lambda: True, limit=None):
    *_, view = perform(Painter(), Commission("painting", "tiny", 3, limit), read, goes_on)
    return view


def test_a_work_that_ends_by_itself_is_done_and_has_no_limit():
    view = last()
    assert view.done
    assert len(view.step) == 20
    assert view.take.steps is None


def test_a_stopped_work_keeps_what_is_there_and_replays_to_it():
    asked = itertools.count()
    view = last(goes_on=lambda: next(asked) < 6)
    assert view.done
    assert len(view.step) == view.take.steps == 7
    again = last(Replay(view.take, Brush), limit=view.take.steps)
    assert again.step == view.step
    assert again.take == view.take


def test_a_steered_work_replays_move_by_move():
    sizes = iter([4] * 5 + [9] * 30)
    view = last(lambda: Brush(size=next(sizes)))
    assert view.moved == ("size",)
    assert last(Replay(view.take, Brush)).step == view.step == (7,) * 5 + (12,) * 15


class Slow(Painter):
    """Waits after every fifth stroke, as a live concert does."""

    def generate(self, read, seed):
        for count, strokes in enumerate(super().generate(read, seed), start=1):
            yield strokes
            if count % 5 == 0:
                yield None


def test_waiting_is_no_step_but_shows_what_is_new_and_can_be_stopped():
    views = list(perform(Slow(), Commission("painting", "tiny", 3), Brush, lambda: True))
    assert [view.steps for view in views] == [1, 5, 10, 15, 20, 20]
    assert views[-1].take.steps is None
    asked = itertools.count()
    *_, stopped = perform(Slow(), Commission("painting", "tiny", 3), Brush, lambda: next(asked) < 5)
    assert stopped.take.steps == len(stopped.step) == 5
    assert last(Replay(stopped.take, Brush), limit=5).step == stopped.step


def test_a_seed_is_kept_or_new():
    assert choose_seed(7, False) == 7
    assert choose_seed(7.0, False) == 7
    assert len({choose_seed(7, True) for _ in range(5)}) > 1
    assert 0 <= choose_seed(None, False) < 2**32
    for seed in (-1, 2**32, float("nan"), "7", [7], True):
        with pytest.raises(ParameterError):
            choose_seed(seed, False)
