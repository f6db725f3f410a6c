"""Pages and actions for reading and writing: lists, topics, comments, votes, search and feeds.

Start with `topics`.
"""
