from functools import cached_property
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group, Permission, UserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone

from accounts import avatars
from accounts.models.ignore import MOST_IGNORED, Ignore
from accounts.names import LONGEST, normalise, validate_name


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is in the system's time zone database."""
    if name not in available_timezones():
        raise ValidationError("There is no such time zone.")


class UserQuerySet(models.QuerySet):
    def named(self, name: str):
        """Whoever is called `name` in any spelling of case; at most one row, by the unique index."""
        if "\0" in name:
            # Postgres has no text with NUL and would answer with an error instead of "nobody".
            return self.none()
        return self.alias(lower_name=Lower("username")).filter(lower_name=Lower(models.Value(name)))

    def named_like(self, beginning: str):
        """Members one can talk to whose names begin so, in order. By the unique index; slice it."""
        if "\0" in beginning:
            return self.none()
        found = self.alias(lower_name=Lower("username")).filter(is_active=True, banned_at=None)
        return found.filter(lower_name__startswith=beginning.lower()).order_by("lower_name")

    def staff(self):
        """Administrators and moderators: those whose names nobody may imitate. Reads all rows: 12 ms in 200,000."""
        groups = User.groups.through.objects.filter(group__permissions__in=_moderate())
        in_person = User.user_permissions.through.objects.filter(permission__in=_moderate())
        moderators = Q(pk__in=groups.values("user_id")) | Q(pk__in=in_person.values("user_id"))
        return self.filter(Q(is_superuser=True) | Q(is_staff=True) | moderators)

    def with_standing(self):
        """Each with `group_ids`, `ignored_ids` and `is_moderator`, in the same query."""
        groups = User.groups.through.objects.filter(user_id=OuterRef("pk")).values("group_id")
        ignored = Ignore.objects.filter(member_id=OuterRef("pk")).values("ignored_id")
        return self.annotate(
            group_ids=ArraySubquery(groups),
            ignored_ids=ArraySubquery(ignored),
            is_moderator=Q(is_superuser=True) | Q(_moderates()),
        )


def _moderate():
    return Permission.objects.filter(content_type__app_label="forums", codename="moderate")


def _moderates():
    """Whether a row of User holds forums.moderate, by a group or in person.

    Of the shapes for one member, this one takes Postgres the least time to plan: 0.1 ms. For all of them it
    takes seconds; see `staff`.
    """
    me = OuterRef(OuterRef("pk"))
    in_person = User.user_permissions.through.objects.filter(user_id=me)
    groups = User.groups.through.objects.filter(user_id=OuterRef(me))
    by_group = Group.permissions.through.objects.filter(group_id__in=groups.values("group_id"))
    held = Q(pk__in=in_person.values("permission_id")) | Q(pk__in=by_group.values("permission_id"))
    return Exists(_moderate().filter(held))


class Members(UserManager.from_queryset(UserQuerySet)):
    # Not needed by any migration, which then would have to import this module for ever.
    use_in_migrations = False

    def get_by_natural_key(self, username):
        return self.named(username).get()

    def create_superuser(self, username, email=None, password=None, **fields):
        """An administrator with a verified address: who runs commands on the server vouches for it."""
        user = super().create_superuser(username, email, password, **fields)
        if user.email:
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user


class User(AbstractUser):
    """A member, a moderator, an administrator, or what is left of one who has gone.

    Instances from the session come `with_standing`: `group_ids`, `ignored_ids` and `is_moderator` are
    there. For others each of the three is one query, once.
    """

    class Theme(models.TextChoices):
        SYSTEM = "system", "Like my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class CommentSort(models.TextChoices):
        BEST = "best", "Best"
        NEW = "new", "Newest"
        OLD = "old", "Oldest"
        TOP = "top", "Most votes"
        CONTROVERSIAL = "controversial", "Most debated"

    first_name = last_name = None
    username = models.CharField(
        "name",
        max_length=LONGEST,
        validators=[validate_name],
        error_messages={"unique": "Somebody has that name already."},
    )
    email = models.EmailField("e-mail address", blank=True)

    bio = models.TextField("about me", max_length=1000, blank=True)
    links = ArrayField(
        models.CharField(max_length=200, validators=[URLValidator(schemes=["https"])]),
        size=5,
        default=list,
        blank=True,
    )
    avatar = models.FileField(upload_to=avatars.random_path, blank=True, editable=False)

    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    time_zone = models.CharField(max_length=40, default="UTC", validators=[validate_time_zone])
    comment_sort = models.CharField(max_length=16, choices=CommentSort, default=CommentSort.BEST)
    email_replies = models.BooleanField("somebody answers me", default=True)
    email_mentions = models.BooleanField("somebody mentions me", default=True)

    banned_at = models.DateTimeField(null=True, blank=True, editable=False)
    banned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Members()

    class Meta:
        verbose_name = "member"
        indexes = [
            # allauth asks with iexact, which is UPPER in Postgres, and for the address as it stands.
            models.Index(Upper("username"), name="user_name_upper"),
            models.Index(fields=["email"], name="user_email"),
        ]
        constraints = [
            # text_pattern_ops serves equality and "begins with" alike, in any collation.
            models.UniqueConstraint(
                OpClass(Lower("username"), name="text_pattern_ops"),
                name="user_name_once",
                violation_error_message="Somebody has that name already.",
            ),
            # Imported and deleted members have no address.
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                condition=~Q(email=""),
                violation_error_message="That address belongs to an account already.",
            ),
        ]

    @classmethod
    def normalize_username(cls, username):
        return normalise(username)

    def get_full_name(self):
        return self.username

    def get_short_name(self):
        return self.username

    def get_absolute_url(self):
        return reverse("member-show", args=[self.username])

    @property
    def avatar_url(self) -> str:
        """Where the picture is; one drawn from the name if there is none. No query."""
        return self.avatar.url if self.avatar else reverse("member-avatar", args=[self.username])

    @property
    def is_banned(self) -> bool:
        return self.banned_at is not None

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @cached_property
    def group_ids(self) -> tuple[int, ...]:
        """One query, unless the member came `with_standing`."""
        return tuple(self.groups.values_list("pk", flat=True))

    @cached_property
    def ignored_ids(self) -> tuple[int, ...]:
        """One query, unless the member came `with_standing`."""
        return tuple(self.ignores.values_list("ignored_id", flat=True))

    @cached_property
    def is_moderator(self) -> bool:
        """One query, unless the member came `with_standing`."""
        return self.is_superuser or User.objects.filter(_moderates(), pk=self.pk).exists()

    def may_ignore(self, other: "User") -> bool:
        """Moderators speak for the site, so members have to hear them. May cost a query about `other`."""
        return other.pk != self.pk and not other.is_deleted and not other.is_moderator

    def ignore(self, other: "User") -> None:
        """Stop hearing from `other`; again is no error. PermissionDenied, or ValidationError if full."""
        if not self.may_ignore(other):
            raise PermissionDenied
        if self.ignores.count() >= MOST_IGNORED:
            raise ValidationError(f"You ignore {MOST_IGNORED} members already; that is as many as fit.")
        Ignore.objects.get_or_create(member=self, ignored=other)

    def unignore(self, other: "User") -> None:
        self.ignores.filter(ignored=other).delete()

    @transaction.atomic
    def ban(self, by: "User") -> None:
        """Shut the door: running sessions are over with the next request, signing in explains why not."""
        if self.is_moderator or self.pk == by.pk:
            raise PermissionDenied
        self.banned_at, self.banned_by = timezone.now(), by
        self.save(update_fields=["banned_at", "banned_by"])

    def unban(self) -> None:
        self.banned_at = self.banned_by = None
        self.save(update_fields=["banned_at", "banned_by"])
