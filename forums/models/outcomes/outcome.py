from datetime import date
from typing import Protocol

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone

from config.engines import clock
from forums import markup
from forums.access.refusal import Refusal, Refused
from forums.models.discussion.category import Category
from forums.models.discussion.topic import Topic
from forums.models.notifications import mentions, outbox
from forums.models.outcomes.outcome_change import OutcomeChange
from forums.models.records.pending_record import PendingRecord
from forums.models.search.search_update import SearchUpdate

VALUES = ("decision", "carried_by", "carrier_id", "review_on")
"""The columns of an outcome that its log keeps."""
Event = OutcomeChange.Event


class Subject(Protocol):
    """A poll or a debate that is over. `outcome` is null or the outcome that it was given."""

    topic: Topic
    outcome: "Outcome | None"

    @property
    def opener_id(self) -> int | None:
        """The id of the member who opened it."""

    @property
    def outcome_title(self) -> str:
        """Its question; empty if the title of the topic says it."""

    @property
    def outcome_address(self) -> str:
        """The path of the page that shows it."""

    def participants(self) -> set[int]:
        """Return the ids of the members who took part."""

    def refresh_from_db(self, *, fields) -> None: ...

    def show_outcome(self) -> None:
        """Store `outcome`, and publish it to pages that do not follow the topic's version."""


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user):
        """Filter the outcomes of topics that `user` may see, without those that were withdrawn."""
        return self.given().filter(topic__in=Topic.objects.visible_to(user))

    def legible_to(self, user):
        """Filter those of topics that `user` may see. Withdrawn ones are for the moderators of their category."""
        seen = self.filter(topic__in=Topic.objects.visible_to(user))
        return seen.filter(Q(withdrawn_at=None) | Q(topic__category__in=Category.objects.moderated_by(user)))

    def given(self):
        """Leave out those that were withdrawn."""
        return self.filter(withdrawn_at=None)

    def for_list(self):
        """Load all that a list shows."""
        return self.select_related("topic__category__parent", "carrier", "decided_by")

    def review_due(self):
        """Filter those whose review date has come."""
        return self.filter(review_on__lte=clock.now().date())

    def to_remind(self):
        """Filter those that are to be reviewed and of which nobody was reminded. Those of hidden topics wait."""
        shown = self.given().filter(topic__deleted_at=None, topic__hidden_at=None)
        return shown.review_due().filter(reminded_at=None)

    @staticmethod
    def facts_of(subject: Subject) -> dict:
        """Return the columns that tell which poll or debate an outcome belongs to."""
        return {
            "topic": subject.topic,
            "title": subject.outcome_title,
            "address": subject.outcome_address,
            "opener_id": subject.opener_id,
        }

    @transaction.atomic
    def decide(
        self, subject: Subject, *, by, version: int, decision: str, carried_by: str = "", carrier=None,
        review_on: date | None = None,
    ) -> "Outcome | None":  # fmt: skip
        """Give `subject` an outcome, or change the one it has. Returns None if it has these values already.

        `version` is the version that the form has shown, 0 for none. Raises `Refused` if somebody has changed the
        outcome since, and if the topic has been deleted.
        """
        topic = subject.topic
        topic.lock_row()
        topic.refresh_from_db(fields=["deleted_at"])
        if topic.deleted_at:
            raise Refused(Refusal.GONE, "This topic has been deleted, or merged into another one.")
        subject.refresh_from_db(fields=["outcome"])
        said = {
            "decision": decision, "carried_by": carried_by, "carrier_id": carrier and carrier.pk,
            "review_on": review_on,
        }  # fmt: skip
        outcome = subject.outcome or self.model(decided_by=by, **self.facts_of(subject))
        if outcome.pk and not outcome.is_withdrawn and outcome.values == said:
            return None
        if outcome.version != version:
            raise Refused(
                Refusal.CONFLICT,
                "Somebody has changed this outcome since you opened the form. Your text is still here. "
                "Compare it with the outcome on the page, then send the form again.",
            )
        is_new = outcome.pk is None
        outcome._write(by=by, event=Event.GIVEN if is_new else Event.CHANGED, **said)
        subject.outcome = outcome
        subject.show_outcome()
        outcome.note_in_topic()
        if is_new:
            outcome._announce(subject.participants() | ({carrier.pk} if carrier else set()))
        return outcome


class Outcome(models.Model):
    """What a poll or debate led to: the decision, who carries it out, and when it is reviewed.

    `Poll.outcome` and `Debate.outcome` point to it. Its log has all its versions (`changes`). It is as visible as its
    topic. A withdrawn outcome is visible to moderators only.
    """

    topic = models.ForeignKey("forums.Topic", models.PROTECT, related_name="outcomes")
    title = models.CharField(
        max_length=200, blank=True, help_text="The question that was decided. Empty: the topic's title."
    )
    address = models.CharField(max_length=200, help_text="The page of the poll or debate.")
    opener = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who opened the poll or debate.",
    )
    decision = models.TextField()
    decision_html = models.TextField()
    carried_by = models.CharField(max_length=200, blank=True)
    carrier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="outcomes_to_carry_out"
    )
    review_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="outcomes"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0, help_text="The number of lines of its log.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="outcome_new"),
            models.Index(
                fields=["review_on"],
                name="outcome_to_remind",
                condition=Q(reminded_at=None, withdrawn_at=None, review_on__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title or f"Outcome of topic {self.topic_id}"

    def get_absolute_url(self):
        return f"/decisions/{self.pk}/"

    @property
    def about(self) -> str:
        """The question that was decided. Needs the topic if the debate had none of its own."""
        return self.title or self.topic.title

    @property
    def form_address(self) -> str:
        """The page on which it is changed."""
        return f"{self.address}outcome/"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_review_due(self) -> bool:
        return self.review_on is not None and self.review_on <= clock.now().date()

    @property
    def plain_text(self) -> str:
        """The beginning of the decision."""
        return markup.excerpt(self.decision_html)

    @property
    def changed_words(self) -> str:
        """How often it was changed, for a link to its versions; "" for never."""
        times = self.version - 1
        return {0: "", 1: "changed once", 2: "changed twice"}.get(times, f"changed {times} times")

    @property
    def values(self) -> dict:
        return {name: getattr(self, name) for name in VALUES}

    # --- Verbs: each one transaction that locks the topic first ------------------------------------

    @transaction.atomic
    def withdraw(self, *, by) -> bool:
        """Withdraw it: only moderators see it from now on. Returns whether anything changed."""
        return self._hide(by, is_withdrawn=True)

    @transaction.atomic
    def restore(self, *, by) -> bool:
        """Undo `withdraw`. Returns whether anything changed."""
        return self._hide(by, is_withdrawn=False)

    def _hide(self, by, *, is_withdrawn):
        self.topic.lock_row()
        self.refresh_from_db(fields=[*VALUES, "decided_by", "version", "withdrawn_at", "withdrawn_by"])
        if self.is_withdrawn == is_withdrawn:
            return False
        self.withdrawn_at, self.withdrawn_by = (clock.now(), by) if is_withdrawn else (None, None)
        self.version, self.changed_at = self.version + 1, clock.now()
        self.save()
        self._log(by, Event.WITHDRAWN if is_withdrawn else Event.RESTORED)
        self.note_in_topic()
        return True

    def note_in_topic(self) -> None:
        """Raise the topic's version, and let lists and the search know whether it has an outcome. Three statements."""
        newest = Outcome.objects.given().filter(topic=self.topic).aggregate(at=Max("created_at"))
        self.topic.bump_version(decided_at=newest["at"])
        SearchUpdate.objects.of_opening(self.topic)

    def _write(self, *, by, event, **said):
        if self.review_on != said["review_on"]:
            self.reminded_at = None
        for name, value in said.items():
            setattr(self, name, value)
        self.decision_html = mentions.render(self.decision).html
        self.withdrawn_at = self.withdrawn_by = None
        self.version, self.changed_at = self.version + 1, clock.now()
        self.save()
        self._log(by, event)

    def _log(self, by, event):
        change = self.changes.create(at=self.changed_at, by=by, event=event, **self.values)
        PendingRecord.add("outcome", change.pk, topic=self.topic, address=self.address)

    def _announce(self, members: set[int]):
        """Notify those who took part and those who watch the topic, once. The words show no text that may be hidden."""
        said = {"once": f"outcome {self.pk}", "words": f"Decided: {self.about}", "address": self.address}
        outbox.notify(sorted(members - {self.decided_by_id}), kind="ended", topic=self.topic, **said)
        outbox.notify_watchers(self.topic, actor=self.decided_by, kind="opened", **said)
