"""The cache with its circuit breaker, cache tags, the page cache for visitors, pages with holes and compiled queries.

May import `config.web`, `config.monitoring`, `config.redis` and `config.replicas`; start with `cache_tags`.
"""
