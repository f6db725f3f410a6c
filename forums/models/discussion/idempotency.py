"""Stores a form that is sent twice only once, and answers both times with the same comment."""

from collections.abc import Callable

from django.db import IntegrityError, transaction

from forums.access.refusal import Refusal, Refused


def store_once(author, token, body: str, store: Callable, **place):
    """Return the comment that `store()` writes, in one transaction.

    If `token` has stored a comment before, the database refuses a second one, and the first is returned. Raises
    `Refused` if the first has another text or another `place` (values of its columns). The new text is not stored
    then, and its author must learn that.
    """
    try:
        with transaction.atomic():
            return store()
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "comment_token_once":
            raise
    return _first(author, token, body, place)


def resent_differently() -> Refused:
    """The refusal of a form whose token has stored another text."""
    return Refused(
        Refusal.RESENT_DIFFERENTLY,
        "You have sent this form before, with another text. Send it once more to post this one, too.",
    )


def _first(author, token, body, place):
    comment = author.comments.select_related("topic").get(token=token)
    original = comment.revisions.values_list("body", flat=True).first()
    written = comment.body if original is None else original
    if written != body or any(getattr(comment, name) != value for name, value in place.items()):
        raise resent_differently()
    return comment
