from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from forums.access import acts, permissions
from forums.access.acts import Act
from forums.access.refusal import Refusal, Refused
from forums.access.roles import Role
from forums.models.discussion.category import Category

REASON = 1000
"""The most characters of a reason."""
FLAGGED = ("held", "filtered")
"""The origins (stored values of `Case.Why`) of cases that no person has reported."""
PENDING_POST = "held"
"""The key in `Action.facts` of a pending post. It is stored in the log, which is never rewritten."""


class NotDone(Refused):
    """The act cannot be done in the present state; the message says why. Nothing has changed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Refusal.CONFLICT, sentence)


class Overtaken(NotDone):
    """The act to undo no longer applies: it was undone, has ended, or something was changed again."""


def reference(to, **options):
    """A reference to a row that may be deleted. It has no constraint, because the log is never rewritten."""
    options = {"null": True, "db_constraint": False, "related_name": "+"} | options
    return models.ForeignKey(to, models.DO_NOTHING, **options)


class ActionQuerySet(models.QuerySet):
    def not_undone(self):
        """Without acts that have been undone."""
        return self.filter(undoing=None)

    def moderated_by(self, user):
        """Acts in the categories that `user` moderates. Acts on members are for moderators of the site."""
        mine = Q(category__in=Category.objects.moderated_by(user))
        return self.filter(mine | Q(category=None) if permissions.is_moderator(user) else mine)

    def concerning(self, member):
        """Acts on `member`, or on what they wrote."""
        return self.filter(Q(member=member) | Q(pk__in=member.comments.values("hidden_in")))

    def with_context(self):
        """Each with everything that a line of the log shows. Outer joins, because references may lead nowhere."""
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
        """Each with everything that its statement of reasons needs (`forums.moderation.dsa_statements`).

        `reports` is the number of reports that led to it, `is_flagged` whether a filter had found the content.
        """
        closed = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        reports = closed.annotate(reports=Sum("closed_cases__reports_count")).values("reports")
        found = self.select_related("rule", "undoing", "comment", "topic", "member")
        by_machine = Q(case__why__in=FLAGGED) | Q(closed_cases__why__in=FLAGGED)
        flagged = self.model.objects.filter(by_machine, pk=OuterRef("pk"))
        reports = Coalesce("case__reports_count", Subquery(reports))
        return found.annotate(reports=reports, is_flagged=Exists(flagged))


class Action(models.Model):
    """An act of moderation: one line of the log. Database triggers refuse to change or delete it.

    It has only the ids of members, topics and comments, so that no name stays when a member deletes their account.
    `facts` are for undoing and for moderators; public pages do not show them.
    """

    at = models.DateTimeField(default=timezone.now)
    by = reference(settings.AUTH_USER_MODEL)
    role = models.CharField(max_length=20, choices=Role)
    verb = models.CharField(max_length=24, choices=acts.choices)
    topic = reference("forums.Topic", related_name="actions")
    comment = reference("forums.Comment", related_name="actions")
    member = reference(settings.AUTH_USER_MODEL, related_name="actions")
    category = reference("forums.Category")
    what = models.CharField(max_length=80, help_text="The item in plain words; never a title or a name.")
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
        """Whether the act decides that something may stay."""
        return self.act.keeps

    @property
    def notice(self) -> str:
        """The text of the placeholder for what the act has hidden."""
        if self.verb == "comment_held":
            return "Hidden until a moderator has looked at it."
        what = "Branch hidden" if self.verb == "branch_hidden" else "Hidden"
        why = f": {self.ground}" if self.ground else ""
        return f"{what} by {self.get_role_display()}{why}{'' if why.endswith(('.', '!', '?')) else '.'}"

    def concerns(self, user) -> bool:
        """Whether the act was done to `user`, or to something they wrote. One query at most."""
        if not user.is_authenticated:
            return False
        return self.member_id == user.pk or self.hidden_comments.filter(author=user).exists()

    @property
    def is_in_effect(self) -> bool:
        """Whether this act still hides something. Always true for acts that hide nothing.

        A moderator may have hidden since what reports had hidden. Three queries at most.
        """
        if not self.act.hides:
            return True
        hidden = (self.hidden_comments, self.hidden_topics, self.removed_comments)
        return any(each.exists() for each in hidden)

    @property
    def is_undone(self) -> bool:
        """Whether the act was undone. One query unless fetched `with_context`."""
        return hasattr(self, "undoing")

    @property
    def pending_post_id(self) -> int | None:
        """The pending post that the act has approved or refused. None for other acts."""
        return self.facts.get(PENDING_POST)

    @property
    def ground(self) -> str:
        """The rule, otherwise the reason. Empty if neither was named."""
        return str(self.rule) if self.rule_id else self.reason
