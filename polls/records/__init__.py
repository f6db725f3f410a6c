"""What the record of a closed poll contains (forums/records): rules, log, ballots, result.

Imports `counting`, `results` and `transfer`; start with `content`.
"""
