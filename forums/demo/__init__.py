"""Fills an empty forum with an invented town: its members, categories and discussions.

`members.toml`, `categories.toml` and `topics/*.txt` are meant to be read and edited. `script` reads a discussion,
`pace` chooses the times, `thread` makes the rows of a discussion, and `planting` saves everything. Start there.
"""
