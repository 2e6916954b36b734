"""The rules of a shared house: bounds, pace, turns."""

import threading
import time

import pytest

from pipelines.errors import OutOfRange, TooLong
from pipelines.image import ImageParams
from pipelines.melody.params import MelodyParams
from pipelines.params import build
from pipelines.text import TextParams
from studio.caps import CAPS
from studio.house import MINUTE, House, Paused, TooFast, TooMany
from studio.turns import Turnstile

KINDS = {"literature": TextParams, "painting": ImageParams, "music": MelodyParams}


@pytest.mark.parametrize(
    ("art", "values", "error"),
    [
        ("literature", {"max_tokens": 401}, OutOfRange),
        ("literature", {"prompt": "x" * 8001}, TooLong),
        ("painting", {"num_inference_steps": 31}, OutOfRange),
        ("painting", {"size": "640"}, Exception),
        ("painting", {"num_images": 3}, OutOfRange),
        ("music", {"bars": 33}, OutOfRange),
    ],
)
def test_guests_can_ask_for_no_more_than_the_house_allows(art, values, error):
    kind = KINDS[art]
    assert build(kind, values, House().bind(art, kind.knobs()))
    with pytest.raises(error):
        build(kind, values, House.shared().bind(art, kind.knobs()))


def test_every_default_and_every_bound_is_allowed():
    house = House.shared(tokens=100, size=128, bars=8)
    for art, kind in KINDS.items():
        knobs = house.bind(art, kind.knobs())
        assert build(kind, {}, knobs)
    assert house.bind("literature", TextParams.knobs())["max_tokens"].default == 100
    assert house.bind("painting", ImageParams.knobs())["size"].domain.choices == ("64", "128")
    for name, cap in CAPS.items():
        for art, knobs in cap.knobs.items():
            assert set(knobs) <= KINDS[art].knobs().keys(), name


def test_an_impossible_bound_leaves_the_least_there_is():
    house = House.shared(steps=1, size=1, bars=1)
    assert house.bind("painting", ImageParams.knobs())["size"].domain.choices == ("64",)
    assert house.bind("music", MelodyParams.knobs())["bars"].domain.maximum == 4


def test_a_paused_house_takes_no_new_work():
    house = House.shared()
    house.paused = True
    with pytest.raises(Paused):
        house.admit("music", "page", "ann")
    house.paused = False
    assert house.admit("music", "page", "ann") == 0


def test_nobody_begins_more_than_their_share_a_minute_whatever_others_do():
    house = House.shared(works=3)
    for _ in range(3):
        house.admit("music", "page", "ann", 10.0)
    with pytest.raises(TooFast, match="55 s"):
        house.admit("music", "page", "ann", 15.0)
    with pytest.raises(TooFast):
        house.admit("painting", "another page of hers", "ann", 15.0)
    house.admit("music", "page 2", "bob", 15.0)
    house.admit("music", "page", "ann", 10.0 + MINUTE)


def test_a_full_house_says_so_and_a_closed_page_makes_room():
    house = House.shared(waiting=2)
    assert house.admit("music", "a", "a") == 0
    assert house.admit("music", "b", "b") == 1
    with pytest.raises(TooMany):
        house.admit("music", "c", "c")
    assert house.admit("music", "a", "a") == 1  # a newer work takes the place of the older one
    assert house.admit("painting", "c", "c") == 0
    house.forget("b")
    assert house.admit("music", "c", "c") == 1
    house.leave("music", "c")
    assert house.admit("music", "d", "d") == 1


def test_whoever_never_came_back_makes_room():
    house = House.shared(waiting=1, seconds=100)
    house.admit("music", "a", "a", 0.0)
    with pytest.raises(TooMany):
        house.admit("music", "b", "b", 159.0)
    assert house.admit("music", "b", "b", 161.0) == 0


def test_works_take_turns_step_by_step():
    turnstile, order = Turnstile(), []

    def work(name):
        for step in range(30):
            time.sleep(0.001)
            order.append(name)
            yield step

    runs = [threading.Thread(target=lambda n=n: list(turnstile.share(work(n)))) for n in range(5)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(order) == 150
    middle = order[20:120]
    assert all(set(middle[at : at + 5]) == set(range(5)) for at in range(0, 90, 5))


def test_a_step_that_fails_gives_its_turn_up():
    turnstile = Turnstile()

    def broken():
        yield 1
        raise ValueError

    shared = turnstile.share(broken())
    assert next(shared) == 1
    with pytest.raises(ValueError, match="^$"):
        next(shared)
    assert list(turnstile.share(iter([1, None, 2]))) == [1, None, 2]


def test_how_long_a_work_will_take_is_told_from_those_before():
    house = House.shared()
    assert house.expect("literature", 3) is None
    for seconds in (0.02, 0.02):
        for _ in house.turns["literature"].share(time.sleep(seconds) for _ in range(10)):
            time.sleep(0.01)  # others' turns don't count
    known = house.turns["literature"].work_seconds
    assert 0.2 <= known < 0.35
    house.turns["literature"].work_seconds = 4.0
    assert house.expect("literature", 3) == 16
