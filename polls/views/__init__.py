"""The pages of polls and ballots. Imports everything else in `polls`. Start reading in `ballots`."""
