"""The admin as a workplace, on Django's own.

site     who comes in, and what stands on the first page
listed   lists that stay quick at millions of rows, and rows to look at only
pages    pages of such lists, without counting all of them
"""
