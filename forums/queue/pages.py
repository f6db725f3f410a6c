"""The moderators' queue: what waits for a decision, with all that one needs to decide it.

A page is a dozen queries, however many cases wait and however many reports each has.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from config.prepared import prepared
from forums import appealing
from forums.models import Appeal, Case, Comment, Report, Rule
from forums.paging import Pages
from forums.queue import acts, pasts
from forums.queue.few import few

SIZE = 20
"""Cases a page."""
ORDER = ["opened_at", "pk"]
REPORTS_SHOWN = 5
"""Of each case, the newest first; its own page shows `ALL_REPORTS`."""
ALL_REPORTS = 300
REPLIES_SHOWN = 2
APPEALS_SHOWN = 10
KINDS = {"": "All", Case.Why.REPORTED: "Reported", Case.Why.HELD: "Held", Case.Why.FILTERED: "Filtered"}
"""By what `?why=` may say."""


@dataclass
class Entry:
    """A case as the queue shows it."""

    case: Case
    offered: list[acts.Decision]
    reports: list[Report] = field(default_factory=list)
    said: Comment | None = None
    """The comment it is about, or a topic's opening."""
    above: Comment | None = None
    below: list[Comment] = field(default_factory=list)
    past: pasts.Past | None = None
    """None where whoever wrote it has left no name."""

    @property
    def more_reports(self) -> int:
        return self.case.reports_count - len(self.reports)

    @property
    def decisions(self) -> list[acts.Decision]:
        """About the item alone."""
        return [act for act in self.offered if not act.is_sanction]

    @property
    def sanctions(self) -> list[acts.Decision]:
        return [act for act in self.offered if act.is_sanction]

    @property
    def rule(self) -> Rule | None:
        """The one that most of the shown reports name."""
        named = Counter(report.rule for report in self.reports).most_common(1)
        return named[0][0] if named else None


class Queue:
    """One page of what waits for `request.user`; `?why=` shows one kind alone, `?case=` one case with all its
    reports."""

    def __init__(self, request):
        self.request, self.user = request, request.user
        self.why = request.GET.get("why", "") if request.GET.get("why") in KINDS else ""
        asked = request.GET.get("case", "")
        self.one = int(asked) if asked.isdecimal() and len(asked) < 19 else None

    @cached_property
    def pages(self) -> Pages:
        if self._is_front:
            return Pages(self.request, Case.objects.all(), ORDER, SIZE, first=_oldest(self.user))
        cases = Case.objects.waiting_for(self.user)
        if self.why:
            cases = cases.filter(why=self.why)
        if self.one:
            cases = cases.filter(pk=self.one)
        return Pages(self.request, cases, ORDER, SIZE)

    @property
    def _is_front(self):
        """What nearly everybody asks for: the first page of all that waits."""
        return not (self.why or self.one or self.request.GET.get("before"))

    @property
    def tabs(self) -> list[tuple[str, str]]:
        return list(KINDS.items())

    @property
    def every_decision(self) -> list[acts.Decision]:
        """For the list of keys."""
        return list(acts.DECISIONS.values())

    @property
    def for_all(self) -> list[acts.Decision]:
        """What the moderator can do about many cases at once."""
        offered = {act.name for entry in self.entries for act in entry.offered}
        return [each for each in acts.DECISIONS.values() if each.for_many and each.name in offered]

    @cached_property
    def rules(self) -> list[Rule]:
        return list(Rule.objects.in_force())

    @cached_property
    def appeals(self) -> list[Appeal]:
        """Those that `user` may decide, oldest first; on the first page alone."""
        # Mostly there are none, and planning to look for their twenty tables takes Postgres half a tenth of a second.
        if not self._is_front or not Appeal.objects.waiting().exists():
            return []
        return appealing.to_decide(self.user, _appeals(self.user))

    @cached_property
    def entries(self) -> list[Entry]:
        cases = list(self.pages)
        Case.objects.complete(cases)
        said = _said(cases)
        around = _around([comment for comment in said.values() if not comment.is_opening])
        reports = _reports(cases, ALL_REPORTS if self.one else REPORTS_SHOWN)
        known = pasts.of({case.concerned.pk for case in cases if case.concerned}, self.user)
        entries = []
        for case in cases:
            past = known.get(case.concerned.pk) if case.concerned else None
            entry = Entry(case, acts.offered(case, past and past.member, self.user), past=past)
            entry.reports = reports.get(case.pk, [])
            entry.said = said.get(case.pk)
            entry.above, entry.below = around.get(entry.said and entry.said.pk, (None, []))
            entries.append(entry)
        return entries


def waiting(user) -> int:
    """How many cases wait for `user`, counted up to a hundred; one query."""
    return Case.objects.waiting_for(user).order_by()[:100].count()


@prepared
def _oldest(moderator):
    """The first page, and the case after it."""
    return Case.objects.waiting_for(moderator).order_by(*ORDER)[: SIZE + 1]


@prepared
def _appeals(moderator):
    waiting = Appeal.objects.waiting().moderated_by(moderator).with_context()
    return waiting.exclude(by=moderator).order_by("created_at", "pk")[:APPEALS_SHOWN]


def _said(cases):
    """By the case's id, the comment that it is about; a topic's opening takes a query."""
    said = {case.pk: case.comment for case in cases if case.comment_id}
    topics = {case.topic_id: case.pk for case in cases if case.topic_id}
    for opening in Comment.objects.filter(topic__in=topics, seq=1).select_related("author"):
        said[topics[opening.topic_id]] = opening
    return said


def _reports(cases, most):
    """By the case's id, its newest reports; two queries, of which the first looks at no more rows than it gives."""
    found = {}
    ids = few("forums_report", "case_id", "id DESC", [case.pk for case in cases], most)
    for report in Report.objects.filter(pk__in=ids).select_related("rule", "by").order_by("-pk"):
        found.setdefault(report.case_id, []).append(report)
    return found


def _around(comments):
    """By a comment's id, what it answers and the first replies to it; two queries."""
    ids = few("forums_comment", "parent_id", "seq", [comment.pk for comment in comments], REPLIES_SHOWN)
    near = Q(pk__in=[comment.parent_id for comment in comments]) | Q(pk__in=ids)
    parents, replies = {}, {}
    for each in Comment.objects.filter(near).select_related("author").order_by("seq"):
        parents[each.pk] = each
        if each.pk in ids:
            replies.setdefault(each.parent_id, []).append(each)
    return {comment.pk: (parents.get(comment.parent_id), replies.get(comment.pk, [])) for comment in comments}
