"""The acts of moderators, one module for each kind of item that they act on. Imports `models` and `tree`.

Start with `comments`; `log` writes a line for each act.
"""

# Each act is one function and one transaction under its topic's lock. It checks the permission, reads the current
# state, writes the log, and changes the rows. It raises `NotDone` if the act makes no sense. Counters stay equal to a
# recount. It returns the `Action`, or None if nothing had to change: a second click writes no second line.
# The methods of the models (`Topic.lock`, `Comment.set_hidden`) only change the row. They check and log nothing.
