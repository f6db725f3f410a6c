"""Makes the rows of the demo, in bulk and with everything counted as the models' verbs would have done."""

import tomllib
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import User
from config import stamps
from forums import markup, paths
from forums.demo import pace, script
from forums.models import Category, Comment, Revision, Topic, Vote
from forums.models.topic import slug_of

HERE = Path(__file__).parent
EDITED_AFTER = timedelta(minutes=9)
DELETED_AFTER = timedelta(minutes=25)


class Taken(Exception):
    """A name that the demo needs belongs to someone or something else; says which."""


@transaction.atomic
def plant(now: datetime) -> dict[str, int]:
    """Fill a forum without topics; returns how many rows of each kind there are now.

    The same every time but for the times, which lead up to `now`. Raises `Taken`.
    """
    groups = _groups()
    members = _members(groups, now)
    categories = _categories(groups)
    discussions = [script.read(file) for file in sorted(HERE.glob("topics/*.txt"))]
    planted = [_Planted(discussion, members, categories, now) for discussion in discussions]
    Topic.objects.bulk_create([one.topic for one in planted])
    comments = _save_comments([comment for one in planted for comment in one.comments])
    Revision.objects.bulk_create([revision for one in planted for revision in one.revisions])
    votes = Vote.objects.bulk_create([vote for one in planted for vote in one.votes])
    for one in planted:
        one.topic.accepted = one.accepted
    Topic.objects.bulk_update([one.topic for one in planted if one.accepted], ["accepted"])
    stamps.touch(stamps.LISTS, stamps.CATEGORIES)
    kinds = {"members": members, "categories": categories, "topics": planted, "comments": comments}
    return {kind: len(rows) for kind, rows in kinds.items()} | {"votes": len(votes)}


def _groups():
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in ("Moderators", "Stewards")}
    may_moderate = Permission.objects.get(content_type__app_label="forums", codename="moderate")
    groups["Moderators"].permissions.add(may_moderate)
    return groups


def _members(groups, now):
    """By name. None of them can sign in: their passwords are unusable."""
    known = tomllib.loads((HERE / "members.toml").read_text("utf-8"))
    for name in known:
        if User.objects.named(name).exists():
            raise Taken(f"the member {name}")
    members = {}
    for name, facts in known.items():
        joined = now - timedelta(days=facts["days"])
        members[name] = User(username=name, bio=facts["bio"], links=facts.get("links", []), date_joined=joined)
        members[name].set_unusable_password()
    User.objects.bulk_create(members.values())
    User.groups.through.objects.bulk_create(
        User.groups.through(user=members[name], group=groups[group])
        for name, facts in known.items()
        for group in facts.get("groups", [])
    )
    return members


def _categories(groups):
    """By slug; parents stand before their children in the file."""
    categories = {}
    for position, (slug, facts) in enumerate(
        tomllib.loads((HERE / "categories.toml").read_text("utf-8")).items()
    ):
        if Category.objects.filter(slug=slug).exists():
            raise Taken(f"the category {slug}")
        rights = {right: [groups[name].pk for name in facts.pop(right, [])] for right in ("see", "post")}
        categories[slug] = Category.objects.create(
            slug=slug,
            position=position,
            parent=categories.get(facts.pop("parent", None)),
            see_groups=rights["see"],
            post_groups=rights["post"],
            **facts,
        )
    return categories


def _save_comments(comments):
    """Level by level, for a comment needs the number of the one it answers."""
    comments = sorted(comments, key=lambda comment: comment.depth)
    for _, level in groupby(comments, key=lambda comment: comment.depth):
        Comment.objects.bulk_create(level)
    return comments


class _Planted:
    """The rows of one discussion, not saved yet."""

    def __init__(self, discussion, members, categories, now):
        self.random = Random(discussion.name)  # noqa: S311 (the same town every time)
        self.members, self.now = members, now
        self.category = categories[discussion.category]
        self.accepted, self.comments, self.revisions, self.votes = None, [], [], []
        said = pace.timetable(discussion, now, self.random)
        self.topic = self._topic(discussion, said)
        self.by_said = {}
        above = {id(reply): one for _, one in said for reply in one.replies}
        for seq, (at, one) in enumerate(said, 1):
            self._add(one, above.get(id(one)), seq, at)

    def _topic(self, discussion, said):
        (opened, opening), (last, latest) = said[0], said[-1]
        facts = {}
        for state in ("pinned", "locked"):
            if state in discussion.facts:
                facts |= {f"{state}_at": last, f"{state}_by": self.members[discussion.facts[state]]}
        return Topic(
            category=self.category,
            author=self.members[opening.author],
            title=discussion.title,
            slug=slug_of(discussion.title),
            excerpt=markup.render(opening.text).excerpt,
            created_at=opened,
            last_seq=len(said),
            last_comment_at=last,
            last_author=self.members[latest.author],
            comment_count=sum("deleted" not in reply.marks for reply in opening.below()),
            score=opening.ups - opening.downs,
            **facts,
        )

    def _add(self, said, above, seq, at):
        parent = self.by_said[id(above)] if above else None
        comment = Comment(
            topic=self.topic,
            seq=seq,
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            path=parent.path + paths.component(seq) if parent else "",
            # The opening's own count is the topic's.
            descendants=sum(1 for _ in said.below()) if parent else 0,
            author=self.members[said.author],
            body=said.text,
            body_html=markup.render(said.text).html,
            created_at=at,
            ups=said.ups,
            downs=said.downs,
        )
        self.by_said[id(said)] = comment
        self.comments.append(comment)
        self._mark(comment, said)
        self._vote(comment)

    def _mark(self, comment, said):
        if "accepted" in said.marks:
            self.accepted = comment
        if "deleted" in said.marks:
            comment.body = comment.body_html = ""
            comment.deleted_at = min(comment.created_at + DELETED_AFTER, self.now)
            comment.version += 1
        if said.earlier is not None:
            comment.edited_at = min(comment.created_at + EDITED_AFTER, self.now)
            comment.version += 1
            times = {"written_at": comment.created_at, "replaced_at": comment.edited_at}
            self.revisions.append(
                Revision(comment=comment, body=said.earlier, replaced_by=comment.author, **times)
            )

    def _vote(self, comment):
        """Nobody votes on their own words, nor on what they cannot see."""
        voters = [member for member in self.members.values() if member is not comment.author]
        if self.category.see_groups:
            inside = set(
                User.objects.filter(groups__in=self.category.see_groups).values_list("pk", flat=True)
            )
            voters = [member for member in voters if member.pk in inside]
        chosen = self.random.sample(voters, comment.ups + comment.downs)
        self.votes += [
            Vote(member=member, comment=comment, value=1 if place < comment.ups else -1)
            for place, member in enumerate(chosen)
        ]
