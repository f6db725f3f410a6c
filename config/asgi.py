"""WebSockets for daphne, and the pages beside them for `runserver`."""

import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # before anything that imports models

from importlib import import_module  # noqa: E402

import structlog  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.engines.postgresql import timeouts  # noqa: E402
from config.processes import socket_server  # noqa: E402
from config.web import health, limits, logs  # noqa: E402
from config.web.origins import OwnOriginsOnly  # noqa: E402

routes = import_module(settings.WEBSOCKET_URLCONF).websocket_urlpatterns
elsewhere = re_path("", WebsocketDenier.as_asgi())  # refused like a wrong origin, without a traceback
sockets = OwnOriginsOnly(URLRouter([*routes, elsewhere]))
router = ProtocolTypeRouter({"http": pages, "websocket": sockets})


if "daphne.server" in sys.modules:  # its command, which imports this; `serve` imports it before it forks
    socket_server.limit_headers()
INTERNAL_ERROR = 1011
"""The code with which a WebSocket closes after a failure of ours (RFC 6455, 7.4.1). The page connects again."""
log = structlog.get_logger("folkmoot.sockets")


async def application(scope, receive, send):
    """Answer with the database timeouts of requests. Give each WebSocket a request id, in all its log lines.

    `/healthz` needs no thread, so nothing makes it wait.
    """
    timeouts.answer_requests()
    if scope["type"] == "http" and scope["path"] == "/healthz":
        await health.healthz_of_sockets(send)
        return
    if scope["type"] != "websocket":
        await router(scope, receive, send)
        return
    claimed = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    logs.begin_request(limits.from_proxy((scope.get("client") or [""])[0], claimed))
    try:
        await router(scope, receive, send)
    except Exception:  # daphne would log it in another task, without the id
        log.exception("socket failed", path=scope["path"])
        await send({"type": "websocket.close", "code": INTERNAL_ERROR})
