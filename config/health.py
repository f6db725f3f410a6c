"""Answers for load balancers and for the launcher."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest

from config.limits import is_from

_figures = CollectorRegistry()


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Pages can be served: 200 with Postgres up, 503 without. A missing Redis only costs speed."""
    postgres, redis = _postgres_answers(), _redis_answers()
    state = {"postgres": "up" if postgres else "down", "redis": "up" if redis else "down"}
    return JsonResponse(state, status=200 if postgres else 503)


def own_host() -> str:
    """A Host header that we answer to, for our own questions."""
    return next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's figures, of all processes, for METRICS_NETWORKS; for others there is nothing here."""
    if not is_from(request, settings.METRICS_NETWORKS):
        raise Http404
    answer = ExportToDjangoView(request)
    answer.write(generate_latest(_figures))
    return answer


def register_figures(collector) -> None:
    """Add figures that no process counts by itself; `collector` says at each question how they stand."""
    _figures.register(collector)


def _postgres_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    cache.set("readyz", 1, 10)  # a lost Redis raises nothing here, it only forgets
    return cache.get("readyz") == 1
