"""A topic's page: which comments it shows, their HTML, the viewer's state, and what changed since a version.

Start with `page`.
"""
