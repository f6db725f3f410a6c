"""The site in memory, once, for all processes that are forked from this one.

Each of them would take 70 MB of its own otherwise, and a second to load it.
"""

import gc
from importlib import import_module
from wsgiref.util import setup_testing_defaults

# What one of the processes alone needs. An import touches, and so copies, much of the memory that a process shares:
# 50 MB in the sockets' if they did it themselves. None of these starts a thread, an event loop or a reactor.
PARTS = {
    # A page process queues Celery tasks. Loading these when it queues its first would delay that request by 70 ms.
    "pages": ["granian", "celery.app.amqp", "celery.events", "celery.result", "kombu.transport.redis"],
    "sockets": [
        "config.asgi",
        "daphne.http_protocol",
        "daphne.ws_protocol",
        "twisted.internet.asyncioreactor",
        "uvloop",
    ],
    "jobs": ["celery.apps.worker", "celery.beat", "celery.concurrency.thread", "celery.worker.components"],
}


def load() -> None:
    """Load the site, and leave nothing behind that a fork would break: threads, event loops, connections."""
    from django.core.cache import cache
    from django.db import connections

    from config.celery import app
    from config.health import own_host
    from config.wsgi import application

    for parts in PARTS.values():
        for part in parts:
            import_module(part)
    app.loader.import_default_modules()
    # A request that needs no engine loads views, middleware and the clients of both engines.
    question = {"PATH_INFO": "/healthz", "HTTP_HOST": own_host()}
    setup_testing_defaults(question)
    application(question, lambda status, headers: None).close()
    connections.close_all()
    cache.client.get_client().connection_pool.disconnect()
    gc.collect()
    gc.freeze()  # collecting would touch, and so copy, what the processes share
