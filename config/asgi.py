"""Sockets, for daphne; and pages beside them on the one port of `runserver`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # before anything that imports models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from config.origins import OwnOriginsOnly  # noqa: E402
from forums.sockets import tab  # noqa: E402

nowhere = re_path("", WebsocketDenier.as_asgi())  # refused like a wrong origin, without a traceback
sockets = OwnOriginsOnly(URLRouter([path("ws/", tab.serve), nowhere]))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
