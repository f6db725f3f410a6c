"""Pages and actions that concern only the member who uses them, such as drafts and bookmarks.

Start with `notifications`.
"""
