"""Where imported rows came from: their sources, and the addresses that they had on their old site.

Imports no other model; start with `origin`.
"""
