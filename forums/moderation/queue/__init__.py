"""The moderators' queue of cases, on the site and in the admin: pages, decisions, raids and the history of members.

Imports `moderation`; start with `pages`.
"""
