"""The cache with its circuit breaker, cache tags, the page cache for visitors and compiled queries.

May import `config.web` and `config.monitoring`; start with `cache_tags`.
"""
