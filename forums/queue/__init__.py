"""The moderators' queue, in the site and in the admin.

pages    what waits for a moderator, a page at a time, with all that is needed to decide it
pasts    what is known of whoever wrote it
acts     what can be decided, each an act of `forums.moderation`
forms    what a moderator says along with it
raids    a crowd of new accounts, removed and brought back with one press
few      the first rows of each of many groups
"""
