from functools import cached_property
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

from accounts import avatars
from accounts.models.ignore import MOST_IGNORED, Ignore
from accounts.models.sanction import Sanction
from accounts.models.users import Members, moderates
from accounts.names import LONGEST, normalise, validate_name


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is in the system's time zone database."""
    if name not in available_timezones():
        raise ValidationError("There is no such time zone.")


class Trust(models.IntegerChoices):
    """How well the site knows a member; it grows by being read. See forums/trust.py."""

    NEW = 0, "New"
    MEMBER = 1, "Member"
    REGULAR = 2, "Regular"


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
    show_presence = models.BooleanField("others see when I read or write", default=True)
    # How often, and of what; forums/letters/when.py says which notification is mail of which kind.
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
        null=True, blank=True, editable=False, help_text="Since then it stays as it is."
    )
    trust_pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    days_here = models.PositiveIntegerField(default=0, editable=False, help_text="Days on which they came.")
    here_on = models.DateField(null=True, blank=True, editable=False, help_text="The last of them, in UTC.")
    # What the sanctions in force come to, so that no page has to ask for them; see `Sanction.objects.settle`.
    silenced_until = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Empty while suspended means for good."
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
            # allauth asks with iexact, which is UPPER in Postgres, and for the address as it stands.
            models.Index(Upper("username"), name="user_name_upper"),
            models.Index(fields=["email"], name="user_email"),
            BrinIndex(fields=["date_joined"], autosummarize=True, name="user_days"),
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
                OpClass(Lower("email"), name="text_pattern_ops"),
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
    def is_silenced(self) -> bool:
        """May read, and write nothing until `silenced_until`."""
        return self.silenced_until is not None and self.silenced_until > timezone.now()

    @property
    def is_suspended(self) -> bool:
        """May not sign in. An end that has passed needs nobody to lift it."""
        if self.suspended_at is None:
            return False
        return self.suspended_until is None or self.suspended_until > timezone.now()

    @property
    def is_regular(self) -> bool:
        """Whether the site trusts the member's reports."""
        return self.trust >= Trust.REGULAR

    @property
    def is_new(self) -> bool:
        """Whether the limits for the new hold them. May cost a query, unless they came `with_standing`."""
        return self.trust == Trust.NEW and not self.is_moderator

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
        return self.is_superuser or User.objects.filter(moderates(User), pk=self.pk).exists()

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
    def vouch_for_address(self) -> None:
        """Make `email` the member's one address, as good as one they have proved to read."""
        self.email = self.email.lower()
        self.save(update_fields=["email"])
        self.emailaddress_set.all().delete()
        if self.email:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)

    def pin_trust(self, trust: Trust, *, by: "User") -> None:
        """Decide by hand how far to trust them; it neither grows nor falls until `unpin_trust`."""
        self.trust, self.trust_pinned_at, self.trust_pinned_by = trust, timezone.now(), by
        self.save(update_fields=["trust", "trust_pinned_at", "trust_pinned_by"])

    def unpin_trust(self) -> None:
        self.trust_pinned_at = self.trust_pinned_by = None
        self.save(update_fields=["trust_pinned_at", "trust_pinned_by"])

    # --- Sanctions; forums/moderation/members.py decides who may, and writes the log ----------------------

    def warn(self, *, by: "User", reason: str, rule: str = "") -> Sanction:
        """Tell them, for the record, that they went too far. PermissionDenied as in `impose`."""
        return Sanction.objects.impose(self, Sanction.Kind.WARNING, by=by, reason=reason, rule=rule)

    def silence(self, *, by: "User", reason: str, until, rule: str = "") -> Sanction:
        """Let them read only, until then."""
        return Sanction.objects.impose(
            self, Sanction.Kind.SILENCE, by=by, reason=reason, rule=rule, until=until
        )

    def await_turn(self) -> None:
        """See `UserQuerySet.await_turns`."""
        User.objects.filter(pk=self.pk).await_turns()

    def suspend(self, *, by: "User", reason: str, until=None, rule: str = "") -> Sanction:
        """Shut the door until then, or for good: running sessions are over with the next request, sockets at
        once; signing in explains why not."""
        return Sanction.objects.impose(
            self, Sanction.Kind.SUSPENSION, by=by, reason=reason, rule=rule, until=until
        )
