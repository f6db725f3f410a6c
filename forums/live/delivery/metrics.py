"""Exports the state of live updates as Prometheus metrics."""

from collections import Counter
from collections.abc import Iterator

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from forums.live.delivery.load_shedding import Step
from forums.live.delivery.process_states import states, topics

METRICS = (
    (GaugeMetricFamily, "sockets", "Open sockets."),
    (GaugeMetricFamily, "streams", "Streams with at least one socket."),
    (CounterMetricFamily, "deliveries", "Messages written to pages."),
    (GaugeMetricFamily, "late", "Seconds by which the event loop last woke too late."),
    (GaugeMetricFamily, "lag", "Seconds by which the last batch of the latest topic was late."),
)


class SocketMetrics:
    """Collects the states that all socket processes wrote to Redis. Empty without Redis."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = states()
        except redis.RedisError:
            return
        for family, name, description in METRICS:
            metric = family(f"folkmoot_live_{name}", description, labels=["process"])
            for state in found:
                metric.add_metric([state["process"]], state[name])
            yield metric
        steps = Counter(Step(topic["step"]) for topic in topics(found).values())
        metric = GaugeMetricFamily("folkmoot_live_topics", "Topics that are read, by step.", labels=["step"])
        for step in Step:
            metric.add_metric([step.name.lower()], steps[step])
        yield metric
