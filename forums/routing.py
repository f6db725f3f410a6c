"""The WebSocket addresses (WEBSOCKET_URLCONF)."""

from django.urls import path

from forums.sockets import tab

websocket_urlpatterns = [path("ws/", tab.serve)]
