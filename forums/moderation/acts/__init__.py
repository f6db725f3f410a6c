"""Each act of moderation with its undo, and the log that records it. Start with `log`."""
