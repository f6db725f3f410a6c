"""The ASGI application: WebSockets under daphne, and pages too under `runserver`, which has only one port."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # before anything that imports models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from config.origins import OwnOriginsOnly  # noqa: E402

served = path("ws/", import_string(settings.WEBSOCKET_APPLICATION))
nowhere = re_path("", WebsocketDenier.as_asgi())  # refuses like a wrong origin, without a traceback
sockets = OwnOriginsOnly(URLRouter([served, nowhere]))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
