"""The admin: Django's own, with our sign-in, first page and fast lists. Start with `site`.

site       entry and the first page
registry   what the apps add to both
listed     lists that stay fast with millions of rows, and read-only lists
pages      pagination without counting all rows
"""
