"""Out of the mails with one click (RFC 8058): the address of each carries, signed, who gets no more of what."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from forums.letters.when import MAIL_OF, Pace

EVERYTHING = "everything"
WORDS = {
    "replies": "replies to you and quotes of you",
    "mentions": "mentions of you",
    "watched": "what is new where you watch",
    "moderation": "what moderators decide about you",
    "events": "polls that end and debates that begin",
    EVERYTHING: "anything at all",
}
_signer = Signer(salt="forums.letters.unsubscribing")


def kinds_of(notes) -> list[str]:
    """The kinds of mail that a letter with these notifications is."""
    return sorted({MAIL_OF[note.kind] for note in notes})


def path(member_id: int, kinds: list[str]) -> str:
    """Where that member is left alone with mail of these kinds: a page to look at, a POST to do it."""
    return reverse("unsubscribe", args=[_signer.sign(f"{member_id}.{'-'.join(kinds)}")])


def read(token: str) -> tuple[int, list[str]] | None:
    """The member's id and the kinds that an address of ours names; None for any other. They never expire."""
    try:
        pk, _, kinds = _signer.unsign(token).partition(".")
    except BadSignature:
        return None
    return int(pk), kinds.split("-")


def stop(member_id: int, kinds: list[str]) -> None:
    """No more mail of these kinds; again is no error. One statement."""
    off = {f"email_{kind}": False for kind in kinds if kind != EVERYTHING}
    if EVERYTHING in kinds:
        off["email_pace"] = Pace.NEVER
    User.objects.filter(pk=member_id).update(**off)
