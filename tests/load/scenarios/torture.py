"""Twenty readers of all kinds read ten topics while these are written to, edited, voted on, hidden, moved and locked.

`plain_pages` reads in a process of its own, and compares each answer with a page that it renders without any cache.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from accounts.models import Ignore, User
from config.management.operator_error import OperatorError
from forums.access.refusal import Refused
from forums.models import Category, Topic, Vote
from forums.moderation.acts import comments, topics
from tests.load.client.requests import cookie
from tests.load.data import fill, members
from tests.load.measurements.report import table
from tests.load.site import serve

TOPICS, WRITERS = 10, 2
PAUSE = 2
"""Seconds that a writer waits at most between two acts, so that many answers can be compared."""
KINDS = [
    "administrator",
    "moderator",
    "silenced member",
    "ignoring member",
    *["author"] * 4,
    *["member"] * 10,
]
"""The kinds of members. Two visitors read as well, one of them in the compact view."""


def run(site: serve.Site, seconds: float) -> str:
    """Write and read for some seconds. Returns the table. Raises OperatorError if a single answer was different."""
    readers = list(members.made(len(KINDS), "Torture"))
    administrator = _prepare(readers)
    authors = [reader for reader, kind in zip(readers, KINDS, strict=True) if kind == "author"]
    read = [_open(author, number) for number in range(TOPICS) for author in [authors[number % len(authors)]]]
    viewers = list(zip(KINDS, map(cookie, members.sign_in(readers)), strict=True))
    viewers += [("visitor", ""), ("visitor, compact view", "list_view=compact")]
    plan = {"port": site.port, "seconds": seconds, "topics": [each.pk for each in read], "viewers": viewers}
    over, acts = threading.Event(), Counter()
    writers = [
        threading.Thread(target=_write, args=(over, acts, read, authors, administrator), daemon=True)
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    try:
        seen = _compare(plan, site.port)
    finally:
        over.set()
        for writer in writers:
            writer.join()
        for topic in Topic.objects.filter(pk__in=plan["topics"], hidden_at=None).select_related("category"):
            topics.hide(topic, by=administrator, reason="Torture")  # so that the lists are as before
    if seen["different"]:
        raise OperatorError("An answer differs from the plain page:\n" + seen["different"][0])
    if acts["failed"] or not seen["equal"]:
        raise OperatorError(f"The acts were {dict(acts)}; {seen['equal']} answers could be compared.")
    lines = [
        ["equal to the plain page", f"{seen['equal']:,}"],
        ["of these, not found on both sides", f"{seen['absent']:,}"],
        ["not compared, because the topic changed meanwhile", f"{seen['changed']:,}"],
        *([f"acts: {name}", f"{count:,}"] for name, count in sorted(acts.items())),
    ]
    return table(["answers", "number"], lines)


def _compare(plan, port):
    environment = os.environ | serve.environment(port) | {"LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.scenarios.plain_pages"],
        input=json.dumps(plan), cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise OperatorError("The process that compares pages has failed.")
    return json.loads(done.stdout.splitlines()[-1])


def _prepare(readers):
    """Make the readers what KINDS says. Returns the administrator."""
    administrator, moderator, silenced, ignoring, author = readers[:5]
    User.objects.filter(pk=administrator.pk).update(is_superuser=True, is_staff=True)
    moderator.user_permissions.add(
        Permission.objects.get(content_type__app_label="forums", codename="moderate")
    )
    User.objects.filter(pk=silenced.pk).update(silenced_until=timezone.now() + timedelta(days=1))
    Ignore.objects.get_or_create(member=ignoring, ignored=author)
    return User.objects.get(pk=administrator.pk)


def _open(author, number):
    topic = Topic.open(
        author=author,
        category=Category.objects.get(pk=1),
        title=f"Torture {number}",
        body="Go on!",
        token=uuid4(),
    )
    Topic.objects.filter(pk=topic.pk).update(source=f"{fill.TORTURE}{topic.pk}")
    for _ in range(5):
        topic.reply(author=author, parent=topic.comments.get(seq=1), body="A reply.", token=uuid4())
    return topic


def _write(over, acts, read, authors, administrator):
    chance = random.Random(uuid4().int)
    while not over.wait(chance.random() * PAUSE):
        act = chance.choice(ACTS)
        topic = Topic.objects.select_related("category").get(pk=chance.choice(read).pk)
        comment = chance.choice(list(topic.comments.select_related("topic__category", "author")))
        try:
            act(topic, comment, chance.choice(authors), administrator, chance)
            acts[act.__name__.strip("_")] += 1
        except Refused:
            acts["refused"] += 1
        except Exception:
            acts["failed"] += 1
            raise
    connection.close()


def _reply(topic, comment, member, administrator, chance):
    topic.reply(author=member, parent=comment, body=f"Words {chance.random()}.", token=uuid4())


def _edit(topic, comment, member, administrator, chance):
    comment.edit(by=comment.author, body=f"Other words {chance.random()}.")


def _vote(topic, comment, member, administrator, chance):
    Vote.objects.cast(comment, by=member, value=chance.choice((1, 0, -1)))


def _hide_comment(topic, comment, member, administrator, chance):
    act = comments.restore if comment.is_hidden else comments.hide
    act(comment, by=administrator, reason="Torture")


def _hide(topic, comment, member, administrator, chance):
    act = topics.restore if topic.is_hidden else topics.hide
    act(topic, by=administrator, reason="Torture")


def _lock(topic, comment, member, administrator, chance):
    act = topics.unlock if topic.is_locked else topics.lock
    act(topic, by=administrator, reason="Torture")


def _move(topic, comment, member, administrator, chance):
    topics.move(topic, chance.choice(list(Category.objects.order_by("pk")[:5])), by=administrator)


def _rename(topic, comment, member, administrator, chance):
    topics.rename(topic, f"Torture {chance.random()}", by=administrator)


ACTS = [_reply, _reply, _reply, _edit, _vote, _vote, _hide_comment, _hide, _lock, _move, _rename]
