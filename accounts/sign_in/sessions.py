"""Sessions: finding the members of many sessions, and ending sessions."""

from collections.abc import Iterable

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.registries import access_signals


def members_of(keys: Iterable[str]) -> dict[str, User]:
    """The member of each session `for_request`, as the middleware of a page would load them.

    Leaves out sessions that are over or whose member may not sign in. Two queries. Does not read the cache, which may
    still hold a session that ended while Redis was away.
    """
    rows = Session.objects.filter(session_key__in=set(keys), expire_date__gt=timezone.now())
    store = SessionStore()
    said = {row.session_key: store.decode(row.session_data) for row in rows}
    claimed = {key: session[SESSION_KEY] for key, session in said.items() if SESSION_KEY in session}
    members = User.objects.for_request().admitted().filter(pk__in=set(claimed.values()))
    found = {str(member.pk): member for member in members}
    return {
        key: found[pk]
        for key, pk in claimed.items()
        if pk in found and _is_of_this_password(said[key].get(HASH_SESSION_KEY, ""), found[pk])
    }


def end(sessions: Iterable) -> None:
    """End these `UserSession`s and close their sockets, because pages may still be open."""
    for session in sessions:
        session.end()
        access_signals.changed(session.user)


def _is_of_this_password(stored, member):
    """Whether the session is newer than the password. A new SECRET_KEY with fallbacks ends no session."""
    hashes = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored, each) for each in hashes)
