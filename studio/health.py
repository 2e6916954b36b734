"""Two addresses for whoever looks after the studio: is it well, and how much is done."""

from collections.abc import Callable, Sequence
from typing import Any

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from studio import VERSION
from studio.chronicle import Chronicle
from studio.live import Visitors
from studio.shelf import ARTS, Shelf

THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")

MaySee = Callable[[Request], bool]


def is_here(request: Request) -> bool:
    """Tell whether a request comes from this machine and not through a proxy or a tunnel that says so.

    A bare SSH tunnel (`ssh -R`) says nothing: whoever opens one closes the metrics with `--metrics off`.
    """
    caller = request.client.host if request.client else ""
    here = caller in THIS_MACHINE and request.url.hostname in THIS_MACHINE
    return here and not any(name in request.headers for name in FORWARDED)


def see_none(request: Request) -> bool:
    """Let nobody see."""
    return False


def build_routes(shelf: Shelf, chronicle: Chronicle, may_see: MaySee) -> list[Route]:
    """Return `/healthz`, for all, and `/metrics`, for those who may see; for others there is no such page."""

    def tell_health(request: Request) -> Response:
        stages = {art: shelf.states[art].stage for art in ARTS}
        ready = all(stage in ("ready", "asleep") for stage in stages.values())
        failed = "failed" in stages.values()
        status = "closing" if chronicle.closing else "ready" if ready else "failed" if failed else "loading"
        told = {"status": status, "version": VERSION, "models": stages}
        return JSONResponse(told, 200 if status == "ready" else 503, {"cache-control": "no-store"})

    def tell_metrics(request: Request) -> Response:
        if not may_see(request):
            return JSONResponse({"detail": "Not Found"}, 404)
        return Response(generate_latest(chronicle.registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", tell_health), Route("/metrics", tell_metrics)]


def hang_gauges(chronicle: Chronicle, visitors: Visitors, page: Any) -> None:
    """Add what is measured when it is asked for: visitors, works that run and wait, memory."""

    def gauge(name: str, what: str, labels: Sequence[str] = ()) -> Any:
        return Gauge(f"triptych_{name}", what, labels, registry=chronicle.registry)

    gauge("visitors", "Pages that are open.").set_function(lambda: len(visitors))
    gauge("works_running", "Works that are being made.").set_function(lambda: chronicle.running)
    memory = psutil.Process().memory_info
    gauge("resident_memory_bytes", "Memory that the studio holds.").set_function(lambda: memory().rss)
    waiting = gauge("queue_length", "Works that wait for their turn.", ["art"])
    for art in ARTS:
        waiting.labels(art).set_function(lambda art=art: _count_waiting(page, art))


def _count_waiting(page: Any, art: str) -> int:
    """Return how many works of an art wait for their turn; gradio's queue tells it nowhere else."""
    queues = page._queue.event_queue_per_concurrency_id
    return len(queues[art].queue) if art in queues else 0
