"""The URLs of the measured site."""

from django.urls import path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as own
from tests.load.site import baseline

urlpatterns = [*own, path("empty/", baseline.empty), path("limited/", baseline.limited)]
