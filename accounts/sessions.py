"""Sessions: whose they are, for many at once, and their end."""

from collections.abc import Iterable

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import standing
from accounts.models import User


def members_of(keys: Iterable[str]) -> dict[str, User]:
    """The member of each session, with their standing, as a page's middlewares would find them one by one; nobody for
    sessions that are over or whose member may not be signed in.

    Two queries. The cache is not asked: a session that was ended while Redis was away would still be there.
    """
    rows = Session.objects.filter(session_key__in=set(keys), expire_date__gt=timezone.now())
    store = SessionStore()
    said = {row.session_key: store.decode(row.session_data) for row in rows}
    claimed = {key: session[SESSION_KEY] for key, session in said.items() if SESSION_KEY in session}
    members = User.objects.with_standing().admitted().filter(pk__in=set(claimed.values()))
    found = {str(member.pk): member for member in members}
    return {
        key: found[pk]
        for key, pk in claimed.items()
        if pk in found and _is_of_this_password(said[key].get(HASH_SESSION_KEY, ""), found[pk])
    }


def end(sessions: Iterable) -> None:
    """End these `UserSession`s, and tell of it, since pages may still be open there."""
    for session in sessions:
        session.end()
        standing.changed(session.user)


def _is_of_this_password(stored, member):
    """A new password ends all other sessions; a new SECRET_KEY with fallbacks ends none."""
    hashes = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored, each) for each in hashes)
