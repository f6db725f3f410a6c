"""Shows debates on pages and in live updates.

What a debate can do is in `forums.models.debates.debate`. Start in `showing`.
"""
