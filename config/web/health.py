"""Answers for load balancers, for the supervisor and for Prometheus."""

import asyncio
import os
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from config.web.limits import is_from

_registry = CollectorRegistry()
_pages: tuple[str, int] | Path | None = None


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this process lives. Uses neither Postgres nor Redis."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if Postgres answers, otherwise 503. A missing Redis only costs speed."""
    postgres, redis = _postgres_answers(), _redis_answers()
    state = {"postgres": "up" if postgres else "down", "redis": "up" if redis else "down"}
    return JsonResponse(state, status=200 if postgres else 503)


def watch_pages(address: tuple[str, int] | Path) -> None:
    """Let `healthz_of_sockets` also check the address or the Unix socket of the pages."""
    global _pages
    _pages = address


async def healthz_of_sockets(send) -> None:
    """Answer an ASGI request: 200 if the pages listen, otherwise 503.

    Socket processes answer at once, also while slow statements occupy all page workers.
    """
    is_up = _pages is None or await _listens(_pages)
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200 if is_up else 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok" if is_up else b"no pages"})


async def _listens(address) -> bool:
    """Whether something listens there. Full queues count as listening."""
    is_port = isinstance(address, tuple)
    opening = asyncio.open_connection(*address) if is_port else asyncio.open_unix_connection(address)
    try:
        _, writer = await asyncio.wait_for(opening, 1)
    except (TimeoutError, BlockingIOError):
        return True
    except OSError:
        return False
    writer.close()
    return True


def own_host() -> str:
    """A Host header that this site accepts, for requests to itself."""
    return next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer METRICS_NETWORKS with the metrics of all processes, and everybody else with 404."""
    if not is_from(request, settings.METRICS_NETWORKS):
        raise Http404
    text = generate_latest(_process_registry()) + generate_latest(_registry)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def register_collector(collector) -> None:
    """Add metrics that belong to no single process; `collector` reads them at each request."""
    _registry.register(collector)


def _process_registry() -> CollectorRegistry:
    """The metrics of all processes that `serve` started, which count in files; otherwise of this process alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    _forget_dead_processes(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    MultiProcessCollector(registry)
    return registry


def _forget_dead_processes(directory: Path) -> None:
    """Delete the gauges of processes that have ended, such as a killed worker's. Their counts stay."""
    for file in directory.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid)


def _postgres_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    cache.set("readyz", 1, 10)  # without Redis this raises nothing, but the value is lost
    return cache.get("readyz") == 1
