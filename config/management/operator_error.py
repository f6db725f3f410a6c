"""The error that operators see: one sentence that names the cause and the remedy."""


class OperatorError(Exception):
    """A reason to stop. `manage.py` prints its sentence without a traceback and exits with 1."""


def first_line(error: Exception) -> str:
    """The first line of an error's message without its full stop, or the error's class if there is no message."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
