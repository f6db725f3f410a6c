"""The content of the record of a closed poll (forums/records): rules, log, ballots, result.

Imports `counting`, `results` and `transfer`; start with `content`.
"""
