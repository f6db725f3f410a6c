"""The moderators' queue, on the site and in the admin. Start reading at `pages`.

- `pages`: a page of open cases, with everything that is needed to decide them.
- `pasts`: the history of the members concerned.
- `acts`: the decisions that a moderator can choose from, derived from the declared acts.
- `forms`: the forms of the queue.
- `raids`: many new accounts, removed and restored at once.
- `few`: the first rows of each of many groups.
"""
