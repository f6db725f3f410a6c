"""Tests of polls: the counting rules, ballots, secrecy, pages, imports and exports."""
