"""Sockets, for daphne; and pages beside them on the one port of `runserver`."""

import os
from importlib import import_module
from importlib.util import find_spec

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # before anything that imports models

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.origins import OwnOriginsOnly  # noqa: E402

routes = [
    route
    for module in ("forums.sockets", "polls.sockets")
    if find_spec(module)
    for route in import_module(module).websocket_urlpatterns
]
nowhere = re_path("", WebsocketDenier.as_asgi())  # refused like a wrong origin, without a traceback
sockets = OwnOriginsOnly(AuthMiddlewareStack(URLRouter([*routes, nowhere])))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
