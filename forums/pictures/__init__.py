"""Receives pictures and makes them safe: `uploading.upload(member, file)` for members, and for importers
`storing.store(comment, source, content)` and `storing.fetch_later(comment, sources)`.

Imports `models` and `config`; start with `storing`.
"""
