"""Models load in the background; a broken one is told and the next one serves."""

import threading

import pytest

from pipelines.errors import BrokenModel, ModelMissing
from studio.shelf import Shelf, Source


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
