"""The scenarios, one per module: pages and posting, polls, live updates, a raid, the admin site.

Imports everything else in `tests.load` but `run`. Start reading in `pages`.
"""
