"""The pages of polls and ballots. Imports every other package of `polls`; start with `ballots`."""
