"""Imports elections and polls of other forums, and exports ballots.

Imports `formats`, `counting` and `ballots`; start with `import_election`.
"""
