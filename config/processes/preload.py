"""Loads the site once, before the processes are forked that share its memory.

Otherwise each process would need 70 MB of its own and a second to load the site.
"""

import gc
from importlib import import_module
from wsgiref.util import setup_testing_defaults

# Modules that only one kind of process needs. They are imported here too, because an import writes to shared memory and
# so copies it: 50 MB in each socket process. None of these modules starts a thread, an event loop or a reactor.
MODULES = {
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
    """Load the site without leaving threads, event loops or connections, which do not survive a fork."""
    from django.core.cache import caches
    from django.db import connections

    from config.celery import app
    from config.web.health import own_host
    from config.wsgi import application

    for modules in MODULES.values():
        for module in modules:
            import_module(module)
    app.loader.import_default_modules()
    # A request without queries loads the views, the middleware and the clients of Postgres and Redis.
    environ = {"PATH_INFO": "/healthz", "HTTP_HOST": own_host()}
    setup_testing_defaults(environ)
    application(environ, lambda status, headers: None).close()
    connections.close_all()
    for name in ("default", "evictable"):
        caches[name].client.get_client().connection_pool.disconnect()
    gc.collect()
    gc.freeze()  # the garbage collector would write to shared objects and so copy them
