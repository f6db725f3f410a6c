"""The member model."""

from functools import cache, cached_property
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, OpClass
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone

from accounts.identity import avatars
from accounts.identity.names import LONGEST, normalise, validate_name
from accounts.models.ignore import MOST_IGNORED, Ignore
from accounts.models.sanction import Sanction
from accounts.models.skeleton_field import SkeletonField
from accounts.models.users import Members, moderates


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that members can choose: UTC, and places. "Europe/Lisbon" has summer time, "Etc/GMT-1" does not."""
    return "UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is one of `time_zones`."""
    if name not in time_zones():
        raise ValidationError("There is no such time zone.")


class Trust(models.IntegerChoices):
    """How far the site trusts a member.

    It grows when others read and like what they write; see forums/posting/trust.py.
    """

    NEW = 0, "New"
    MEMBER = 1, "Member"
    REGULAR = 2, "Regular"


class User(AbstractUser):
    """A member, a moderator, an administrator, or the empty row of a deleted member.

    The member of a session is loaded `for_request`, which includes `group_ids`, `ignored_ids` and `is_moderator`. For
    other instances each of the three costs one query, once.
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

    class EmailPace(models.TextChoices):
        AT_ONCE = "at_once", "At once, unless I have read it on the site within two minutes"
        DAILY = "daily", "Once a day, in the morning"
        WEEKLY = "weekly", "Once a week, on Monday morning"
        NEVER = "never", "Never"

    first_name = last_name = None
    username = models.CharField(
        "name",
        max_length=LONGEST,
        validators=[validate_name],
        error_messages={"unique": "This name is taken. Please choose another."},
    )
    # Not unique: names that looked alike before this column existed stay as they are.
    skeleton = SkeletonField()
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
    show_presence = models.BooleanField("others see when I read or write", default=True)
    # When and about what to send mail. forums/notifications/schedule.py maps notifications to these kinds.
    email_pace = models.CharField(
        "e-mail", max_length=8, choices=EmailPace, default=EmailPace.AT_ONCE, db_default=EmailPace.AT_ONCE
    )
    email_replies = models.BooleanField("somebody answers or quotes me", default=True)
    email_mentions = models.BooleanField("somebody mentions me", default=True)
    email_watched = models.BooleanField("something is new where I watch", default=True, db_default=True)
    email_moderation = models.BooleanField("a moderator decides about me", default=True, db_default=True)
    email_events = models.BooleanField("polls end and debates begin", default=True, db_default=True)

    trust = models.PositiveSmallIntegerField(choices=Trust, default=Trust.NEW, editable=False)
    trust_pinned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From then on the trust does not change by itself."
    )
    trust_pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    days_here = models.PositiveIntegerField(
        default=0, editable=False, help_text="The number of days on which the member came."
    )
    here_on = models.DateField(
        null=True, blank=True, editable=False, help_text="The last of these days, in UTC."
    )
    # The combined effect of the sanctions in force, written by `Sanction.objects.apply_to`. Pages need no query for it.
    silenced_until = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Empty for a suspended member means a permanent suspension.",
    )
    suspended_by = models.ForeignKey(
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
            # allauth looks names up with iexact, which is UPPER in Postgres, and addresses exactly.
            models.Index(Upper("username"), name="user_name_upper"),
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["skeleton"], opclasses=["varchar_pattern_ops"], name="user_skeleton"),
            BrinIndex(fields=["date_joined"], autosummarize=True, name="user_days"),
        ]
        constraints = [
            # text_pattern_ops supports equality and "starts with" in any collation.
            models.UniqueConstraint(
                OpClass(Lower("username"), name="text_pattern_ops"),
                name="user_name_once",
                violation_error_message="This name is taken. Please choose another.",
            ),
            # Imported and deleted members have no address.
            models.UniqueConstraint(
                OpClass(Lower("email"), name="text_pattern_ops"),
                name="user_email_once",
                condition=~Q(email=""),
                violation_error_message="There is an account with this address already.",
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
        """The address of the picture, or of a drawing of the first letter. No query."""
        return self.avatar.url if self.avatar else reverse("member-avatar", args=[self.username])

    @property
    def is_silenced(self) -> bool:
        """Whether the member may only read, until `silenced_until`."""
        return self.silenced_until is not None and self.silenced_until > timezone.now()

    @property
    def is_suspended(self) -> bool:
        """Whether the member may not sign in. A suspension ends by itself at `suspended_until`."""
        if self.suspended_at is None:
            return False
        return self.suspended_until is None or self.suspended_until > timezone.now()

    @property
    def is_regular(self) -> bool:
        """Whether the site trusts the member's reports."""
        return self.trust >= Trust.REGULAR

    @property
    def is_new(self) -> bool:
        """Whether the limits for new members apply. May cost a query, unless loaded `for_request`."""
        return self.trust == Trust.NEW and not self.is_moderator

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @cached_property
    def group_ids(self) -> tuple[int, ...]:
        """One query, unless the member came `for_request`."""
        return tuple(self.groups.values_list("pk", flat=True))

    @cached_property
    def ignored_ids(self) -> tuple[int, ...]:
        """One query, unless the member came `for_request`."""
        return tuple(self.ignores.values_list("ignored_id", flat=True))

    @cached_property
    def is_moderator(self) -> bool:
        """One query, unless the member came `for_request`."""
        return self.is_superuser or User.objects.filter(moderates(User), pk=self.pk).exists()

    def may_ignore(self, other: "User") -> bool:
        """Whether `other` can be ignored. Moderators cannot: they speak for the site. May cost a query."""
        return other.pk != self.pk and not other.is_deleted and not other.is_moderator

    def ignore(self, other: "User") -> None:
        """Ignore `other`. Ignoring twice is no error. Raises PermissionDenied, or ValidationError for a full list."""
        if not self.may_ignore(other):
            raise PermissionDenied
        if self.ignores.count() >= MOST_IGNORED:
            raise ValidationError(
                f"You can ignore at most {MOST_IGNORED} members. Please remove one from your list first."
            )
        Ignore.objects.get_or_create(member=self, ignored=other)

    def unignore(self, other: "User") -> None:
        self.ignores.filter(ignored=other).delete()

    @transaction.atomic
    def vouch_for_address(self) -> None:
        """Make `email` the member's only address, and mark it as verified."""
        self.email = self.email.lower()
        self.save(update_fields=["email"])
        self.emailaddress_set.all().delete()
        if self.email:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)

    def pin_trust(self, trust: Trust, *, by: "User") -> None:
        """Set the trust by hand. It does not change by itself until `unpin_trust`."""
        self.trust, self.trust_pinned_at, self.trust_pinned_by = trust, timezone.now(), by
        self.save(update_fields=["trust", "trust_pinned_at", "trust_pinned_by"])

    def unpin_trust(self) -> None:
        self.trust_pinned_at = self.trust_pinned_by = None
        self.save(update_fields=["trust_pinned_at", "trust_pinned_by"])

    # --- Sanctions; forums/moderation/acts/members.py checks permissions and writes the log ---------------------

    def warn(self, *, by: "User", reason: str, rule: str = "") -> Sanction:
        """Warn the member. Raises PermissionDenied as `impose_all` does."""
        return Sanction.objects.impose(self, Sanction.Kind.WARNING, by=by, reason=reason, rule=rule)

    def silence(self, *, by: "User", reason: str, until, rule: str = "") -> Sanction:
        """Let the member only read until `until`."""
        return Sanction.objects.impose(
            self, Sanction.Kind.SILENCE, by=by, reason=reason, rule=rule, until=until
        )

    def await_turn(self) -> None:
        """See `UserQuerySet.await_turns`."""
        User.objects.filter(pk=self.pk).await_turns()

    def suspend(self, *, by: "User", reason: str, until=None, rule: str = "") -> Sanction:
        """Keep the member from signing in until `until`, or permanently.

        Running sessions end with their next request, sockets at once. The sign-in page shows the reason.
        """
        return Sanction.objects.impose(
            self, Sanction.Kind.SUSPENSION, by=by, reason=reason, rule=rule, until=until
        )
