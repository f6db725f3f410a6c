"""Moves a branch to another topic, and recounts stored counters. Imports `models`; start with `move_branch`."""
