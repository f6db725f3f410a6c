"""What moderators do, one file for each thing that it is done to.

Every verb is one transaction under its topic's lock: it asks whether whoever acts may, looks what is there now, refuses
with `NotDone` where that makes no sense, writes the act into the log, changes what has to change, and leaves every
counter as a recount would. It returns the `Action`, or None where everything had been so already: a second click is no
error and no second line of the log.

    from forums.moderation import comments
    comments.hide(comment, by=moderator, rule=rule, reason="…")
    undoing.undo(action, by=moderator)

The rows' own methods (`Topic.lock`, `Comment.hide`) are what such an act does to the row, without asking or telling.
"""
