"""Traces: one for each request, with its statements, its tasks and the live updates that it causes.

Tracing is on if OTEL_EXPORTER_OTLP_ENDPOINT is set. Otherwise OpenTelemetry is not even imported. A trace goes on in
other processes by its `traceparent` (W3C Trace Context): Celery's headers, outbox events and live messages carry it.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType

from config.management.operator_error import OperatorError

_otlp: ModuleType | None = None


def start() -> None:
    """Begin to export traces if the variable is set. Raises OperatorError if the packages are missing."""
    global _otlp
    if _otlp is not None or not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    try:
        from config.monitoring import otlp
    except ModuleNotFoundError:
        raise OperatorError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set and OpenTelemetry is not installed: run `uv sync --no-dev --group "
            "tracing`, or unset it."
        ) from None
    otlp.start()
    _otlp = otlp


def current() -> str:
    """The `traceparent` of the current span. Empty if there is none."""
    return _otlp.current() if _otlp else ""


def span(name: str, parents: list[str] | None = None, **attributes: str | int) -> AbstractContextManager:
    """Time a block as a span of the first of these `traceparent`s, linked to the others; or of the current span."""
    return _otlp.span(name, parents, attributes) if _otlp else nullcontext()
