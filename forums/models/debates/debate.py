from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from config.engines import clock
from forums.access.refusal import Refusal, Refused
from forums.models.debates import debate_figures, debate_queries
from forums.models.debates.debate_queries import DebateQuerySet
from forums.models.discussion.slow_mode import SlowMode
from forums.models.discussion.topic import Topic
from forums.models.discussion.vote import Vote
from forums.models.notifications import reminder
from forums.models.outcomes.outcome import Outcome
from forums.models.records.pending_record import PendingRecord


class NotNow(Refused):
    """The debate has not begun yet, has begun or is over, and this needs another state."""

    def __init__(self, sentence: str) -> None:
        super().__init__(Refusal.CLOSED, sentence)


class Debate(models.Model):
    """A topic with an announced start and end. Members can reply only between them.

    The state follows from the time and not from a column: `starts_at` and `ends_at` decide whether it runs, and replies
    are refused to the second (`forums.models.discussion.reply_slot`, by the topic's copies of both). `begin` and
    `end` store what
    follows. A periodic task or the first request calls them; calling them again is no error.
    """

    class State(models.TextChoices):
        ANNOUNCED, RUNNING, ENDED = "announced", "running", "ended"

    topic = models.OneToOneField("forums.Topic", models.CASCADE, primary_key=True, related_name="debate")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    question = models.CharField(
        max_length=200, blank=True, help_text="Pinned above the discussion; plain text."
    )
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    announced_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0, help_text="Changes of its times; for calendars.")
    warned_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Empty: the clock."
    )
    summary = models.JSONField(
        null=True, help_text="Its figures at the end (`forums.models.debates.debate_figures`)."
    )
    outcome = models.OneToOneField(
        "forums.Outcome", models.SET_NULL, null=True, editable=False, related_name="debate"
    )

    objects = DebateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="debate_begins_first"),
            models.CheckConstraint(
                condition=Q(ended_at=None, summary=None) | ~Q(ended_at=None) & ~Q(summary=None),
                name="debate_ended_summed_up",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="debate_coming", condition=Q(ended_at=None))]

    def __str__(self):
        return f"Debate of topic {self.topic_id}"

    @property
    def name(self) -> str:
        """A unique name, because a topic whose debate was cancelled may get another."""
        return f"{self.pk}-{self.announced_at:%y%m%d%H%M%S%f}"

    @property
    def summary_address(self) -> str:
        return f"/t/{self.topic_id}/summary/"

    @property
    def opener_id(self) -> int | None:
        return self.announced_by_id

    @property
    def outcome_address(self) -> str:
        return self.summary_address

    @property
    def outcome_title(self) -> str:
        return self.question

    @property
    def over_at(self):
        """When it ended or will end."""
        return self.ended_at or self.ends_at

    @property
    def state(self) -> str:
        if self.ended_at or self.ends_at <= clock.now():
            return self.State.ENDED
        return self.State.RUNNING if self.starts_at <= clock.now() else self.State.ANNOUNCED

    @property
    def is_announced(self) -> bool:
        return self.state == self.State.ANNOUNCED

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_over(self) -> bool:
        return self.state == self.State.ENDED

    # --- Verbs: each one transaction that locks the topic first ------------------------------------

    @classmethod
    @transaction.atomic
    def announce(cls, topic, *, by, starts_at, ends_at, question: str = "") -> "Debate":
        """Announce a debate of `topic`. Repeating it returns the same debate. Raises `NotNow` if another exists."""
        said = {"announced_by": by, "starts_at": starts_at, "ends_at": ends_at, "question": question}
        if Topic.objects.select_for_update(no_key=True).get(pk=topic.pk).deleted_at:
            raise NotNow("This topic has been deleted, or merged into another one.")
        found = cls.objects.filter(topic=topic)
        if found:
            if found.filter(**said):
                return found[0]
            raise NotNow("This topic already has a debate. Change that one instead.")
        debate = cls.objects.create(topic=topic, **said)
        topic.debate_from, topic.debate_until = starts_at, ends_at
        topic.bump_version(debate_from=starts_at, debate_until=ends_at)
        debate_queries.start_turning(debate)
        return debate

    @transaction.atomic
    def change(self, *, starts_at, ends_at) -> None:
        """Change the times. After the start the end can only move to later. Raises `NotNow`."""
        if not self.hold() or self.is_over:
            raise NotNow("This debate is over.")
        if self.is_running and (starts_at != self.starts_at or ends_at < self.ends_at):
            raise NotNow("The debate has begun: its start cannot change, and its end can only move to later.")
        if (starts_at, ends_at) == (self.starts_at, self.ends_at):
            return
        is_moved = starts_at != self.starts_at
        if is_moved:
            self.warned_at = None
        self.starts_at, self.ends_at, self.revision = starts_at, ends_at, self.revision + 1
        self.save(update_fields=["starts_at", "ends_at", "revision", "warned_at"])
        self.topic.bump_version(debate_from=starts_at, debate_until=ends_at)
        debate_queries.start_turning(self)
        if is_moved:
            reminder.notify(self, "moved")

    @transaction.atomic
    def ask(self, question: str) -> None:
        """Pin a question instead of the last one. An empty question removes it. Raises `NotNow` after the end."""
        if not self.hold() or self.is_over:
            raise NotNow("This debate is over, so its question cannot change any more.")
        if question != self.question:
            self.question = question
            self.save(update_fields=["question"])
            self.topic.bump_version()

    @transaction.atomic
    def warn(self) -> None:
        """Send the reminder shortly before the start: once, and once more if the debate was moved since."""
        if self.hold() and self.warned_at is None and self.is_announced:
            self.warned_at = clock.now()
            self.save(update_fields=["warned_at"])
            reminder.notify(self, "near")

    @transaction.atomic
    def begin(self) -> None:
        """Record the start when its time has come, and send notifications."""
        if self.hold() and self.started_at is None and not self.is_announced:
            self._note_beginning()
            self.topic.bump_version()
            reminder.notify(self, "begun")

    @transaction.atomic
    def end(self, *, by=None) -> None:
        """Lock the topic and store the summary. `by` is None if its time is over. Raises `NotNow` before the start."""
        if not self.hold() or self.ended_at:
            return
        now = clock.now()
        if self.is_announced:
            raise NotNow("The debate has not begun yet. You can call it off instead.")
        if by is None and self.ends_at > now:
            return  # it was moved to later meanwhile
        self._note_beginning()
        self.ended_at, self.ended_by = min(now, self.ends_at), by
        self.summary = debate_figures.figures(self)
        self.save(update_fields=["ended_at", "ended_by", "summary"])
        SlowMode.lift(self.topic)
        lock = {} if self.topic.is_locked else {"locked_at": self.ended_at, "locked_by": by}
        self.topic.bump_version(debate_until=None, **lock)
        PendingRecord.add("debate", self.pk, topic=self.topic, address=self.summary_address)
        reminder.notify(self, "ended")

    @transaction.atomic
    def cancel(self) -> None:
        """Cancel it before the start. The topic becomes an ordinary one again. Raises `NotNow` after the start."""
        if not self.hold():
            return
        if not self.is_announced:
            raise NotNow("The debate has begun, so it cannot be called off. A moderator can end it.")
        reminder.notify(self, "cancelled")
        Debate.objects.filter(pk=self.pk).delete()
        SlowMode.lift(self.topic)
        self.topic.bump_version(debate_from=None, debate_until=None)
        # Another debate may be announced, with other sides.
        Vote.objects.forget_sides(self.topic)
        self.topic.comments.filter(persuaded__gt=0).rewrite(persuaded=0)

    @property
    def given_outcome(self) -> Outcome | None:
        """Its outcome, unless it was withdrawn. One query, none without one."""
        return self.outcome if self.outcome and not self.outcome.is_withdrawn else None

    def participants(self) -> set[int]:
        """Return the ids of the members who took a side or asked for a reminder. Two queries."""
        sides = set(self.sides.values_list("member", flat=True))
        return sides | set(self.reminders.values_list("member", flat=True))

    def show_outcome(self) -> None:
        """Store `outcome`. The caller has locked the topic, and raises its version."""
        self.save(update_fields=["outcome"])

    def apply_due_transition(self) -> bool:
        """Begin or end the debate if its time has come and nobody has done it. Returns whether something changed."""
        if self.is_over and self.ended_at is None:
            self.end()
        elif self.is_running and self.started_at is None:
            self.begin()
        else:
            return False
        return True

    def hold(self) -> bool:
        """Lock the topic and refresh both rows. Returns False if the debate was cancelled."""
        held = (
            Topic.objects.select_for_update(of=["self"], no_key=True)
            .select_related("category__parent")
            .get(pk=self.pk)
        )
        try:
            self.refresh_from_db()
        except Debate.DoesNotExist:
            return False
        self.topic = held
        return True

    def _note_beginning(self):
        if self.started_at is None:
            self.started_at = self.starts_at
            self.save(update_fields=["started_at"])
