"""Writes a discussion beside a running site.

Run as `python -m tests.forums.live.discussion_script prepare 50`, `say` or `tree`. It is a process of its own,
because the site under test has its own data directory and so its own settings.
"""

import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
THREADS = 4


def prepare(count: int) -> dict:
    """Creates members with sessions, and a topic."""
    from accounts.models import User
    from forums.models import Category, Topic
    from tests.cast import session_key_of

    members = User.objects.bulk_create(
        [User(username=f"Talker{n}", email=f"talker{n}@example.org", password="!") for n in range(count)]
    )
    category = Category.objects.create(name="Town", slug="town")
    topic = Topic.open(author=members[0], category=category, title="The market", body="Where?", token=uuid4())
    return {
        "topic": topic.pk,
        "opening": topic.comments.get().pk,
        "members": [member.pk for member in members],
        "sessions": [session_key_of(member) for member in members],
    }


def say() -> None:
    """Reads numbers, one a line. For each it adds that many comments anywhere in the topic's tree.

    Then it prints how many comments the topic has.
    """
    from django.db import connection

    from accounts.models import User
    from forums.models import Topic

    topic = Topic.objects.get()
    members = list(User.objects.order_by("pk"))
    parents = list(topic.comments.order_by("seq"))

    def add(number):
        parent = random.choice(parents[-30:] if number % 2 else parents)
        parent.topic = topic
        comment = topic.reply(
            author=random.choice(members), parent=parent, body=f"Said {number}.", token=uuid4()
        )
        parents.append(comment)

    def close(_):
        connection.close()

    count = 0
    with ThreadPoolExecutor(THREADS) as threads:
        for line in sys.stdin:
            list(threads.map(add, range(count, count + int(line))))
            count += int(line)
            print(topic.comments.count() - 1, flush=True)
        list(threads.map(close, range(THREADS)))


def tree() -> dict:
    """Returns every comment as [id, seq, parent, text], and the topic's version."""
    from forums.models import Comment, Topic

    topic = Topic.objects.get()
    rows = Comment.objects.filter(topic=topic).order_by("seq")
    return {
        "version": topic.version,
        "comments": [*map(list, rows.values_list("pk", "seq", "parent", "body"))],
    }


if __name__ == "__main__":
    django.setup()
    command = {"prepare": prepare, "say": say, "tree": tree}[sys.argv[1]]
    answer = command(*map(int, sys.argv[2:]))
    if answer is not None:
        print(json.dumps(answer))
