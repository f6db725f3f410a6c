"""Counts, times and traces what the site does, for Prometheus and OpenTelemetry; dashboards and alerts are data files.

May import only `config.management` and `config.redis`; start with `requests`.
"""
