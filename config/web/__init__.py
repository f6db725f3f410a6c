"""Everything around a request that no app owns: middleware, rate limits, errors, health, logs, static files.

May import `config.management`, `config.monitoring` and `config.replicas`.
"""
