"""The cache for what can be computed again, such as rendered pages.

Its Redis evicts the least used values when its memory is full, and visitors can fill it. Counters, locks and tallies
belong into Django's default cache, which evicts nothing.
"""

from django.core.cache import caches
from django.utils.connection import ConnectionProxy

cache = ConnectionProxy(caches, "evictable")
