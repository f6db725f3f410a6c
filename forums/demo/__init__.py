"""A small town for an empty forum: who lives there, its categories and what was said, all of it invented.

`members.toml`, `categories.toml` and `topics/*.txt` are meant to be read and edited. `script` reads a discussion,
`pace` decides when each thing was said, `thread` makes a discussion's rows and `planting` saves the town.
"""
