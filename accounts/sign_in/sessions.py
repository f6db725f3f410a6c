"""Sessions: loading one with its member, finding the members of many, and ending sessions.

A session is a row in Postgres. Redis has no copy, because a session that ended while Redis was away would go on.
"""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.registries import access_signals
from accounts.sign_in.backends import only
from config.caching.compiled_queries import Text, compiled


class SessionStore(db.SessionStore):
    """Loads a session together with its member. One query for members, two for a session of nobody."""

    member: User | None = None
    """The member whose session this was when it was loaded, with all that `UserQuerySet.for_request` loads."""

    def load(self) -> dict:
        found = only(_members_with_session(Text(self.session_key)))
        if found is None or found.session_data is None:
            return super().load()
        self.member = found
        return self.decode(found.session_data)


def member_of(request: HttpRequest) -> User | AnonymousUser:
    """The member of the request's session. One query.

    A session that has changed since it was loaded, or was begun under another SECRET_KEY, is left to Django.
    """
    session = request.session
    claimed, found = session.get(SESSION_KEY), session.member
    if (
        found is None
        or claimed != str(found.pk)
        or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
        or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), found.get_session_auth_hash())
    ):
        return get_user(request)
    return found


def members_of(keys: Iterable[str]) -> dict[str, User]:
    """The member of each session `for_request`, as the middleware of a page would load them.

    Leaves out sessions that are over or whose member may not sign in. Two queries.
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


@compiled
def _members_with_session(key):
    going_on = Session.objects.filter(session_key=OuterRef("usersession__session_key"), expire_date__gt=Now())
    members = User.objects.for_request().admitted().filter(usersession__session_key=key)
    return members.annotate(session_data=Subquery(going_on.values("session_data")))
