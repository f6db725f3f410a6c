"""Categories, topics, comments, votes, revisions and slow modes, with the verbs that change them.

Imports `personal` and `notifications`; start with `topic`.
"""
