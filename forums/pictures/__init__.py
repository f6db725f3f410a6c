"""Receives pictures and makes them safe: `uploading.upload(member, file)` for members, and for importers
`storing.store(comment, source, content)`.

Imports `models` and `config`; start with `storing`.
"""
