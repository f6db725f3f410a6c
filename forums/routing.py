"""The WebSocket addresses (WEBSOCKET_URLCONF)."""

from django.urls import path

from forums.live.connections import connection

websocket_urlpatterns = [path("ws/", connection.serve)]
