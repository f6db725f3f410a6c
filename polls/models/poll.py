from datetime import timedelta
from itertools import zip_longest
from secrets import token_hex

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Min, Q
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone

from config.engines import clock
from config.monitoring.queues import Backlog
from config.processes import task_queue
from forums.access.refusal import Refusal, Refused
from forums.live import streams
from forums.models import Outcome, Topic
from forums.models.notifications import outbox
from polls import tally
from polls.models.elector import write_roll
from polls.models.entry import Entry
from polls.models.option import Option

OUTCOME = ("outcome__decided_by", "outcome__carrier")
"""What a page shows of the outcome."""
NEWS = timedelta(days=1)
"""A poll that opened longer ago is no news, for instance one that an earlier release opened."""
OPEN_TASK = "polls.tasks.open_due"
"""The task that fixes the rolls of polls that have begun."""
CLOSE_TASK = "polls.tasks.close_due"
"""The task that closes polls whose time is over."""


def new_seed() -> str:
    """A random text from which lots are drawn. It is shown with the poll, so that anyone can repeat the draw."""
    return token_hex(16)


class Frozen(Exception):
    """The change would break a rule under which members have voted. The message is a sentence for the member."""


class PollQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Polls in topics that `user` may see."""
        return self.filter(topic__in=Topic.objects.visible_to(user))

    def for_list(self, name: str):
        """The "open", "upcoming", "closed" or "decided" polls, with their topics.

        A decided poll has an outcome, or a rule by which it passed or not.
        """
        now = clock.now()
        running = Q(closes_at=None) | Q(closes_at__gt=now)
        chosen = {
            "open": Q(running, closed_at=None, opens_at__lte=now),
            "upcoming": Q(closed_at=None, opens_at__gt=now),
            "closed": Q(closed_at__isnull=False),
            "decided": Q(closed_at__isnull=False, passed__isnull=False)
            | Q(outcome__isnull=False, outcome__withdrawn_at=None),
        }
        found = self.filter(chosen[name]).select_related("topic__category__parent", "outcome")
        return found.defer("cells", "frozen_result")

    def for_page(self):
        """Polls with everything that permissions and pages need. Two queries, the second for options."""
        shown = self.select_related("topic__category__parent", "author", *OUTCOME)
        full = shown.prefetch_related("options")
        return full.defer("cells", "frozen_result")  # megabytes in a long run-off

    def due(self):
        """Polls whose closing time has passed but that are not closed yet."""
        return self.filter(closed_at=None, closes_at__lte=clock.now())

    def unopened(self):
        """Polls that have begun, but whose roll is not fixed yet."""
        return self.running().filter(roll_size=None)

    def backlog(self) -> Backlog:
        """How many polls wait to be closed, and since when. One query."""
        return Backlog(*self.due().aggregate(waiting=Count("pk"), oldest=Min("closes_at")).values())

    def running(self):
        """Polls that have opened and are not closed yet."""
        return self.filter(closed_at=None, opens_at__lte=clock.now())


class Poll(models.Model):
    """A question with options, and the rules for voting on it.

    The rules are frozen at the first ballot. `revision` counts changes before that. A ballot is written only if the
    poll still has the revision for which it was made (polls/ballots/ballot_store.py), so a cached poll cannot admit
    a ballot that
    breaks a rule. Changing the rules and closing lock the row FOR UPDATE. Writing a ballot takes a lock FOR KEY
    SHARE, which conflicts with FOR UPDATE but not with other ballots.
    """

    class Method(models.TextChoices):
        ONE = "one", "One choice"
        SEVERAL = "several", "Several choices"
        APPROVAL = "approval", "Approval: every option that you can accept"
        SCORE = "score", "Scores from 0 to 5"
        RUNOFF = "runoff", "Ranking, counted by instant run-off"
        SCHULZE = "schulze", "Ranking, compared in pairs (Schulze)"
        STV = "stv", "Ranking for several seats, as in Scotland (STV)"
        MEEK = "meek", "Ranking for several seats, by Meek's method (STV)"
        DOTS = "dots", "Dots to spread over the options"
        CONSENT = "consent", "Consent: no reasoned objection"

    class ResultsShow(models.TextChoices):
        ALWAYS = "always", "to everyone at any time"
        AFTER_VOTING = "after_voting", "to those who have voted, and to everyone when the poll has closed"
        AT_CLOSE = "at_close", "when the poll has closed"
        STAFF = "staff", "to moderators only"

    class Majority(models.TextChoices):
        NONE = "", "no majority: the poll only shows a result"
        SIMPLE = "simple", "simple: more votes than any other option"
        ABSOLUTE = "absolute", "absolute: more than half"
        TWO_THIRDS = "thirds", "two thirds"
        CUSTOM = "custom", "a percentage"

    topic = models.ForeignKey("forums.Topic", models.PROTECT, related_name="polls")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="polls")
    question = models.CharField(max_length=200)
    method = models.CharField(max_length=8, choices=Method)
    at_least = models.PositiveSmallIntegerField(default=1)
    at_most = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty means all options.")
    seats = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="How many options are elected."
    )
    dots = models.PositiveSmallIntegerField(default=10, db_default=10, help_text="The dots of each voter.")
    shuffled = models.BooleanField(
        default=False, help_text="Each voter sees the options in a different order."
    )
    voter_groups = ArrayField(
        models.IntegerField(), default=list, blank=True, help_text="Empty means everyone."
    )
    account_days = models.PositiveSmallIntegerField(default=0)
    members_before_opening = models.BooleanField(default=False)
    roll_grows = models.BooleanField(
        default=True, db_default=True, help_text="Members who fulfil the rules later may vote, too."
    )
    roll_size = models.PositiveIntegerField(null=True, editable=False)
    voters_published = models.BooleanField(
        default=False, db_default=False, help_text="When it has closed, it shows who voted, but not how."
    )
    changeable = models.BooleanField(default=True)
    withdrawable = models.BooleanField(default=False)
    results_show = models.CharField(max_length=12, choices=ResultsShow, default=ResultsShow.AFTER_VOTING)
    quorum = models.PositiveIntegerField(
        default=0, help_text="How many ballots are needed for a valid result."
    )
    quorum_percent = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The part of the roll that must vote."
    )
    majority = models.CharField(max_length=8, choices=Majority, blank=True, default="", db_default="")
    majority_percent = models.PositiveSmallIntegerField(default=50, db_default=50)
    majority_of_roll = models.BooleanField(default=False, db_default=False)
    passed = models.BooleanField(
        null=True,
        editable=False,
        help_text="Whether it passed by its rule. Null without a rule, and until it closes.",
    )
    secret = models.BooleanField(default=True)
    extensible = models.BooleanField(default=False, help_text="Options may be added while the poll is open.")
    opens_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty means that it is closed by hand."
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    seed = models.CharField(max_length=32, default=new_seed, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    token = models.UUIDField(editable=False)
    cells = models.JSONField(null=True, editable=False, help_text="The tally when the poll closed.")
    frozen_result = models.JSONField(
        null=True,
        editable=False,
        db_column="outcome",
        help_text="The result when the poll closed, by the rules of that time.",
    )
    outcome = models.OneToOneField(
        "forums.Outcome", models.SET_NULL, null=True, editable=False, related_name="poll"
    )
    source = models.CharField(
        max_length=120, blank=True, editable=False, help_text="Where the poll was imported from."
    )

    objects = PollQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["author", "token"], name="poll_token_once"),
            models.CheckConstraint(condition=Q(closed_at=None) | ~Q(cells=None), name="poll_closed_counted"),
        ]
        indexes = [models.Index(fields=["closes_at"], name="poll_due", condition=Q(closed_at=None))]

    def __str__(self):
        return self.question

    def get_absolute_url(self):
        return reverse("poll-show", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """True if it was closed by hand or its closing time has passed, even if it is not counted yet."""
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= clock.now())

    @property
    def has_begun(self) -> bool:
        return self.opens_at <= clock.now()

    @property
    def is_open(self) -> bool:
        return self.has_begun and not self.is_closed

    @property
    def counting_method(self) -> tally.Method:
        return tally.Method(self.method)

    @property
    def option_ids(self) -> tuple[int, ...]:
        return tuple(option.pk for option in self.options.all())

    @property
    def terms(self) -> tally.Terms:
        """The rules that its count needs."""
        options = self.options.all()
        barred = frozenset(
            option.pk for option in options if option.set_aside or option.kind == Option.Kind.ABSTAIN
        )
        return tally.Terms(self.seed, self.seats, barred, self._objection)

    @property
    def _objection(self):
        return next((o.pk for o in self.options.all() if o.kind == Option.Kind.OBJECT), None)

    def read(self, marks) -> tally.Ballot:
        """Validate the marks as a ballot of this poll. Raises InvalidBallot with a sentence for the voter."""
        limits = tally.Limits(
            self.at_least,
            self.at_most,
            dots=self.dots,
            objection=self._objection,
            alone=frozenset(option.pk for option in self.options.all() if option.kind),
        )
        return tally.validate(marks, self.counting_method, self.option_ids, limits)

    @property
    def has_stored_roll(self) -> bool:
        """Whether its roll depends on groups, so that a fixed roll must be stored."""
        category = self.topic.category
        private = category.see_groups or (category.parent and category.parent.see_groups)
        return bool(self.voter_groups or private)

    @property
    def rule(self) -> tally.Rule:
        """Its quorum and its majority."""
        return tally.Rule(
            tally.Majority(self.majority),
            self.majority_percent,
            self.majority_of_roll,
            self.quorum,
            self.quorum_percent,
        )

    def decide(self, result) -> tally.Decision | None:
        """Whether the result passes by the rule; None if the poll has no majority and is no consent."""
        if self.counting_method is tally.Method.CONSENT:
            has_quorum = result.ballots >= self.rule.quorum_of(self.roll_size or 0)
            passed = result.is_accepted and has_quorum
            return tally.Decision(passed, has_quorum, None, 0, 0, result.ballots)
        if not self.majority or not isinstance(result, tally.ChoiceResult):
            return None
        kinds = {option.kind: option.pk for option in self.options.all()}
        return tally.decide(
            self.rule,
            result.counts,
            result.leaders,
            ballots=result.ballots,
            roll=self.roll_size or 0,
            abstain=kinds.get(Option.Kind.ABSTAIN),
            against=kinds.get(Option.Kind.NONE),
        )

    @property
    def opener_id(self) -> int:
        return self.author_id

    @property
    def outcome_title(self) -> str:
        return self.question

    @property
    def outcome_address(self) -> str:
        return self.get_absolute_url()

    @property
    def given_outcome(self) -> Outcome | None:
        """Its outcome, unless it was withdrawn."""
        return self.outcome if self.outcome and not self.outcome.is_withdrawn else None

    def participants(self) -> set[int]:
        """Return the ids of its author and of those who voted. One query."""
        voters = self.voters if self.secret else self.ballots
        return {self.author_id, *voters.values_list("member", flat=True)}

    def has_ballots(self) -> bool:
        """Whether anyone has voted. One or two queries."""
        return self.ballots.exists() or self.secret_ballots.exists()

    # --- Verbs, each in one transaction -------------------------------------------------------------

    @classmethod
    def open(cls, *, author, topic, wordings: list[str], token, kinds: list[str] = (), **rules) -> "Poll":
        """Open a poll in a topic. The same token again returns the first poll.

        `kinds` are the kinds of the first options; the others are plain choices. Raises `Refused` if the topic has been
        deleted or merged meanwhile.
        """
        try:
            with transaction.atomic():
                # First of all: a topic with a poll cannot be merged, and a merged one gets no poll.
                topic.lock_row()
                topic.refresh_from_db(fields=["deleted_at"])
                if topic.deleted_at:
                    raise Refused(Refusal.GONE, "This topic has been deleted, or merged into another one.")
                poll = cls.objects.create(author=author, topic=topic, token=token, **rules)
                poll._write_options(wordings, kinds)
                poll.log.create(at=poll.created_at, by=author, event=Entry.Event.OPENED)
                poll._fix_roll()
                topic.bump_version(panel_count=F("panel_count") + 1)
                poll._start_closing()
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name != "poll_token_once":
                raise
            return cls.objects.get(author=author, token=token)
        return poll

    @transaction.atomic
    def revise(self, *, by, wordings: list[str], kinds: list[str] = (), **rules) -> None:
        """Change the rules and options. Raises Frozen if anyone has voted."""
        self._lock()
        if self.has_ballots():
            raise Frozen("Someone has already voted, so the rules and options can no longer change.")
        for name, value in rules.items():
            setattr(self, name, value)
        self.revision += 1
        self.save(update_fields=[*rules, "revision"])
        self.options.all().delete()
        self._write_options(wordings, kinds)
        self.log.create(by=by, event=Entry.Event.RULES_CHANGED)
        self.electors.all().delete()
        self.roll_size = None
        self._fix_roll()
        self.topic.bump_version()
        self._start_closing()

    @transaction.atomic
    def fix_roll(self) -> None:
        """Fix the roll of a poll that has begun. Changes nothing if it is fixed or the poll has closed."""
        held = (
            Poll.objects.select_for_update(of=["self"])
            .select_related("topic__category__parent")
            .get(pk=self.pk)
        )
        if held.roll_size is None and held.closed_at is None:
            held._fix_roll()
            held.topic.bump_version()
        self.roll_size = held.roll_size

    def _fix_roll(self):
        """Fix the roll and announce the poll, if it has begun. This happens once, at its opening."""
        if not self.has_begun:
            return
        self.roll_size = write_roll(self)
        self.save(update_fields=["roll_size"])
        if self.opens_at > clock.now() - NEWS:
            words = f"New poll where you watch: {self.question}"
            said = {"kind": "opened", "once": f"poll {self.pk} opened", "words": words}
            outbox.notify_watchers(self.topic, actor=self.author, address=self.get_absolute_url(), **said)
        streams.publish(streams.TOPICS, "polls_changed")
        if not self.roll_grows:
            self.log.create(
                event=Entry.Event.ROLL_FIXED, note=f"{self.roll_size:,} member{pluralize(self.roll_size)}"
            )

    @transaction.atomic
    def correct(self, option: Option, *, wording: str, by) -> None:
        """Correct an option's wording. The public log keeps the old wording, and the option gets a note."""
        self._lock()
        note = f"“{option.wording}” became “{wording}”"
        option.wording, option.corrected_at = wording, clock.now()
        option.save(update_fields=["wording", "corrected_at"])
        self.log.create(by=by, event=Entry.Event.OPTION_CORRECTED, note=note)
        self.topic.bump_version()

    @transaction.atomic
    def add_option(self, wording: str, *, by) -> Option:
        """Add an option to an open poll. Raises Frozen unless the poll's rules allow it."""
        self._lock()
        if not self.extensible:
            raise Frozen("The rules of this poll do not allow new options.")
        place = 1 + max(self.options.values_list("position", flat=True), default=0)
        option = self.options.create(position=place, wording=wording, added_at=clock.now())
        self.log.create(by=by, event=Entry.Event.OPTION_ADDED, note=f"“{wording}”")
        self.topic.bump_version()
        return option

    @transaction.atomic
    def extend(self, closes_at, *, by) -> None:
        """Move the closing time to a later time, or remove it. Raises Frozen for an earlier time.

        An earlier time could come before a member who plans to vote.
        """
        self._lock()
        if closes_at is not None and (self.closes_at is None or closes_at < self.closes_at):
            raise Frozen("The closing time can only be moved to a later time.")
        self.closes_at, self.reminded_at = closes_at, None
        self.save(update_fields=["closes_at", "reminded_at"])
        note = f"to {closes_at:%-d %B %Y, %H:%M} UTC" if closes_at else "it will be closed by hand"
        self.log.create(by=by, event=Entry.Event.EXTENDED, note=note)
        self.topic.bump_version()
        self._start_closing()

    def show_outcome(self) -> None:
        """Store `outcome`, and show it on open pages. The caller has locked the topic, and raises its version."""
        self.save(update_fields=["outcome"])
        self.publish_end()

    def publish_end(self) -> None:
        """Let open pages fetch the closed poll again, and lists of polls."""
        streams.publish(streams.topic(self.topic_id), "poll_closed", poll=self.pk)
        streams.publish(streams.TOPICS, "polls_changed")

    def _start_closing(self):
        """Queue the tasks that open and close it, if it is soon. Later times are left to their periodic runs."""
        task_queue.start_on_commit(OPEN_TASK, at=self.opens_at)
        if self.closes_at:
            task_queue.start_on_commit(CLOSE_TASK, at=self.closes_at)

    def _lock(self):
        """Wait for ballots that are being written and block new ones. Raises Frozen if the poll has closed."""
        held = Poll.objects.select_for_update().get(pk=self.pk)
        self.revision, self.closes_at, self.closed_at = held.revision, held.closes_at, held.closed_at
        if self.is_closed:
            raise Frozen("This poll is closed and can no longer change.")

    def _write_options(self, wordings, kinds):
        Option.objects.bulk_create(
            Option(poll=self, position=place, wording=wording, kind=kind)
            for place, (wording, kind) in enumerate(zip_longest(wordings, kinds, fillvalue=""), start=1)
        )
        self._prefetched_objects_cache = {}
