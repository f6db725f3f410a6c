"""Import of elections and of other forums' polls, and export of ballots.

Imports `formats`, `counting` and `ballots`.
"""
