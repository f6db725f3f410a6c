from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from forums import acts, permissions
from forums.acts import Act
from forums.models.category import Category
from forums.models.refusal import Refusal, Refused
from forums.roles import Role

REASON = 1000
"""Characters of a reason."""
FLAGGED = ("held", "filtered")
"""Why a case is there (`Case.Why`) when no person has reported it."""


class NotDone(Refused):
    """A moderation act cannot be carried out as things are now. Nothing has changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Refusal.CONFLICT, sentence)


class Overtaken(NotDone):
    """What was to be undone holds no longer: it has been undone, has ended, or has been changed again."""


def reference(to, **options):
    """The id of a row that may go while the log stays: no constraint, for the log is never rewritten."""
    options = {"null": True, "db_constraint": False, "related_name": "+"} | options
    return models.ForeignKey(to, models.DO_NOTHING, **options)


class ActionQuerySet(models.QuerySet):
    def standing(self):
        """Without what has been undone."""
        return self.filter(undoing=None)

    def moderated_by(self, user):
        """Acts on what `user` moderates; those on members are for moderators of the site."""
        mine = Q(category__in=Category.objects.moderated_by(user))
        return self.filter(mine | Q(category=None) if permissions.is_moderator(user) else mine)

    def concerning(self, member):
        """What was done about `member`, or to what they wrote."""
        return self.filter(Q(member=member) | Q(pk__in=member.comments.values("hidden_in")))

    def with_context(self):
        """All that a line of the log shows. References may lead nowhere: outer joins."""
        return self.select_related(
            "by",
            "member",
            "comment",
            "rule",
            "category__parent",
            "topic__category__parent",
            "undoing",
            "undoes",
        )

    def with_statement(self):
        """All that a statement of reasons says (`forums.statements`); `reports` is how many led to it, `is_flagged`
        whether a machine had pointed at it."""
        closed = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        reports = closed.annotate(reports=Sum("closed_cases__reports_count")).values("reports")
        found = self.select_related("rule", "undoing", "comment", "topic", "member")
        by_machine = Q(case__why__in=FLAGGED) | Q(closed_cases__why__in=FLAGGED)
        flagged = self.model.objects.filter(by_machine, pk=OuterRef("pk"))
        reports = Coalesce("case__reports_count", Subquery(reports))
        return found.annotate(reports=reports, is_flagged=Exists(flagged))


class Action(models.Model):
    """An act of moderation: a line of the log, which triggers keep from being changed or removed.

    Whom and what it was done to stands here by id alone, so that leaving members take their names along. `facts` are
    for moderators and for undoing; pages for everybody say nothing of them.
    """

    at = models.DateTimeField(default=timezone.now)
    by = reference(settings.AUTH_USER_MODEL)
    role = models.CharField(max_length=20, choices=Role)
    verb = models.CharField(max_length=24, choices=acts.choices)
    topic = reference("forums.Topic", related_name="actions")
    comment = reference("forums.Comment", related_name="actions")
    member = reference(settings.AUTH_USER_MODEL, related_name="actions")
    category = reference("forums.Category")
    what = models.CharField(max_length=80, help_text="The same in plain words; never a title or a name.")
    rule = models.ForeignKey("forums.Rule", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(max_length=REASON, blank=True)
    until = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undoing")
    is_automated = models.BooleanField(default=False)
    case = reference("forums.Case")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "act of moderation"
        verbose_name_plural = "acts of moderation"
        indexes = [
            models.Index(fields=["-at", "-id"], name="action_log"),
            models.Index(fields=["verb", "-at", "-id"], name="action_verb"),
        ]

    def __str__(self):
        return f"{self.says}: {self.what}" if self.what else self.says

    def get_absolute_url(self):
        return f"/modlog/{self.pk}/"

    @property
    def act(self) -> Act:
        return acts.ACTS[self.verb]

    @property
    def says(self) -> str:
        return self.act.says

    @property
    def is_keeping(self) -> bool:
        """It decides that something may stand."""
        return self.act.keeps

    @property
    def notice(self) -> str:
        """What stands where it has hidden something."""
        if self.verb == "comment_held":
            return "Held until a moderator has looked at it."
        what = "Branch hidden" if self.verb == "branch_hidden" else "Hidden"
        why = f": {self.ground}" if self.ground else ""
        return f"{what} by {self.get_role_display()}{why}{'' if why.endswith(('.', '!', '?')) else '.'}"

    def concerns(self, user) -> bool:
        """Was it done about `user`, or to something they wrote? One query at most."""
        if not user.is_authenticated:
            return False
        return self.member_id == user.pk or self.hidden_comments.filter(author=user).exists()

    @property
    def holds(self) -> bool:
        """Is it by this act that something is hidden? What reports had hidden, a moderator may have hidden since. Three
        queries at most for what hides; of all else it says nothing but yes."""
        if not self.act.hides:
            return True
        hidden = (self.hidden_comments, self.hidden_topics, self.swept_comments)
        return any(each.exists() for each in hidden)

    @property
    def is_undone(self) -> bool:
        """A query unless fetched `with_context`."""
        return hasattr(self, "undoing")

    @property
    def ground(self) -> str:
        """For which rule, or else for which reason; empty where none was named."""
        return str(self.rule) if self.rule_id else self.reason
