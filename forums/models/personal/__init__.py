"""What belongs to one member: drafts, visits, watches, bookmarks, collapsed branches, and where imported rows came from."""
