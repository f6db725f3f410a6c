"""Pages and actions of moderators, and reports, appeals, pending posts and the public log for members.

Imports `moderation`; start with `acts`.
"""
