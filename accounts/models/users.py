"""Queries for members, and the definition of a moderator."""

from zlib import crc32

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission, UserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, connection, models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, Now

from accounts.identity.names import normalise
from accounts.identity.skeleton import skeleton
from accounts.models.ignore import Ignore
from accounts.registries import user_annotations

_NAMES = crc32(b"names") - 2**31  # advisory locks have signed numbers
"""The number of the advisory locks on names."""


class UserQuerySet(models.QuerySet):
    def named(self, name: str):
        """The member called `name`, in any case. At most one row; uses the unique index."""
        if "\0" in name:
            # Postgres cannot store NUL and would raise an error instead of finding nobody.
            return self.none()
        return self.alias(lower_name=Lower("username")).filter(
            lower_name=Lower(models.Value(normalise(name)))
        )

    def looking_like(self, name: str):
        """Members whose name looks like `name`, including that name itself. Uses an index."""
        return self.filter(skeleton=skeleton(name))

    def take_name(self, name: str) -> None:
        """Let nobody else take a name that looks like `name`, until the commit. Two queries.

        A unique constraint is not possible, because imported members keep names that look alike. Raises IntegrityError
        if somebody has just taken such a name.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NAMES, skeleton(name)])
        if self.looking_like(name).exists():
            raise IntegrityError("Somebody has just taken a name that looks like this one.")

    def of_address(self, address: str):
        """The member with this e-mail address, in any case. At most one row; uses the unique index."""
        if "\0" in address:
            return self.none()
        lower = self.alias(lower_email=Lower("email")).exclude(email="")
        return lower.filter(lower_email=Lower(models.Value(address)))

    def of_login(self, login: str):
        """The member with this name or e-mail address, or None. One query: names do not contain "@"."""
        return (self.of_address(login.strip()) if "@" in login else self.named(login)).first()

    def ids_of(self, names) -> dict[str, int]:
        """The ids of the members with these names, which are normalised and in lower case. One query."""
        named = self.annotate(lower_name=Lower("username")).filter(lower_name__in=names)
        return dict(named.values_list("lower_name", "pk"))

    def suggested_for(self, beginning: str):
        """Members to suggest for the beginning of a name, without regard to accents: "gas" finds "Gąska".

        Names that begin exactly so come first. Leaves out members that may not sign in. Uses two indexes; slice it.
        """
        if "\0" in beginning:
            return self.none()
        return self.called_like(normalise(beginning).lower(), skeleton(beginning))

    def called_like(self, beginning: str, looks: str):
        """Return what `suggested_for` returns. `beginning` is normalised and in lower case, `looks` is its skeleton."""
        exactly = Q(lower_name__startswith=beginning)
        named = self.alias(lower_name=Lower("username")).filter(
            exactly | Q(skeleton__startswith=looks) if looks else exactly
        )
        return named.confirmed().admitted().order_by(Case(When(exactly, then=0), default=1), "lower_name")

    def beginning_with(self, words: str):
        """Members whose name starts with `words`, deleted ones included. Uses the unique index; slice it."""
        named = self.alias(lower_name=Lower("username"))
        return (
            named.none() if "\0" in words else named.filter(lower_name__startswith=normalise(words).lower())
        )

    def among(self, ids):
        """Members with these ids, passed as one parameter."""
        return self.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))

    def await_turns(self) -> None:
        """Lock the members' rows, so that decisions about them run one after another.

        Call it in a transaction before locking anything else. FOR NO KEY UPDATE lets the members post meanwhile, which
        FOR UPDATE would not.
        """
        list(self.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def confirmed(self):
        """Members whose e-mail address is confirmed, or who have none, as imported members.

        Until then nobody else sees a new member, who may be a stranger with the former name of another one.
        """
        return self.filter(_is_confirmed())

    def visible_to(self, viewer):
        """Members whose page `viewer` may see."""
        present = self.filter(deleted_at=None)
        if viewer.is_authenticated and viewer.is_moderator:
            return present
        return present.filter(_is_confirmed() | Q(pk=viewer.pk))

    def admitted(self):
        """Members who may sign in or stay signed in: neither deleted nor suspended now."""
        return self.filter(Q(suspended_at=None) | Q(suspended_until__lte=Now()), is_active=True)

    def mailable(self):
        """Members to whom mail may be sent: not deleted, with a verified address.

        Includes suspended members, who get a mail about the suspension.
        """
        confirmed = {"emailaddress__primary": True, "emailaddress__verified": True}
        return self.filter(is_active=True, **confirmed).exclude(email="")

    def staff(self):
        """Administrators, staff and moderators. Scans the table: 12 ms for 200,000 rows."""
        return self.filter(is_staff=True) | self.moderators()

    def moderators(self):
        """Members who moderate the site. Costs as much as `staff`."""
        groups = self.model.groups.through.objects.filter(group__permissions__in=_moderate())
        in_person = self.model.user_permissions.through.objects.filter(permission__in=_moderate())
        moderators = Q(pk__in=groups.values("user_id")) | Q(pk__in=in_person.values("user_id"))
        return self.filter(Q(is_superuser=True) | moderators)

    def with_rights(self):
        """Add `group_ids`, `ignored_ids` and `is_moderator` to each member, in the same query."""
        groups = self.model.groups.through.objects.filter(user_id=OuterRef("pk")).values("group_id")
        ignored = Ignore.objects.filter(member_id=OuterRef("pk")).values("ignored_id")
        return self.annotate(
            group_ids=ArraySubquery(groups),
            ignored_ids=ArraySubquery(ignored),
            is_moderator=Q(is_superuser=True) | Q(moderates(self.model)),
        )

    def for_request(self):
        """Add all that a page needs of its viewer: the rights, and the columns registered by other apps."""
        return self.with_rights().annotate(**user_annotations.columns())


class Members(UserManager.from_queryset(UserQuerySet)):
    # No migration needs the manager. A migration that used it would import this module for ever.
    use_in_migrations = False

    def get_by_natural_key(self, username):
        return self.named(username).get()

    def create_superuser(self, username, email=None, password=None, **fields):
        """Create an administrator. The address counts as verified, because only an operator can run the command."""
        user = super().create_superuser(username, email, password, **fields)
        if user.email:
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user


def _moderate():
    return Permission.objects.filter(content_type__app_label="forums", codename="moderate")


def _is_confirmed():
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return Q(Exists(addresses.filter(verified=True))) | ~Q(Exists(addresses))


def moderates(model):
    """Whether a row of the member model has the permission forums.moderate, through a group or directly.

    For one member, Postgres plans this form fastest: 0.1 ms. For all members it takes seconds; use `moderators` there.
    """
    me = OuterRef(OuterRef("pk"))
    in_person = model.user_permissions.through.objects.filter(user_id=me)
    groups = model.groups.through.objects.filter(user_id=OuterRef(me))
    by_group = Group.permissions.through.objects.filter(group_id__in=groups.values("group_id"))
    held = Q(pk__in=in_person.values("permission_id")) | Q(pk__in=by_group.values("permission_id"))
    return Exists(_moderate().filter(held))
