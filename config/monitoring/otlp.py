"""The part of `tracing` that imports OpenTelemetry. Only `tracing.start` imports this module."""

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

MOST_LINKS = 20
"""Links of one span. A batch of live updates may come from hundreds of requests."""
NOT_TRACED = "healthz,readyz,metrics"
_tracer = trace.get_tracer("folkmoot")


class StartLate(SpanProcessor):
    """Starts the thread that exports with the first span, because a preloaded process must have no threads."""

    _batch: BatchSpanProcessor | None = None

    def on_start(self, span, parent_context=None) -> None:
        if self._batch is None:
            self._batch = BatchSpanProcessor(OTLPSpanExporter())
        self._batch.on_start(span, parent_context)

    def on_end(self, span) -> None:
        self._batch.on_end(span)

    def shutdown(self) -> None:
        if self._batch is not None:
            self._batch.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._batch is None or self._batch.force_flush(timeout_millis)


def start() -> None:
    """Trace requests, statements, Redis commands and tasks. OTEL_SERVICE_NAME names the site."""
    provider = TracerProvider(resource=Resource({SERVICE_NAME: "folkmoot"}).merge(Resource.create()))
    provider.add_span_processor(StartLate())
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(excluded_urls=NOT_TRACED, response_hook=_describe)
    for instrumentor in (PsycopgInstrumentor, RedisInstrumentor, CeleryInstrumentor):
        instrumentor().instrument()


def _describe(span, request, response) -> None:
    """Name the request's id. Leave out the query string, which may contain keys."""
    address = request.build_absolute_uri(request.path)
    span.set_attributes(
        {"request_id": response["X-Request-ID"], "http.url": address, "http.target": request.path}
    )


def current() -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")


def span(name: str, parents: list[str] | None, attributes: dict):
    contexts = [propagate.extract({"traceparent": parent}) for parent in parents or ()]
    links = [
        trace.Link(trace.get_current_span(context).get_span_context()) for context in contexts[1:MOST_LINKS]
    ]
    context = contexts[0] if contexts else None
    return _tracer.start_as_current_span(name, context, links=links, attributes=attributes)
