"""The moderators' queue: the open cases, with everything that is needed to decide them.

A page takes a dozen queries, whatever the number of cases and reports.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from config.caching.compiled_queries import compiled
from forums.listing.paging import Pages
from forums.markup import size
from forums.models import Appeal, Case, Comment, Report, Rule
from forums.moderation import appeals as appeal_rules
from forums.moderation.queue import decision_options, member_history
from forums.moderation.queue.top_n_per_group import top_ids

SIZE = 20
"""Cases a page."""
ORDER = ["opened_at", "pk"]
REPORTS_SHOWN = 5
"""Reports of each case, the newest first. The page of one case shows `ALL_REPORTS`."""
ALL_REPORTS = 300
REPLIES_SHOWN = 2
APPEALS_SHOWN = 10
KINDS = {"": "All", Case.Why.REPORTED: "Reported", Case.Why.PENDING: "Pending", Case.Why.FILTERED: "Filtered"}
"""The values of `?why=` and their labels."""


@dataclass
class Entry:
    """A case with what the queue shows beside it."""

    case: Case
    offered: list[decision_options.Decision]
    reports: list[Report] = field(default_factory=list)
    said: Comment | None = None
    """The comment that the case is about, or the opening of the topic."""
    above: Comment | None = None
    below: list[Comment] = field(default_factory=list)
    history: member_history.MemberHistory | None = None
    """None if the author has deleted their account."""
    is_cut: bool = False
    """Whether the page has no room for the text. It then has a link to the page of this case alone."""

    @cached_property
    def html(self) -> str:
        """The text that the case is about, "" for a member. Rendered here if it waits for approval."""
        if self.said:
            return "" if self.said.is_deleted else self.said.body_html
        return self.case.pending_post.html if self.case.pending_post else ""

    @property
    def more_reports(self) -> int:
        return self.case.reports_count - len(self.reports)

    @property
    def decisions(self) -> list[decision_options.Decision]:
        """The decisions about the item alone."""
        return [act for act in self.offered if not act.is_sanction]

    @property
    def sanctions(self) -> list[decision_options.Decision]:
        return [act for act in self.offered if act.is_sanction]

    @property
    def rule(self) -> Rule | None:
        """The rule that most of the shown reports name."""
        named = Counter(report.rule for report in self.reports).most_common(1)
        return named[0][0] if named else None


class Queue:
    """One page of the cases that `request.user` may decide.

    `?why=` selects cases of one origin. `?case=` selects one case, with all its reports.
    """

    def __init__(self, request):
        self.request, self.user = request, request.user
        self.why = request.GET.get("why", "") if request.GET.get("why") in KINDS else ""
        asked = request.GET.get("case", "")
        self.one = int(asked) if asked.isdecimal() and len(asked) < 19 else None

    @cached_property
    def pages(self) -> Pages:
        if self._is_front:
            return Pages(self.request, Case.objects.all(), ORDER, SIZE, first=_oldest(self.user))
        cases = Case.objects.pending_for(self.user)
        if self.why:
            cases = cases.filter(why=self.why)
        if self.one:
            cases = cases.filter(pk=self.one)
        return Pages(self.request, cases, ORDER, SIZE)

    @property
    def _is_front(self):
        """Whether this is the first page of all cases, which is by far the most frequent request."""
        return not (self.why or self.one or self.request.GET.get("before"))

    @property
    def tabs(self) -> list[tuple[str, str]]:
        return list(KINDS.items())

    @property
    def every_decision(self) -> list[decision_options.Decision]:
        """All decisions, for the list of keys."""
        return list(decision_options.DECISIONS.values())

    @property
    def for_all(self) -> list[decision_options.Decision]:
        """The decisions that the moderator can take about many cases at once."""
        offered = {act.name for entry in self.entries for act in entry.offered}
        return [
            each for each in decision_options.DECISIONS.values() if each.for_many and each.name in offered
        ]

    @cached_property
    def rules(self) -> list[Rule]:
        return list(Rule.objects.in_force())

    @cached_property
    def appeals(self) -> list[Appeal]:
        """The appeals that `user` may decide, oldest first. Only on the first page."""
        # Usually there are none, and Postgres needs 50 ms only to plan the query over its twenty tables.
        if not self._is_front or not Appeal.objects.pending().exists():
            return []
        return appeal_rules.to_decide(self.user, _appeals(self.user))

    @cached_property
    def entries(self) -> list[Entry]:
        cases = list(self.pages)
        Case.objects.complete(cases)
        said = _said(cases)
        around = _around([comment for comment in said.values() if not comment.is_opening])
        reports = _reports(cases, ALL_REPORTS if self.one else REPORTS_SHOWN)
        known = member_history.of({case.concerned.pk for case in cases if case.concerned}, self.user)
        entries = []
        for case in cases:
            history = known.get(case.concerned.pk) if case.concerned else None
            entry = Entry(
                case, decision_options.offered(case, history and history.member, self.user), history=history
            )
            entry.reports = reports.get(case.pk, [])
            entry.said = said.get(case.pk)
            entry.above, entry.below = around.get(entry.said and entry.said.pk, (None, []))
            entries.append(entry)
        shown = size.within(entries, size.PAGE, lambda entry: size.size(entry.html))
        for entry in entries[len(shown) :]:
            entry.is_cut = True
        return entries


def count_pending(user) -> int:
    """The number of cases that `user` may decide, counted up to a hundred. One query."""
    return Case.objects.pending_for(user).order_by()[:100].count()


@compiled
def _oldest(moderator):
    """The cases of the first page, and one more."""
    return Case.objects.pending_for(moderator).order_by(*ORDER)[: SIZE + 1]


@compiled
def _appeals(moderator):
    pending = Appeal.objects.pending().moderated_by(moderator).with_context()
    return pending.exclude(by=moderator).order_by("created_at", "pk")[:APPEALS_SHOWN]


def _said(cases):
    """By the id of the case, the comment that it is about, or the opening of the topic. One query."""
    said = {case.pk: case.comment for case in cases if case.comment_id}
    topics = {case.topic_id: case.pk for case in cases if case.topic_id}
    for opening in Comment.objects.filter(topic__in=topics, seq=1).select_related("author"):
        said[topics[opening.topic_id]] = opening
    return said


def _reports(cases, most):
    """By the id of the case, its newest reports. Two queries; the first reads only the rows that it returns."""
    found = {}
    ids = top_ids("forums_report", "case_id", "id DESC", [case.pk for case in cases], most)
    for report in Report.objects.filter(pk__in=ids).select_related("rule", "by").order_by("-pk"):
        found.setdefault(report.case_id, []).append(report)
    return found


def _around(comments):
    """By the id of a comment, its parent and its first replies. Two queries."""
    ids = top_ids("forums_comment", "parent_id", "seq", [comment.pk for comment in comments], REPLIES_SHOWN)
    near = Q(pk__in=[comment.parent_id for comment in comments]) | Q(pk__in=ids)
    parents, replies = {}, {}
    for each in Comment.objects.filter(near).beginnings().select_related("author").order_by("seq"):
        parents[each.pk] = each
        if each.pk in ids:
            replies.setdefault(each.parent_id, []).append(each)
    return {comment.pk: (parents.get(comment.parent_id), replies.get(comment.pk, [])) for comment in comments}
