"""The cache with its circuit breaker, cache tags, visitors' pages, pages with holes, shared values, compiled queries.

May import `config.web`, `config.monitoring`, `config.redis` and `config.replicas`; start with `cache_tags`.
"""
