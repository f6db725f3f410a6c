"""A poll as one viewer sees it: on its topic's page, on its own page, and in the response to a ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from config.caching import visitor_cache
from forums.access import permissions as forum
from forums.reading.topic_panels import Panel
from polls import tally
from polls.ballots import closing, permissions, voting
from polls.models import Ballot, Poll
from polls.results.poll_results import PollResults

SHOWN = 2
"""The number of polls that a topic's page shows in full, open ones first. The others are linked."""
VOTERS_SHOWN = 10
"""The number of voters from which a secret poll may show who voted. Fewer would reveal much about each of them."""
MOST = 200
"""The most polls that a topic's page lists."""


def render(request, topic) -> Panel | None:
    """The topic's polls. No query if it has none, otherwise three and those of each poll."""
    polls = _of(topic) if topic.panel_count else []
    if not polls:
        return None
    polls.sort(key=lambda poll: poll.is_closed)
    full, linked = polls[:SHOWN], polls[SHOWN:]
    for poll in polls:
        if not poll.has_begun:
            visitor_cache.only_until(request, poll.opens_at)
    voted = voted_in(request.user, full)
    panels = [PollPanel(poll, request.user, voted=poll.pk in voted) for poll in full]
    context = {"panels": panels, "linked": linked, "topic": topic, "polls": polls}
    context["open"] = sum(poll.is_open for poll in polls)
    html = render_to_string("polls/_panel.html", context, request)
    line = render_to_string("polls/_line.html", context)
    return Panel("polls", "Polls", html, line, [poll.given_outcome for poll in polls if poll.given_outcome])


def results(request, topic) -> SafeString:
    """The results of the topic's polls that the viewer may see. No query if it has no polls."""
    if not topic.panel_count:
        return mark_safe("")
    polls = _of(topic)
    voted = voted_in(request.user, polls)
    panels = [PollPanel(poll, request.user, voted=poll.pk in voted) for poll in polls]
    return mark_safe(render_to_string("polls/_results.html", {"panels": panels}, request))


def _of(topic):
    return [turn_over(poll) for poll in Poll.objects.filter(topic=topic).for_page()[:MOST]]


def turn_over(poll: Poll) -> Poll:
    """The poll, opened or closed first if its time has come."""
    if poll.roll_size is None and poll.is_open:
        poll.fix_roll()
    if poll.is_closed and poll.closed_at is None:
        closing.close(poll)
        return Poll.objects.for_page().get(pk=poll.pk)
    return poll


def voted_in(user, polls) -> set[int]:
    """The ids of those polls in which `user` has voted. At most two queries."""
    members = [user.pk] if user.is_authenticated else []
    return {poll for poll, _ in voting.voters(polls, members)}


@dataclass
class Mark:
    """An option in the form. `given` is its score or rank on the viewer's ballot, 1 if chosen, None if unmarked."""

    option: object
    given: int | None


class PollPanel:
    """A poll and its viewer, for templates.

    `refused_marks` are those of a ballot that was refused, `error` is the reason, `message` a note of success.
    """

    def __init__(
        self, poll: Poll, user, *, voted: bool, error: str = "", refused_marks=None, message: str = ""
    ) -> None:
        self.poll, self.user, self.voted = poll, user, voted
        self.error, self.refused_marks, self.message = error, refused_marks, message
        self.receipt, self.key = "", None

    @property
    def section(self) -> str:
        return f"poll-{self.poll.pk}"

    @property
    def why_not_vote(self) -> str:
        return permissions.why_not_vote(self.user, self.poll)

    @property
    def may_vote(self) -> bool:
        """Whether the viewer may vote for the first time or change their ballot. The page then has the form."""
        return not self.why_not_vote and (not self.voted or self.poll.changeable)

    @property
    def may_withdraw(self) -> bool:
        return self.voted and self.poll.withdrawable and not self.why_not_vote

    @property
    def may_run(self) -> bool:
        return permissions.may_run(self.user, self.poll)

    @property
    def may_decide(self) -> bool:
        return self.poll.is_closed and forum.may_decide(self.user, self.poll.topic, self.poll.opener_id)

    @property
    def shows_voters(self) -> bool:
        """Whether the page lists who voted: as the rules say, after the close, and only if enough have voted."""
        poll = self.poll
        is_shown = poll.voters_published and poll.closed_at is not None and self.sees_results
        return not poll.secret or (is_shown and self.results.turnout >= VOTERS_SHOWN)

    @property
    def sees_results(self) -> bool:
        return permissions.may_see_results(self.user, self.poll, self.voted)

    @cached_property
    def results(self) -> PollResults:
        return PollResults(self.poll)

    @cached_property
    def token(self) -> UUID:
        """Identifies this form. In a secret poll it becomes the voter's key."""
        return uuid4()

    @cached_property
    def ballot(self) -> Ballot | None:
        """The viewer's ballot in a public poll. One query."""
        if not self.voted or self.poll.secret:
            return None
        return Ballot.objects.filter(poll=self.poll, member=self.user).first()

    @cached_property
    def marks(self) -> list[Mark]:
        """The options in the order of this viewer's form."""
        options = list(self.poll.options.all())
        if self.poll.shuffled:
            # The same order for a member each time, so that options do not move. It need not be hard to guess.
            Random(f"{self.poll.seed} {self.user.pk}").shuffle(options)  # noqa: S311
        given = self._given()
        return [Mark(option, given.get(option.pk)) for option in options]

    @property
    def reason(self) -> str:
        """The reason of the viewer's objection."""
        return self._given().get("reason", "")

    @property
    def own_words(self) -> str:
        """The viewer's public ballot as text."""
        return in_words(self.poll, tally.freeze(self.ballot.marks)) if self.ballot else ""

    @property
    def places(self) -> range:
        return range(1, len(self.marks) + 1)

    @property
    def scores(self) -> range:
        return range(6)

    def html(self, request) -> SafeString:
        """The poll's section without the page around it, for scripts. Its results may be a quarter of a second old."""
        self.results = PollResults.recent(self.poll)
        return mark_safe(render_to_string("polls/_poll.html", {"panel": self, "poll": self.poll}, request))

    def _given(self):
        if self.refused_marks is not None:
            return self.refused_marks
        if self.ballot is None:
            return {}
        marks = self.ballot.marks
        if self.poll.counting_method is tally.Method.CONSENT:
            return dict(zip((marks[0], "reason"), (1, *marks[1:]), strict=False))
        if self.poll.counting_method.has_numbers:
            return dict(marks)
        if self.poll.counting_method.is_ranked:
            return {option: rank for rank, group in enumerate(marks, start=1) for option in group}
        return dict.fromkeys(marks, 1)


def in_words(poll: Poll, ballot: tally.Ballot) -> str:
    """A ballot as text: "Oak, Ash", "Oak 5, Ash 2" or "Oak, then Ash"."""
    wording = {option.pk: option.wording for option in poll.options.all()}
    return marks_in_words(poll.counting_method, ballot, wording)


def marks_in_words(method: tally.Method, marks: Sequence, wording: Mapping[int, str]) -> str:
    """The marks of a ballot as text, with the wordings of the options by their numbers."""
    if method is tally.Method.CONSENT:
        return ": ".join([wording[marks[0]], *marks[1:]])
    if method.has_numbers:
        return ", ".join(f"{wording[option]} {number}" for option, number in marks)
    if method.is_ranked:
        return ", then ".join(" and ".join(wording[option] for option in group) for group in marks)
    return ", ".join(wording[option] for option in marks) or "none of the options"
