"""The error that operators see: one sentence that names the cause and the remedy."""


class Trouble(Exception):
    """A reason to stop. `manage.py` prints its sentence without a traceback and exits with 1."""
