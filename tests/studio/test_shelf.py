"""Models load in the background; a broken one is told and the next one serves."""

import threading
import weakref

import pytest

from pipelines.errors import BrokenModel, ModelMissing
from studio.shelf import ARTS, Shelf, Source


def fail(error):
    def load():
        raise error

    return load


def test_the_first_that_loads_is_used_and_the_trouble_is_kept():
    shelf = Shelf({"music": [Source("wanted", fail(ModelMissing(source="wanted"))), Source("ours", lambda: "model")]})
    shelf.start().join()
    assert shelf.get("music") == "model"
    assert shelf.states["music"].stage == "ready"
    assert isinstance(shelf.states["music"].trouble, ModelMissing)


def test_an_art_without_a_model_fails_alone():
    shelf = Shelf({"music": [Source("x", fail(ValueError("torn file")))], "painting": [Source("p", lambda: 1)]})
    shelf.start().join()
    assert shelf.get("painting") == 1
    assert shelf.is_settled()
    with pytest.raises(BrokenModel):
        shelf.get("music")


def test_models_warm_up_when_all_are_there():
    class Writer:
        def warm(self):
            seen.update(shelf.states)

    seen = {}
    shelf = Shelf({"literature": [Source("w", Writer)], "painting": [Source("p", lambda: 1)]})
    shelf.start().join()
    assert {state.stage for state in seen.values()} == {"ready"}


def test_nobody_waits_for_a_model_of_another_art():
    gate = threading.Event()
    shelf = Shelf({"a": [Source("a", lambda: 1)], "b": [Source("b", lambda: gate.wait() and 2)]})
    thread = shelf.start()
    assert shelf.get("a") == 1
    assert shelf.states["b"].stage in ("waiting", "loading")
    gate.set()
    thread.join()
    assert shelf.get("b") == 2


def test_where_memory_is_short_the_longest_unused_sleeps_and_wakes_when_it_is_asked_for():
    loads, short = [], [False]

    def source(art):
        return [Source(art, lambda: loads.append(art) or f"{art} {len(loads)}")]

    shelf = Shelf({art: source(art) for art in ARTS}, lambda: short[0])
    shelf.start().join()
    with shelf.lend("literature"), shelf.lend("music"):
        pass
    short[0] = True
    with shelf.lend("music") as lent:
        assert lent == "music 3"
        assert shelf.states["painting"].stage == shelf.states["literature"].stage == "asleep"
        assert shelf.peek("painting") is None
        with shelf.lend("painting") as other:
            assert other == "painting 4"
            assert shelf.peek("music") == lent
    assert shelf.get("literature") == "literature 5"
    assert shelf.is_settled()


def test_only_as_many_sleep_as_is_needed():
    asked = iter([True, False])
    shelf = Shelf({art: [Source(art, object)] for art in ARTS}, lambda: next(asked))
    shelf.start().join()
    shelf.get("literature")
    with shelf.lend("music"):
        assert shelf.states["literature"].stage == "ready"
        assert shelf.states["painting"].stage == "asleep"


def test_a_sleeping_model_keeps_its_knobs_and_gives_its_memory_back():
    class Model:
        def __init__(self):
            self.knobs = {"steps": 1}
            self.itself = self  # as networks may: only a look through everything finds that nobody holds it

    models = []

    def load():
        model = Model()
        models.append(weakref.ref(model))
        return model

    shelf = Shelf({"painting": [Source("p", load)], "music": [Source("m", lambda: 1)]}, lambda: True)
    shelf.start().join()
    with shelf.lend("music"):
        assert models[0]() is None
        assert shelf.knobs("painting") == {"steps": 1}


def test_a_sleeper_whose_files_are_gone_says_so():
    there = [True]

    def load():
        if not there[0]:
            raise ModelMissing(source="p")
        return 1

    shelf = Shelf({"painting": [Source("p", load)], "music": [Source("m", lambda: 1)]}, lambda: True)
    shelf.start().join()
    there[0] = False
    with shelf.lend("music"), pytest.raises(ModelMissing):
        shelf.get("painting")


def test_a_sleeper_sleeps_on_where_another_model_can_not_be_loaded_in_its_place():
    short = [True]
    shelf = Shelf({"painting": [Source("p", lambda: 1)], "music": [Source("m", lambda: 2)]}, lambda: short[0])
    shelf.start().join()
    with shelf.lend("music"):
        assert shelf.states["painting"].stage == "asleep"
    short[0] = False
    shelf.swap("painting", Source("broken", fail(ModelMissing(source="broken")))).join()
    assert (shelf.states["painting"].stage, shelf.states["painting"].name) == ("asleep", "p")
    assert isinstance(shelf.states["painting"].trouble, ModelMissing)
    assert shelf.get("painting") == 1


def test_whoever_asks_for_a_sleeper_while_another_loads_in_its_place_gets_that_one():
    gate, short = threading.Event(), [True]
    shelf = Shelf({"painting": [Source("p", lambda: 1)], "music": [Source("m", lambda: 2)]}, lambda: short[0])
    shelf.start().join()
    with shelf.lend("music"):
        short[0] = False
    swapping = shelf.swap("painting", Source("new", lambda: gate.wait() and 3))
    found = []
    asking = threading.Thread(target=lambda: found.append(shelf.get("painting")))
    asking.start()
    gate.set()
    swapping.join()
    asking.join()
    assert found[0] in (1, 3)  # whichever came first
    assert shelf.get("painting") == 3
