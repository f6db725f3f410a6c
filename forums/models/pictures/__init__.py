"""Pictures and previews in comments: `picture` stores them, `placing` puts those that are ready into a text.

Imports `config` and `markup`; start with `picture`.
"""
