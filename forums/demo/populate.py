"""Saves the demo in bulk, with the same counters that the models' methods would have set."""

import tomllib
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import Trust, User
from config.caching import cache_tags
from forums.demo import discussion_file
from forums.demo.discussion_rows import Thread
from forums.models import Category, Comment, Revision, Tag, Topic, Vote
from forums.reading import topic_panels

HERE = Path(__file__).parent


class Taken(Exception):
    """A name that the demo needs is taken. The message names it."""


@transaction.atomic
def populate(now: datetime) -> dict[str, int]:
    """Fill a forum without topics, and return the number of rows of each kind.

    The result is the same every time except for the times, which end at `now`. Raises `Taken`.
    """
    groups = _groups()
    members = _members(groups, now)
    categories = _categories(groups)
    discussions = [discussion_file.read(file) for file in sorted(HERE.glob("topics/*.txt"))]
    threads = [Thread(discussion, members, categories, now) for discussion in discussions]
    Tag.objects.ensure(name for thread in threads for name in thread.topic.tags)
    Topic.objects.bulk_create([thread.topic for thread in threads])
    comments = _save_comments([comment for thread in threads for comment in thread.comments])
    Revision.objects.bulk_create([revision for thread in threads for revision in thread.revisions])
    votes = Vote.objects.bulk_create([vote for thread in threads for vote in thread.votes])
    for thread in threads:
        thread.topic.accepted = thread.accepted
    Topic.objects.bulk_update([thread.topic for thread in threads if thread.accepted], ["accepted"])
    topics = {thread.name: thread.topic for thread in threads}
    planted = [(kind.name, kind.plant(topics, members, now)) for kind in topic_panels.kinds()]
    attached = {f"{name}{'' if number == 1 else 's'}": number for name, number in planted}
    cache_tags.invalidate(cache_tags.LISTS, cache_tags.CATEGORIES, cache_tags.TAGS)
    kinds = {"members": members, "categories": categories, "topics": threads, "comments": comments}
    return {kind: len(rows) for kind, rows in kinds.items()} | {"votes": len(votes)} | attached


def _groups():
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in ("Moderators", "Stewards")}
    may_moderate = Permission.objects.get(content_type__app_label="forums", codename="moderate")
    groups["Moderators"].permissions.add(may_moderate)
    return groups


def _members(groups, now):
    """Create the members and return them by name. None of them can sign in: their passwords are unusable."""
    known = tomllib.loads((HERE / "members.toml").read_text("utf-8"))
    for name in known:
        if User.objects.named(name).exists():
            raise Taken(f"the member {name}")
    members = {}
    for name, facts in known.items():
        joined = now - timedelta(days=facts["days"])
        members[name] = User(
            username=name,
            bio=facts["bio"],
            links=facts.get("links", []),
            date_joined=joined,
            trust=Trust.MEMBER,
        )
        members[name].set_unusable_password()
    User.objects.bulk_create(members.values())
    User.groups.through.objects.bulk_create(
        User.groups.through(user=members[name], group=groups[group])
        for name, facts in known.items()
        for group in facts.get("groups", [])
    )
    return members


def _categories(groups):
    """Create the categories and return them by slug. Parents come before their children in the file."""
    known = tomllib.loads((HERE / "categories.toml").read_text("utf-8"))
    if taken := Category.objects.filter(slug__in=known).first():
        raise Taken(f"the category {taken}")
    categories = {}
    for position, (slug, facts) in enumerate(known.items()):
        parent = categories.get(facts.pop("parent", None))
        see_groups = [groups[name].pk for name in facts.pop("see", [])]
        categories[slug] = Category.objects.create(
            slug=slug, position=position, parent=parent, see_groups=see_groups, **facts
        )
    return categories


def _save_comments(comments):
    """Save level by level, because a comment needs the id of the one it answers."""
    comments = sorted(comments, key=lambda comment: comment.depth)
    for _, level in groupby(comments, key=lambda comment: comment.depth):
        Comment.objects.bulk_create(level)
    return comments
