"""Pictures in comments: `picture` stores them, `placing` puts those that are ready into the HTML of a comment.

Imports `config` and `markup`; start with `picture`.
"""
