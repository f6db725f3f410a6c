"""The roles of moderators, and which role a member has in a place.

A member has one role at a time in a place. *Administrators* are superusers. *Moderators* have the permission
`forums.moderate`, from the group "Moderators" or in person; they moderate everything they can see. *Category
moderators* are in one of a category's `moderator_groups`; they moderate that category and those below it. Two more
roles are not people: the site itself, and the reports of enough trusted members.

`forums.access.acts` says which role may do which act.
"""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from forums.access import permissions

if TYPE_CHECKING:
    from forums.models import Category


class Role(TextChoices):
    """The capacity in which somebody acted; the highest first."""

    ADMINISTRATOR = "administrator", "an administrator"
    MODERATOR = "moderator", "a moderator"
    CATEGORY_MODERATOR = "category_moderator", "a moderator of the category"
    TRUSTED_REPORTS = "trusted_reports", "reports of trusted members"
    AUTOMATIC = "automatic", "the site, automatically"


OF_THE_SITE = (Role.ADMINISTRATOR, Role.MODERATOR)
EVERYWHERE = (*OF_THE_SITE, Role.CATEGORY_MODERATOR)


def role_of(user: "permissions.Viewer", category: "Category | None" = None) -> Role | None:
    """The role of `user` in `category`, or in the whole site if there is none; None for all others. No query."""
    if not user.is_authenticated or (category is not None and not permissions.may_see(user, category)):
        return None
    if user.is_superuser:
        return Role.ADMINISTRATOR
    if permissions.is_moderator(user):
        return Role.MODERATOR
    if category is not None and permissions.moderates(user, category):
        return Role.CATEGORY_MODERATOR
    return None
