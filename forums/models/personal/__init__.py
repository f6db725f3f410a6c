"""What belongs to one member: drafts, visits, watches, bookmarks, collapsed branches, and sources of imported rows."""
