"""What is sent twice with one token is stored once, and the second answer is the first."""

from django.db import IntegrityError

from forums.models.comment import NotPosted


def pass_on_unless_resent(error: IntegrityError):
    """The unique token is how a second click, a resend or a retry is known; any other violation is a
    fault."""
    if error.__cause__.diag.constraint_name != "comment_token_once":
        raise error


def sent_before(author, token, body, **place):
    """The comment that the token has stored. Raises `NotPosted` where that says something else, or elsewhere: this
    text has not been stored then, and nobody may be told that it was."""
    comment = author.comments.select_related("topic").get(token=token)
    first = comment.revisions.values_list("body", flat=True).first()
    said = comment.body if first is None else first
    if said != body or any(getattr(comment, name) != value for name, value in place.items()):
        raise NotPosted(
            "You have sent this form before, with another text. Send it once more to post this one, too."
        )
    return comment
