"""One command of `manage.py` per module."""
