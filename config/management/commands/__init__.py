"""One command of `manage.py` per module. They may import everything in `config`."""
