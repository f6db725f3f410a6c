"""Leaving the site: the person goes, what was said to others stays readable.

Other apps add their part with `register`; accounts knows none of them.
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

from accounts import sessions, standing
from accounts.models import Ignore, User

_parts: list[Callable[[User], None]] = []


def register(forget: Callable[[User], None]) -> None:
    """Have `forget(user)` called inside the transaction that deletes a member, before the row is emptied."""
    _parts.append(forget)


def may_delete(user: User) -> bool:
    """Staff keep keys of the site, so they hand those back first."""
    return not (user.is_deleted or user.is_staff or user.is_superuser or user.is_moderator)


@transaction.atomic
def delete(user: User) -> None:
    """Empty the row of everything personal and end all sessions. Raises PermissionDenied unless `may_delete`.

    The row stays, as `deleted-<id>`, because comments of others stand under comments of this member.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_delete(user):
        raise PermissionDenied
    for forget in _parts:
        forget(user)
    _end_sessions(user)
    for kept in (EmailAddress, Authenticator, SocialAccount):
        kept.objects.filter(user=user).delete()
    # Footprints and sanctions stay for their time, of nobody by name: else leaving would lift every sanction.
    user.notes.all().delete()
    Ignore.objects.filter(Q(member=user) | Q(ignored=user)).delete()
    user.groups.clear()
    user.user_permissions.clear()
    _forget_picture(user)
    _empty(user)


def _end_sessions(user: User) -> None:
    sessions.end(UserSession.objects.filter(user=user))
    standing.changed(user)  # there may be sessions that allauth does not list


def _forget_picture(user: User) -> None:
    if user.avatar:
        picture = user.avatar
        # Not before the commit: a failure above must not leave a member without the file.
        transaction.on_commit(lambda: picture.storage.delete(picture.name))


def _empty(user: User) -> None:
    """Set every field of the row back to what a member without any choices has."""
    kept = {"id", "date_joined", "suspended_at", "suspended_until", "suspended_by", "silenced_until"}
    for field in User._meta.concrete_fields:
        if field.name not in kept:
            setattr(user, field.attname, field.get_default())
    user.username = f"deleted-{user.pk}"
    user.set_unusable_password()
    user.is_active = False
    user.deleted_at = timezone.now()
    user.save()
