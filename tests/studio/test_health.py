"""Is the studio well, how much is done, and who may know."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import studio
from studio import health
from studio.chronicle import Chronicle
from studio.live import Visitors
from studio.shelf import State


class Shelf:
    def __init__(self, *stages):
        self.states = {art: State(stage, "secret") for art, stage in zip(health.ARTS, stages, strict=True)}
        self.states["words"] = State("failed", "an aide")


def client(*stages, chronicle=None, may_see=health.is_here, caller="127.0.0.1", address="http://127.0.0.1:7860"):
    routes = health.build_routes(Shelf(*(stages or ["ready"] * 3)), chronicle or Chronicle(), may_see)
    return TestClient(Starlette(routes=routes), address, client=(caller, 5000))


def test_a_studio_with_all_its_models_is_ready_though_an_aide_is_missing():
    answer = client().get("/healthz")
    assert answer.status_code == 200
    expected = {"status": "ready", "version": studio.VERSION, "models": dict.fromkeys(health.ARTS, "ready")}
    assert answer.json() == expected


@pytest.mark.parametrize(
    ("stages", "status"),
    [(["ready", "loading", "waiting"], "loading"), (["failed", "ready", "ready"], "failed")],
)
def test_a_studio_that_can_not_do_all_yet_says_so(stages, status):
    answer = client(*stages).get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == status


def test_a_studio_that_closes_says_so():
    chronicle = Chronicle()
    chronicle.close()
    answer = client(chronicle=chronicle).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "closing")


def test_metrics_are_for_this_machine():
    answer = client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "stranger",
    [
        {"caller": "192.168.1.7"},
        {"address": "http://attacker.example"},
        {"address": "http://abc.gradio.live"},
    ],
)
def test_metrics_are_not_there_for_strangers(stranger):
    assert client(**stranger).get("/metrics").status_code == 404


@pytest.mark.parametrize("header", health.FORWARDED)
def test_metrics_are_not_there_for_who_comes_through_a_proxy(header):
    assert client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_whoever_may_see_is_decided_outside():
    assert client(may_see=health.see_none).get("/metrics").status_code == 404
    assert client(may_see=lambda request: True, caller="192.168.1.7").get("/metrics").status_code == 200


def test_what_is_measured_when_it_is_asked_for():
    class Queue:
        event_queue_per_concurrency_id = {"music": type("Line", (), {"queue": [1, 2]})}

    chronicle, visitors = Chronicle(), Visitors()
    visitors.find("one")
    health.hang_gauges(chronicle, visitors, type("Page", (), {"_queue": Queue}))
    chronicle.begin("music", "one")
    told = client(chronicle=chronicle).get("/metrics").text
    for line in (
        "triptych_visitors 1.0",
        "triptych_works_running 1.0",
        'triptych_queue_length{art="music"} 2.0',
        'triptych_queue_length{art="painting"} 0.0',
        'triptych_works_begun_total{art="music"} 1.0',
    ):
        assert line in told.splitlines()
    memory = next(line for line in told.splitlines() if line.startswith("triptych_resident_memory_bytes"))
    assert float(memory.split()[1]) > 1e7


def test_the_version_is_the_project_s():
    import tomllib
    from pathlib import Path

    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == studio.VERSION
