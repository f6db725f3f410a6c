"""The acts of moderators, one module for each kind of thing that they act on.

Imports the models and `tree`; start with `log`.
"""

# Each act is one function and one transaction under its topic's lock. It checks the permission, reads the current
# state,
# writes the log, and changes the rows. It raises `NotDone` if the act makes no sense. Counters stay equal to a recount.
# It returns the `Action`, or None if nothing had to change: a second click is no error and writes no second line.
# The methods of the models (`Topic.lock`, `Comment.set_hidden`) only change the row. They check and log nothing.
