"""Writes the export while the site runs. All records are of one moment."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage, storages
from django.db import connection, transaction
from django.db.models import F, Q

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.export.archive.write import Archive
from forums.export.data import directory, records
from forums.export.data.directory import MEDIA, Writer
from forums.export.data.identifiers import Identifiers
from forums.export.data.keyset import ROWS, comments_of, grouped, pages
from forums.models import (
    Action,
    Category,
    Comment,
    Debate,
    FrontPage,
    Picture,
    Revision,
    Rule,
    Side,
    Tag,
    Topic,
)
from forums.models.pictures import placing
from forums.moderation import public_log
from forums.reading import topic_panels

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, the number of parts that are done, and the number of all."""


def write(path: Path, progress: Progress = lambda *parts: None) -> dict[str, int]:
    """Write everything that a visitor may see into the new directory `path`. Returns the number of records by kind.

    The database is read under one snapshot, so nobody has to stop writing. The directory gets its name when it is
    complete. Raises OperatorError or OSError.
    """
    if path.exists():
        raise OperatorError(f"{path} exists: name a new directory.")
    draft = path.with_name(f"{path.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            counts = _Export(draft, progress).write()
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return counts


class _Export:
    def __init__(self, draft: Path, progress: Progress):
        self.draft, self.progress = draft, progress
        self.viewer = AnonymousUser()
        self.identifiers = Identifiers(self.viewer)
        self.categories = self.identifiers.categories()
        self.tags: set[str] = set()
        # Not before the snapshot, which the first query has taken: polls that it has are not opened later.
        self.made_at = datetime.now(UTC)

    def write(self) -> dict[str, int]:
        with Writer(self.draft) as self.out:
            self._write_community()
            self._write_topics()
            self._write_tags()
            self._write_log()
            self._write_members()
            self._write_pictures()
        Archive(self.draft / directory.HTML, self.identifiers, self.made_at).write(self.progress)
        directory.write_manifest(
            self.draft,
            made_at=records.moment(self.made_at),
            address=settings.SITE_URL,
            site=self.identifiers.site,
            counts=self.out.counts,
        )
        return self.out.counts

    def _write_community(self) -> None:
        front = FrontPage.objects.first() or FrontPage()
        self.out.add("site", {"name": settings.SITE_NAME, "heading": front.heading, "welcome": front.welcome})
        for rule in Rule.objects.in_force():
            self.out.add("rules", records.rule(rule))
        # Parents come before their children.
        seen = Category.objects.visible_to(self.viewer).order_by(
            F("parent").asc(nulls_first=True), "position", "pk"
        )
        for category in seen:
            self.tags.update(category.listed_tags)
            self.out.add("categories", records.category(category, self.categories))

    def _write_topics(self) -> None:
        seen = Topic.objects.visible_to(self.viewer)
        total, done = seen.count(), 0
        for some in pages(seen):
            names = {topic.pk: self.identifiers.of("topic", topic.pk, topic.source) for topic in some}
            accepted = self.identifiers.comments([topic.accepted_id for topic in some if topic.accepted_id])
            authors = self.identifiers.members(topic.author_id for topic in some)
            for topic in some:
                self.tags.update(topic.tags)
                self.out.add(
                    "topics",
                    records.topic(
                        topic,
                        names[topic.pk],
                        self.categories[topic.category_id],
                        authors.get(topic.author_id),
                        accepted.get(topic.accepted_id),
                    ),
                )
            for group in grouped(some):
                self._write_comments({topic.pk: names[topic.pk] for topic in group})
                done += len(group)
                self.progress("topics", done, total)
            self._write_debates({topic.pk: names[topic.pk] for topic in some if topic.debate_from})
            polled = {topic.pk: names[topic.pk] for topic in some if topic.panel_count}
            for kind in topic_panels.exported() if polled else ():
                for file, record in kind.export(polled, self.identifiers):
                    self.out.add(file, record)

    def _write_tags(self) -> None:
        """Write the tags of these topics and lists, and after them their synonyms."""
        seen = Tag.objects.filter(Q(name__in=self.tags) | Q(synonym_of__name__in=self.tags))
        for tag in seen.select_related("synonym_of").order_by(F("synonym_of").asc(nulls_first=True), "name"):
            self.out.add("tags", records.tag(tag))

    def _write_comments(self, topics: dict[int, str]) -> None:
        for some in comments_of(self.viewer, topics):
            members = self.identifiers.members(each.author_id for each in some if not each.is_gone)
            edited = [each.pk for each in some if each.edited_at and not each.is_gone]
            kept = Revision.objects.filter(comment__in=edited).order_by("comment_id", "pk") if edited else ()
            revisions = {pk: list(texts) for pk, texts in groupby(kept, lambda each: each.comment_id)}
            for row in some:
                name, parent = self.identifiers.of_comment(row)
                record = records.comment(
                    row, name, topics[row.topic_id], parent, members, revisions.get(row.pk, [])
                )
                self.out.add("comments", record)

    def _write_debates(self, topics: dict[int, str]) -> None:
        seen = Debate.objects.visible_to(self.viewer).filter(topic__in=topics).order_by("pk")
        for debate in seen:
            valued = {pk for pks in (debate.summary or {}).get("valued", {}).values() for pk in pks}
            name = topics[debate.pk]
            outcome = records.outcome(debate.outcome, self.identifiers)
            self.out.add("debates", records.debate(debate, name, self.identifiers.comments(valued), outcome))
            for sides in pages(Side.objects.filter(debate=debate)):
                members = self.identifiers.members(side.member_id for side in sides)
                for side in sides:
                    if member := members.get(side.member_id):
                        self.out.add("sides", {"topic": name, "member": member, "side": side.stand})

    def _write_log(self) -> None:
        """Write the public log of moderation. An act that concerns hidden content is there without that content."""
        for some in pages(Action.objects.with_context()):
            entries = public_log.entries(some, self.viewer)
            comments = self.identifiers.comments(
                {each.action.comment_id for each in entries if each.topic} - {None}
            )
            for entry in entries:
                topic = entry.topic and self.identifiers.of("topic", entry.topic.pk, entry.topic.source)
                category = entry.category and self.categories[entry.category.pk]
                self.out.add(
                    "log", records.act(entry, category, topic, comments.get(entry.action.comment_id))
                )

    def _write_members(self) -> None:
        """Write the members whom other records name, and their pictures."""
        named = sorted(self.identifiers.named_members)
        for start in range(0, len(named), ROWS):
            self.progress("members", start, len(named))
            part = named[start : start + ROWS]
            names = self.identifiers.members(part)
            for member in User.objects.visible_to(self.viewer).among(part).with_rights().order_by("pk"):
                record = records.member(member, names[member.pk])
                if record["avatar"] and not self._copy(record["avatar"]):
                    record["avatar"] = ""
                self.out.add("members", record)

    def _write_pictures(self) -> None:
        """Copy one file of each picture, in the width that browsers without `srcset` show, and its animation."""
        seen = Comment.objects.visible_to(self.viewer).readable()
        ready = Picture.objects.filter(state=Picture.State.READY, comment__in=seen)
        for picture in ready.order_by("pk").iterator():
            name = picture.file(placing.shown_width(picture), "webp")
            self._copy(name, f"pictures/{picture.key}.webp", storages["pictures"])
            if picture.is_moving:
                self._copy(picture.moving_file, f"pictures/{picture.key}-moving.webp", storages["pictures"])

    def _copy(self, name: str, to: str = "", storage=default_storage) -> bool:
        """Copy an uploaded file. False if it does not exist any more."""
        target = self.draft / MEDIA / (to or name)
        try:
            source = storage.open(name)
        except FileNotFoundError:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
        return True
