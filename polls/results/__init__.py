"""The poll as a viewer sees it: panel, results, live updates and charts.

Imports `ballots` and `counting`; start with `panel`.
"""
