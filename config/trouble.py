"""The one kind of error that operators meet: a sentence that names the thing and says what to do."""


class Trouble(Exception):
    """A reason not to go on. `manage.py` prints it as it is, without a traceback, and exits with 1."""
