"""Unsubscribes members with one click (RFC 8058). The signed link in a mail names the member and the kinds of mail."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from forums.notifications.schedule import MAIL_OF, Pace

EVERYTHING = "everything"
WORDS = {
    "replies": "replies to you and quotes of you",
    "mentions": "mentions of you",
    "watched": "new comments and topics where you watch",
    "moderation": "moderators' decisions about you and what you wrote",
    "events": "polls that close and debates that begin or end",
    EVERYTHING: "everything on the site",
}
# Mails that were sent long ago contain links with this salt, so it must not change.
_signer = Signer(salt="forums.letters.unsubscribing")


def kinds_of(notifications) -> list[str]:
    """Return the kinds of mail to which these notifications belong."""
    return sorted({MAIL_OF[each.kind] for each in notifications})


def path(member_id: int, kinds: list[str]) -> str:
    """Return the path that stops mail of these kinds to that member: GET shows a page, POST does it."""
    return reverse("unsubscribe", args=[_signer.sign(f"{member_id}.{'-'.join(kinds)}")])


def read(token: str) -> tuple[int, list[str]] | None:
    """Return the member's id and the kinds that a token names, or None for a forged one. Tokens never expire."""
    try:
        pk, _, kinds = _signer.unsign(token).partition(".")
    except BadSignature:
        return None
    return int(pk), kinds.split("-")


def stop(member_id: int, kinds: list[str]) -> None:
    """Stop mail of these kinds. Doing it twice changes nothing more. One statement."""
    off = {f"email_{kind}": False for kind in kinds if kind != EVERYTHING}
    if EVERYTHING in kinds:
        off["email_pace"] = Pace.NEVER
    User.objects.filter(pk=member_id).update(**off)
