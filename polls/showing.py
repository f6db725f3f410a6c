"""A poll as one viewer sees it: on its topic's page, on its own, and in the answer to a ballot."""

from dataclasses import dataclass
from functools import cached_property
from random import Random
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from config import sharing
from polls import casting, closing, permissions, tally
from polls.models import Ballot, Poll, Voter
from polls.standing import Standing

SHOWN = 4
"""Polls that a topic's page shows in full, the open ones first; the others are linked."""
MOST = 200


def above(request, topic) -> SafeString:
    """The topic's polls. No query without any; with them three, and those of each poll."""
    if not topic.attached:
        return mark_safe("")
    polls = _of(topic)
    polls.sort(key=lambda poll: poll.is_closed)
    full, linked = polls[:SHOWN], polls[SHOWN:]
    for poll in full:
        if not poll.has_begun:
            sharing.only_until(request, poll.opens_at)
    voted = voted_in(request.user, full)
    shown = [Showing(poll, request.user, voted=poll.pk in voted) for poll in full]
    context = {"shown": shown, "linked": linked, "topic": topic}
    return mark_safe(render_to_string("polls/_above.html", context, request))


def results(request, topic) -> SafeString:
    """What came of the topic's polls as far as the viewer may see it. No query without polls."""
    if not topic.attached:
        return mark_safe("")
    polls = _of(topic)
    voted = voted_in(request.user, polls)
    shown = [Showing(poll, request.user, voted=poll.pk in voted) for poll in polls]
    return mark_safe(render_to_string("polls/_results.html", {"shown": shown}, request))


def _of(topic):
    return [settle(poll) for poll in Poll.objects.filter(topic=topic).for_page()[:MOST]]


def settle(poll: Poll) -> Poll:
    """The poll, closed if its time is over and nobody has done it yet."""
    if poll.is_closed and poll.closed_at is None:
        closing.close(poll)
        return Poll.objects.for_page().get(pk=poll.pk)
    return poll


def voted_in(user, polls) -> set[int]:
    """In which of the polls `user` has voted: two queries at most."""
    if not user.is_authenticated or not polls:
        return set()
    found: set[int] = set()
    for rows, secret in ((Ballot, False), (Voter, True)):
        asked = [poll.pk for poll in polls if poll.secret is secret]
        if asked:
            found |= set(rows.objects.filter(member=user, poll__in=asked).values_list("poll", flat=True))
    return found


@dataclass
class Mark:
    """An option in the form, and what the viewer's ballot says of it: a score, a rank, or that it is chosen."""

    option: object
    given: int | None


class Showing:
    """What the templates ask about a poll and its viewer. `sent` are the marks that were just refused, and
    `error` why."""

    def __init__(self, poll: Poll, user, *, voted: bool, error: str = "", sent=None, told: str = "") -> None:
        self.poll, self.user, self.voted = poll, user, voted
        self.error, self.sent, self.told = error, sent, told
        self.receipt, self.key = "", None

    @property
    def section(self) -> str:
        return f"poll-{self.poll.pk}"

    @property
    def why_not_vote(self) -> str:
        return permissions.why_not_vote(self.user, self.poll)

    @property
    def may_vote(self) -> bool:
        """Whether the form is shown: for a first ballot, or to change one."""
        return not self.why_not_vote and (not self.voted or self.poll.changeable)

    @property
    def may_withdraw(self) -> bool:
        return self.voted and self.poll.withdrawable and not self.why_not_vote

    @property
    def may_run(self) -> bool:
        return permissions.may_run(self.user, self.poll)

    @property
    def sees_results(self) -> bool:
        return permissions.may_see_results(self.user, self.poll, self.voted)

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.poll)

    @cached_property
    def token(self) -> UUID:
        """Names this form; in a secret poll it becomes the voter's key."""
        return uuid4()

    @cached_property
    def ballot(self) -> Ballot | None:
        """The viewer's own, in a public poll. One query."""
        if not self.voted or self.poll.secret:
            return None
        return Ballot.objects.filter(poll=self.poll, member=self.user).first()

    @cached_property
    def marks(self) -> list[Mark]:
        """The options in the order of this viewer's form."""
        options = list(self.poll.options.all())
        if self.poll.shuffled:
            # The same for a member at every look, so that nothing jumps; it need not be hard to guess.
            Random(f"{self.poll.seed} {self.user.pk}").shuffle(options)  # noqa: S311
        given = self._given()
        return [Mark(option, given.get(option.pk)) for option in options]

    @property
    def own_words(self) -> str:
        """The viewer's public ballot in words."""
        return in_words(self.poll, tally.freeze(self.ballot.marks)) if self.ballot else ""

    @property
    def places(self) -> range:
        return range(1, len(self.marks) + 1)

    @property
    def scores(self) -> range:
        return range(6)

    def html(self, request) -> SafeString:
        """The poll's section by itself, for scripts: its results may be a quarter of a second old."""
        self.standing = Standing.lately(self.poll)
        return mark_safe(render_to_string("polls/_poll.html", {"show": self, "poll": self.poll}, request))

    def _given(self):
        if self.sent is not None:
            return self.sent
        if self.ballot is None:
            return {}
        marks = self.ballot.marks
        if self.poll.rule is tally.Method.SCORE:
            return dict(marks)
        if self.poll.rule.is_ranked:
            return {option: rank for rank, group in enumerate(marks, start=1) for option in group}
        return dict.fromkeys(marks, 1)


def in_words(poll: Poll, ballot: tally.Ballot) -> str:
    """A ballot for people: "Oak, Ash", "Oak 5, Ash 2" or "Oak, then Ash"."""
    wording = {option.pk: option.wording for option in poll.options.all()}
    if poll.rule is tally.Method.SCORE:
        return ", ".join(f"{wording[option]} {score}" for option, score in ballot)
    if poll.rule.is_ranked:
        return ", then ".join(" and ".join(wording[option] for option in group) for group in ballot)
    return ", ".join(wording[option] for option in ballot) or "none of the options"


def has_voted(poll: Poll, user) -> bool:
    return user.is_authenticated and casting.has_voted(poll, user)
