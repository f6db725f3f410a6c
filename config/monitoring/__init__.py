"""Counts and times what the site does, for Prometheus and OpenTelemetry; dashboards and alerts are beside the code.

Imports no other package; start with `requests`.
"""
