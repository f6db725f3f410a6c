"""The slowest statement of each view, with EXPLAIN ANALYZE, on a forum with some texts of the greatest size."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.markup import size
from forums.models import (
    Bookmark,
    Case,
    Category,
    Comment,
    Draft,
    Notification,
    Report,
    Revision,
    Topic,
    Watch,
)
from forums.models.discussion.topic_queries import PERIODS
from tests.load.client.requests import cookie
from tests.load.data import fill
from tests.load.data.members import CROWD, report_rule, sign_in
from tests.load.measurements import report
from tests.load.scenarios import admin

LARGE_EVERY = 1_000
"""One of this many comments gets a text of the greatest size."""
OWN = 5_000
"""Bookmarks and notifications of the busiest member."""
SHOWN = 40
"""Views in the table, the slowest first."""
REPORTS = 10_000
BODY = "long " * 7_900
HTML = f"<p>{'<em>long</em> ' * 3_800}{'words ' * 15_000}</p>"


class Statement(NamedTuple):
    milliseconds: float
    buffers: int
    """Pages of 8 KB that it reads, from memory or from the disk."""
    sql: str


class View(NamedTuple):
    viewer: str
    address: str
    status: int
    statements: list[Statement]
    seconds: float
    """The whole answer, without EXPLAIN, with an empty cache."""
    size: int

    @property
    def worst(self) -> Statement:
        return max(self.statements, default=Statement(0, 0, ""))


def measure() -> str:
    """The table of the slowest views. Raises OperatorError if a view does not exist."""
    prepare()
    fill.vacuum()  # an earlier run has left rows of forms that were undone
    found = [_measured(*each) for each in _views()]
    found.sort(key=lambda view: -view.worst.milliseconds)
    missing = [view.address for view in found if view.status >= 400]
    if missing:
        raise OperatorError(f"These respond with an error: {' '.join(missing)}")
    rows = [
        [
            f"`{view.address}`, {view.viewer}", f"{view.worst.milliseconds:.1f}", f"{view.worst.buffers:,}",
            str(len(view.statements)), f"{view.seconds * 1000:.0f}", f"{view.size / 1000:.0f}",
        ]
        for view in found[:SHOWN]
    ]  # fmt: skip
    slow = "\n\n".join(f"{view.address}: {view.worst.sql}" for view in found if view.worst.milliseconds > 100)
    head = ["view", "slowest statement ms", "buffers", "statements", "answer ms", "KB"]
    table = f"{len(found)} views.\n\n{report.table(head, rows)}"
    return f"{table}\n\nSlower than 100 ms:\n\n{slow}" if slow else table


def prepare() -> None:
    """Give some comments the largest texts, and the busiest member many rows of each kind. Once for each forum."""
    if Bookmark.objects.exists():
        return
    assert size.fits(HTML)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forums_comment SET body = %s, body_html = %s WHERE id %% %s = 0",
            [BODY, HTML, LARGE_EVERY],
        )
    admin.prepare(members=REPORTS, reports=REPORTS)
    member, other = _busiest()
    comments = list(Comment.objects.filter(seq__gt=1).order_by("-pk").exclude(author=member)[:OWN])
    large = list(Comment.objects.filter(body=BODY)[:OWN])
    Bookmark.objects.bulk_create(Bookmark(member=member, comment=each) for each in {*comments, *large})
    Draft.objects.bulk_create(
        Draft(member=member, token=uuid4(), topic_id=each.topic_id, parent=each, body=BODY)
        for each in large[:300]
    )
    Notification.objects.bulk_create(
        Notification(
            member=member,
            actor=other,
            kind="replied",
            topic_id=each.topic_id,
            comment=each,
            once=f"bench {each.pk}",
        )
        for each in {*comments, *large}
    )
    Watch.objects.bulk_create(
        Watch(member=member, topic_id=pk, level="watching")
        for pk in Topic.objects.values_list("pk", flat=True)[:OWN]
    )
    now = timezone.now()
    Revision.objects.bulk_create(
        Revision(comment=large[0], body=BODY, written_at=now - timedelta(hours=n), replaced_by=other)
        for n in range(200)
    )
    rule = report_rule()
    cases = Case.objects.bulk_create(
        Case(comment=each, reports_count=1) for each in large if each.pk % 7 == 0
    )
    Report.objects.bulk_create(Report(case=case, comment=case.comment, by=other, rule=rule) for case in cases)


def _busiest():
    wrote = Comment.objects.values("author").annotate(count=Count("pk")).order_by("-count")[:2]
    members = User.objects.in_bulk([each["author"] for each in wrote])
    return [members[each["author"]] for each in wrote]


def _views() -> Iterator[tuple[str, str, str, dict | None]]:
    """Yield viewer, session, address and form of each view; None instead of the form if the view only reads."""
    member, _ = _busiest()
    boss = User.objects.get(username="BenchRoot")
    sessions = {"visitor": "", "member": sign_in([member])[0], "administrator": sign_in([boss])[0]}
    everybody, own, moderators = (
        list(_of_everybody(member)),
        list(_of_members(member)),
        list(_of_moderators(member)),
    )
    for viewer, addresses in (
        ("visitor", everybody),
        ("member", [*everybody, *own]),
        ("administrator", [*everybody, *own, *moderators]),
    ):
        yield from ((viewer, sessions[viewer], address, None) for address in addresses)
    yield from (("member", sessions["member"], *form) for form in _forms_of_members())
    yield from (("administrator", sessions["administrator"], *form) for form in _forms_of_moderators())


def _of_everybody(member):
    category = Category.objects.first()
    middle = Topic.objects.order_by("-last_comment_at")[20_000 if Topic.objects.count() > 20_000 else 100]
    for base in ("/", category.get_absolute_url()):
        yield base
        yield from (f"{base}?list={name}" for name in ("new", "unanswered"))
        yield from (f"{base}?list=top&period={period}" for period in PERIODS)
        yield f"{base}?before={middle.last_comment_at.isoformat().replace('+', '%2B')}_{middle.pk}"
        yield f"{base}?list=unanswered&before={middle.created_at.isoformat().replace('+', '%2B')}_{middle.pk}"
    yield "/c/"
    longest = Topic.objects.get(pk=1)
    deep = longest.comments.order_by("-depth").first()
    large = longest.comments.filter(body=BODY).order_by("-seq").first()
    address = longest.get_absolute_url()
    yield from (f"{address}?sort={sort}" for sort in ("best", "new", "old", "top", "controversial"))
    yield from (
        f"{address}?sort={sort}&after={longest.last_seq // 2}" for sort in ("best", "new", "old", "top")
    )
    yield f"{address}?focus={deep.seq}"
    yield f"{address}?focus={large.seq}&from={large.seq}"
    yield f"/t/1/changes/?since={longest.version - 1}"
    yield "/t/1/jump/"
    yield f"/t/1/jump/?date={timezone.now() - timedelta(days=1):%Y-%m-%d}"
    yield f"/t/1/jump/?date={longest.created_at:%Y-%m-%d}"
    yield from (f"/comments/{each.pk}/" for each in (deep, large))
    yield f"/comments/{Revision.objects.first().comment_id}/history/"
    yield from (f"/u/{member.username}/{tab}" for tab in ("", "?tab=topics", "?tab=comments"))
    for words in (
        "apple",
        "apple kettle",
        "long words",
        '"apple tree"',
        "-apple",
        "zzz",
        "apple or kettle or gate",
    ):
        yield f"/search/?q={words.replace(' ', '+')}"
    yield from ("/modlog/", "/modlog/?verb=item_kept", "/modlog/?verb=comment_hidden", "/modlog/?rule=1")
    yield from (f"/modlog/?category={category.slug}", "/debates/", "/rules/")
    yield from ("/feed/latest/", f"/feed{category.get_absolute_url()}", "/feed/t/1/", "/feed/modlog/")


def _of_members(member):
    yield from (
        "/?list=mine",
        "/?list=watched",
        "/notifications/",
        "/notifications/count/",
        "/bookmarks/",
        "/drafts/",
    )
    yield from ("/watches/", "/held/", "/reports/", "/appeals/", "/new/", "/welcome/", "/mentions/?q=a")
    yield f"/search/similar/?title=apple+tree+and+kettle&x={member.pk}"
    yield f"{Topic.objects.get(pk=1).get_absolute_url()}?new=1"
    yield from (
        f"/accounts/settings/{page}" for page in ("", "profile/", "preferences/", "ignored/", "standing/")
    )


def _of_moderators(member):
    yield from ("/moderation/", "/moderation/?why=reported", "/moderation/?why=held", "/moderation/raid/")
    yield from (f"/moderation/raid/?minutes=1440&days={days}" for days in (30, 36_500))
    yield f"/moderation/?case={Case.objects.latest('pk').pk}"
    yield from (
        f"/u/{member.username}/moderation/",
        f"/modlog/?member={member.username}",
        f"/modlog/?member={CROWD}1",
    )
    yield from (
        "/t/1/moderate/",
        f"/comments/{Comment.objects.filter(topic=1, depth=1).first().pk}/moderate/",
    )


def _forms_of_members():
    deep = Comment.objects.filter(topic=1).order_by("-depth").first()
    token = str(uuid4())
    yield "/t/1/reply/", {"parent": deep.pk, "body": "I think so too.", "token": token}
    yield f"/comments/{deep.pk}/vote/up/", {}
    yield f"/comments/{deep.pk}/bookmark/", {}
    yield "/t/1/read/", {"seq": "40000"}
    yield "/drafts/save/", {"parent": deep.pk, "body": BODY, "token": token}
    yield "/notifications/read/", {}
    yield "/t/1/watch/muted/", {}


def _forms_of_moderators():
    """Forms about the longest topic and its largest branch."""
    branch = Comment.objects.filter(topic=1, depth=1).order_by("-descendants").first()
    reason = {"reason": "Off topic."}
    yield from ((f"/t/1/{act}/", reason) for act in ("lock", "pin", "hide"))
    yield "/t/1/move/", {"category": Category.objects.last().slug}
    yield "/t/1/merge/", {"into": "2"}
    yield from ((f"/comments/{branch.pk}/{act}/", reason) for act in ("hide", "branch/hide", "branch/lock"))
    yield f"/comments/{branch.pk}/branch/split/", {"title": "A topic of its own"}


def _measured(viewer, session, address, form) -> View:
    client = Client(headers={"host": "127.0.0.1", "cookie": cookie(session) if session else ""})
    for cache in caches.all():
        cache.clear()
    began = time.perf_counter()
    answer = _ask(client, address, form)
    seconds = time.perf_counter() - began
    for cache in caches.all():
        cache.clear()
    with _explained() as statements:
        _ask(client, address, form)
    return View(viewer, address, answer.status_code, statements, seconds, len(answer.content))


def _ask(client, address, form):
    """Request a page, or send a form and undo what it has changed."""
    if form is None:
        return client.get(address)
    with transaction.atomic():
        answer = client.post(address, form)
        transaction.set_rollback(True)
    return answer


@contextmanager
def _explained() -> Iterator[list[Statement]]:
    """Explain each statement that reads, before it runs. Only measure those that write."""
    found: list[Statement] = []
    is_ours = False

    def explain(execute, sql, params, many, context):
        nonlocal is_ours
        if not is_ours and sql.lstrip(" (\n").startswith(("SELECT", "WITH")):
            is_ours = True
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                    plan = cursor.fetchone()[0]
            finally:
                is_ours = False
            plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]
            buffers = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            text = f"{' '.join(sql.split())[:3_000]} {str(params)[:300]}"
            found.append(Statement(plan["Execution Time"] + plan["Planning Time"], buffers, text))
        began = time.perf_counter()
        result = execute(sql, params, many, context)
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            took = (time.perf_counter() - began) * 1000
            found.append(Statement(took, 0, f"{' '.join(sql.split())[:1_000]} {str(params)[:300]}"))
        return result

    with connection.execute_wrapper(explain):
        yield found
