"""Live updates: names streams and publishes to them; the packages below deliver what is published.

`connections` imports `delivery` and `reading`, `delivery` imports `streams`. Start with `streams`.
"""
