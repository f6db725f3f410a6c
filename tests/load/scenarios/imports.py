"""Imports a large archive of Discourse, and follows every old address of its posts.

The archive is made of copies of a given one. Each copy has topics and posts with numbers of its own; members and
categories are the same.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client

from config.engines import readiness
from config.management.operator_error import OperatorError
from forums.importers import pipeline
from forums.importers.discourse import files
from forums.importers.records.report import Report
from forums.models import Comment, Topic
from tests.load.measurements.report import table

HOST = "old.example.org"
"""The name of the forum that moves."""
STEP = 10_000_000
"""Between the numbers of one copy and of the next."""


def run(archive: Path | None, copies: int) -> str:
    """Import the copies into an empty forum. Returns the table.

    Raises OperatorError without an archive, and if the forum is not empty, a record is unaccounted for, or an address
    leads elsewhere.
    """
    if archive is None:
        raise OperatorError("Name the archive with --archive DIR.")
    settings.OLD_HOSTS = [HOST]
    readiness.ready(also_redis=True)
    call_command("migrate", verbosity=0, interactive=False)
    if Topic.objects.exists():
        raise OperatorError("The forum is not empty. Choose another directory with --data.")
    with TemporaryDirectory(prefix="fm-") as directory:
        place = Path(directory)
        paths = dict(_copy(archive, copies, place))
        report, began = Report(), time.perf_counter()
        pipeline.run("discourse", place, report, base=f"https://{HOST}")
        seconds = time.perf_counter() - began
    if not report.adds_up():
        raise OperatorError(report.table())
    began = time.perf_counter()
    redirects = _follow(paths)
    followed = time.perf_counter() - began
    words = sum(len(lost) for _, lost in report.losses)
    lines = [
        ["posts imported", f"{report.added['posts']:,}"],
        ["seconds", f"{seconds:.1f}"],
        ["posts a second", f"{report.added['posts'] / seconds:,.0f}"],
        ["words lost, all listed", f"{words:,} in {len(report.losses):,} posts"],
        ["old addresses followed", f"{redirects:,} in {followed:.0f} s"],
    ]
    return "\n\n".join([report.table(), table(["import of a Discourse archive", ""], lines)])


def _copy(archive: Path, copies: int, place: Path) -> Iterator[tuple[str, str]]:
    """Write the copies. Yields the number and the old path of each post."""
    for file in sorted(archive.rglob("*.json")):
        topic = files.read(file)
        number, posts = topic["id"], topic["post_stream"]["posts"]
        keys = [post["id"] for post in posts]
        for copy in range(copies):
            topic["id"] = number + copy * STEP
            for key, post in zip(keys, posts, strict=True):
                post["id"], post["topic_id"] = key + copy * STEP, topic["id"]
                yield str(post["id"]), f"/t/{topic['slug']}/{topic['id']}/{post['post_number']}"
            (place / f"{copy}-{number}.json").write_text(json.dumps(topic))


def _follow(paths: dict[str, str]) -> int:
    """Ask for the old address of each comment that visitors may read. Returns how many lead to it, which is all."""
    old = Client(headers={"host": HOST})
    comments = Comment.objects.visible_to(AnonymousUser()).select_related("topic", "origin")
    for comment in comments.only("seq", "topic__slug", "origin__source"):
        path = paths[comment.origin.source.split(":")[2].partition("@")[0]]
        answer = old.get(path)
        place = comment.topic.get_absolute_url() if comment.is_opening else f"/comments/{comment.pk}/"
        if (answer.status_code, answer.headers["Location"]) != (301, settings.SITE_URL + place):
            raise OperatorError(
                f"{path}: {answer.status_code}, {answer.headers['Location']} instead of {place}."
            )
    return len(comments)
