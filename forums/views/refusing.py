"""Answers refusals with a sentence and a status code. Only this module maps the kinds to status codes."""

from functools import wraps

from config.web import errors
from forums.access.refusal import Refusal, Refused
from forums.models.moderation.action import NotDone

STATUS = {
    Refusal.SIGNED_OUT: 403,
    Refusal.NOT_ALLOWED: 403,
    Refusal.BLOCKED_WORDS: 403,
    Refusal.OVER_LIMIT: 403,
    Refusal.TOO_FAST: 429,
    Refusal.CLOSED: 409,
    Refusal.GONE: 409,
    Refusal.RESENT_DIFFERENTLY: 409,
    Refusal.CONFLICT: 409,
}
CONFLICT = 409


def show_in(form, refused: Refused, request) -> int:
    """Put the sentence above the form's fields. Returns the status for the page that shows the form again."""
    form.add_error(None, str(refused))
    if refused.wait:
        request.retry_after = refused.wait  # the middleware writes the header
    return STATUS[refused.kind]


def answer(request, refused: Refused):
    """The error page for a refusal where no form is shown again."""
    if refused.wait:
        request.retry_after = refused.wait
    return errors.refuse(request, STATUS[refused.kind], str(refused))


def shows_refusals(view):
    """Decorate a view: if it raises `NotDone`, the error page shows the message."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except NotDone as refused:
            return answer(request, refused)

    return wrapped
