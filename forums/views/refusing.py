"""What cannot be done as things are is answered with a sentence and status 409."""

from functools import wraps

from config import errors
from forums.models.action import NotDone


def told(view):
    """Have the view's `NotDone` answered so."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except NotDone as refused:
            return errors.refuse(request, 409, str(refused))

    return asked
