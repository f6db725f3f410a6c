from django.urls import path

from forums.consumers import Live

websocket_urlpatterns = [path("ws/", Live.as_asgi())]
