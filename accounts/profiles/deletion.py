"""Deletion of an account: the personal data goes, the comments stay readable.

Other apps add their part with `register`. accounts imports none of them.
"""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import FreedName, Ignore, User
from accounts.registries import access_signals
from accounts.sign_in import sessions

_parts: list[Callable[[User], None]] = []


def register(forget: Callable[[User], None]) -> None:
    """Call `forget(user)` inside the transaction that deletes a member, before the row is emptied."""
    _parts.append(forget)


def may_delete(user: User) -> bool:
    """Whether `user` may delete their account. Staff and moderators must give up their rights first."""
    return not (user.is_deleted or user.is_staff or user.is_superuser or user.is_moderator)


@transaction.atomic
def delete(user: User) -> None:
    """Remove all personal data from the row and end all sessions. Raises PermissionDenied unless `may_delete`.

    The row stays, as `deleted-<id>`, because other members have replied to its comments. Nobody else gets the name for
    a year.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_delete(user):
        raise PermissionDenied
    for forget in _parts:
        forget(user)
    _end_sessions(user)
    for kept in (EmailAddress, Authenticator, SocialAccount):
        kept.objects.filter(user=user).delete()
    # Footprints and sanctions stay until they expire, without a name. Otherwise leaving would lift every sanction.
    user.notes.all().delete()
    Ignore.objects.filter(Q(member=user) | Q(ignored=user)).delete()
    user.groups.clear()
    user.user_permissions.clear()
    FreedName.objects.reserve(user.skeleton)
    _forget_picture(user)
    _empty(user)


def _end_sessions(user: User) -> None:
    sessions.end(UserSession.objects.filter(user=user))
    access_signals.changed(user)  # allauth does not list every session


def _forget_picture(user: User) -> None:
    if user.avatar:
        picture = user.avatar
        # Only after the commit: after a failure the member must still have the file.
        transaction.on_commit(lambda: picture.storage.delete(picture.name))


def _empty(user: User) -> None:
    """Reset every field of the row to its default, apart from sanctions and the date of joining."""
    kept = {"id", "date_joined", "suspended_at", "suspended_until", "suspended_by", "silenced_until"}
    for field in User._meta.concrete_fields:
        if field.name not in kept:
            setattr(user, field.attname, field.get_default())
    user.username = f"deleted-{user.pk}"
    user.set_unusable_password()
    user.is_active = False
    user.deleted_at = timezone.now()
    user.save()
