"""Reads a dump of phpBB 3: forums become categories, and posts that quote another answer it.

The texts are kept in memory until they are written.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from itertools import islice
from pathlib import Path

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers.phpbb import attachments, bbcode, rows, sql, stored_text
from forums.importers.phpbb.rights import GUESTS, REGISTERED, TABLES, Rights
from forums.importers.records import dump
from forums.importers.records.fields import Broken, number, signed, title
from forums.importers.records.records import CategoryRecord, Discussion, Member, Post
from forums.importers.records.report import LEFT_OUT, Report

MEMBERS, TOPICS, POSTS, ATTACHMENTS, POLLS = "members", "topics", "posts", "attachments", "polls"
TABLE = re.compile(r"(?:CREATE TABLE|INSERT INTO)(?: IF NOT EXISTS)? [`\"]?(\w*)acl_groups\b", re.IGNORECASE)
NEEDED = {"config", "forums", "users", "topics", "posts", *TABLES}
OPTIONAL = {"poll_options", "poll_votes", "attachments"}
PRIVATE = "in forums that members could not read"
LINES = 20_000
"""Lines of a dump that are read to recognise it."""


class Dump(dump.Dump):
    """A file .sql or .sql.gz, or a directory with one. Raises OperatorError for another one, or an incomplete one."""

    members_kind = MEMBERS

    @classmethod
    def recognises(cls, path: Path) -> bool:
        file = _file(path)
        return file is not None and _prefix(file) is not None

    def __init__(self, path: Path, report: Report):
        self.report = report
        file = _file(path)
        prefix = None if file is None else _prefix(file)
        if file is None or prefix is None:
            raise OperatorError(f"{path} holds no dump of phpBB by mysqldump, as .sql or .sql.gz.")
        for kind in (MEMBERS, TOPICS, POSTS, ATTACHMENTS):
            report.read[kind] = 0
        self._tables: dict[str, list[sql.Row]] = defaultdict(list)
        try:
            for table, row in sql.rows(file, {prefix + name for name in NEEDED | OPTIONAL}):
                self._tables[table.removeprefix(prefix)].append(row)
        except Broken as broken:
            raise OperatorError(f"{broken}.") from None
        if absent := sorted(NEEDED - self._tables.keys()):
            raise OperatorError(
                f"{file} has no rows of {', '.join(absent)}, so nobody can tell which forums were public. Dump the "
                "whole database."
            )
        settings = {row["config_name"] or "": row["config_value"] or "" for row in self._tables["config"]}
        self.base = rows.base(settings)
        self.size = len(self._tables["posts"])
        self._site = settings.get("server_name") or file.stem
        self._categories = self._read_categories()
        self._topics = self._read_topics()
        self._posts = self._read_posts()
        self._members: dict[str | None, Member] = {}
        self._sources: dict[int, str] = {}
        self._attached = attachments.by_post(self._tables["attachments"], self.base or "")
        self._files = (path if path.is_dir() else path.parent) / "files"
        self._topic_of: dict[str, str | None] = {}
        """The number of a post's topic, by the post's source."""

    # --- What was public ----------------------------------------------------------------------------

    def _read_categories(self) -> dict[str, CategoryRecord]:
        """Return by number the forums that guests or members could read."""
        rights = Rights(self._tables)
        forums = {row["forum_id"] or "": row for row in self._tables["forums"]}
        found: dict[str, CategoryRecord] = {}
        for pk, row in sorted(forums.items(), key=lambda pair: int(pair[1].get("left_id") or 0)):
            is_public = rights.may_read(GUESTS, pk)
            if row.get("forum_password") or not (is_public or rights.may_read(REGISTERED, pk)):
                continue
            found[pk] = rows.category(row, self._site, found.get(rows.top(forums, pk)))
            found[pk].is_for_members = not is_public
        return found

    def categories(self) -> Iterator[CategoryRecord]:
        yield from self._categories.values()

    def _read_topics(self) -> dict[str | None, sql.Row]:
        found = {}
        for row in self._tables["topics"]:
            self.report.read[TOPICS] += 1
            if why := rows.withheld_topic(row):
                self.report.skip(TOPICS, why)
            elif row["forum_id"] not in self._categories:
                self.report.skip(TOPICS, PRIVATE)
            else:
                found[row["topic_id"]] = row
        return found

    def _read_posts(self) -> dict[str | None, list[sql.Row]]:
        """Return the posts to import by the number of their topic, in the order of their arrival."""
        found = defaultdict(list)
        for row in self._tables.pop("posts"):
            self.report.read[POSTS] += 1
            if row["topic_id"] not in self._topics:
                is_private = row["forum_id"] not in self._categories
                self.report.skip(POSTS, PRIVATE if is_private else LEFT_OUT)
            elif why := rows.withheld_post(row):
                self.report.skip(POSTS, why)
            else:
                found[row["topic_id"]].append(row)
        for posts in found.values():
            posts.sort(key=lambda row: (int(row["post_time"] or 0), int(row["post_id"] or 0)))
        return found

    # --- Records ------------------------------------------------------------------------------------

    def members(self) -> Iterator[Member]:
        """Yield those who wrote something that is imported."""
        writers = {row["poster_id"] for posts in self._posts.values() for row in posts}
        staff = {row["group_id"] for row in self._tables["groups"] if row["group_name"] in rows.STAFF}
        for row in self._tables["users"]:
            if row["user_id"] not in writers - {rows.ANONYMOUS}:
                continue
            self.report.read[MEMBERS] += 1
            try:
                self._members[row["user_id"]] = member = rows.member(row)
                member.is_staff = row.get("group_id") in staff
            except Broken as broken:
                self.report.broken(MEMBERS, f"user {row['user_id']}", broken)
            else:
                yield self._members[row["user_id"]]

    def picture_files(self) -> dict[str, Path]:
        """Return the pictures in the directory `files` beside the dump."""
        attached = (each for found in self._attached.values() for each in found if each.is_picture)
        return {each.address: file for each in attached if (file := self._files / each.stored).is_file()}

    def addresses(self) -> dict[str, str]:
        found = {}
        for topic, posts in self._posts.items():
            for place, row in enumerate(posts):
                with suppress(Broken):
                    source = rows.source("post", row, "post_time")
                    found[f"p={row['post_id']}"] = self._sources[number(row, "post_id")] = source
                    self._topic_of[source] = topic
                    if place == 0:
                        found[f"t={topic}"] = source
        return found

    def discussions(self, members: dict[str, User]) -> Iterator[Discussion]:
        names = {each.name.lower(): members[each.source].username for each in self._members.values()}
        options, votes = self._by_topic("poll_options"), self._by_topic("poll_votes")
        for pk, row in self._topics.items():
            where = f"topic {pk}"
            posts = self._posts.get(pk, [])
            try:
                discussion = self._discussion(row)
            except Broken as broken:
                self.report.broken(TOPICS, where, broken)
                self.report.skip(POSTS, LEFT_OUT, len(posts))
                continue
            for post in posts:
                self._add_post(discussion, post, names)
            if discussion.posts:
                discussion.opening = discussion.posts[0].source
                self._add_poll(discussion.posts[0], row, where, options[pk], votes[pk])
            yield discussion

    def _by_topic(self, table: str) -> dict[str | None, list[sql.Row]]:
        found = defaultdict(list)
        for row in self._tables[table]:
            found[row["topic_id"]].append(row)
        return found

    def _discussion(self, row: sql.Row) -> Discussion:
        at = rows.moment(row, "topic_time")
        return Discussion(
            source=rows.source("topic", row, "topic_time"),
            title=title(rows.text(row, "topic_title")),
            category=self._categories[row["forum_id"] or ""],
            kind=TOPICS,
            locked_at=rows.moment(row, "topic_last_post_time")
            if row["topic_status"] == rows.LOCKED
            else None,
            pinned_at=at if (row.get("topic_type") or "0") != "0" else None,
        )

    def _add_post(self, discussion: Discussion, row: sql.Row, names: dict[str, str]) -> None:
        where = f"post {row['post_id']}"
        try:
            discussion.posts.append(self._post(row, where, discussion, names))
        except Broken as broken:
            self.report.broken(POSTS, where, broken)

    def _post(self, row: sql.Row, where: str, discussion: Discussion, names: dict[str, str]) -> Post:
        typed = stored_text.typed(row["post_text"] or "", row.get("bbcode_uid") or "")
        attached = self._attached.get(row["post_id"], [])
        others = sum(not each.is_picture for each in attached)
        self.report.read[ATTACHMENTS] += others
        self.report.skip(ATTACHMENTS, "files that are no pictures", others)
        typed = attachments.place(typed, attached)
        html = bbcode.to_html(typed, lambda name, post: self._quoted(name, post, names))
        if heading := rows.heading(row, discussion.title):
            html = f"<p><strong>{escape(heading)}</strong></p>{html}"
        quoted = self._sources.get(bbcode.quoted_post(typed) or 0)
        author = self._members.get(row["poster_id"])
        edited = number(row, "post_edit_time") if row.get("post_edit_time") else 0
        return Post(
            kind=POSTS,
            source=rows.source("post", row, "post_time"),
            where=where,
            author=author and author.source,
            at=rows.moment(row, "post_time"),
            text=html if author else signed(html, rows.text(row, "post_username"), is_html=True),
            parent=quoted if quoted and self._topic_of[quoted] == row["topic_id"] else None,
            edited_at=rows.moment(row, "post_edit_time") if edited else None,
        )

    def _quoted(self, name: str, post: int | None, names: dict[str, str]) -> str:
        """Return the attributes of a quote's box, as the importer of Discourse writes them."""
        name = names.get(name.lower(), name)
        attributes = f' data-username="{escape(name)}"' if name else ""
        source = self._sources.get(post or 0)
        return f'{attributes} data-source="{source}"' if source else attributes

    def _add_poll(self, opening: Post, topic: sql.Row, where: str, options, votes) -> None:
        if not topic.get("poll_title"):
            return
        self.report.read[POLLS] += 1
        try:
            opening.polls.append(rows.poll(topic, opening.source, where, options, votes))
        except Broken as broken:
            self.report.broken(POLLS, where, broken)


def _file(path: Path) -> Path | None:
    """Return the dump: the path itself, or the only one in a directory."""
    if path.is_dir():
        found = sorted([*path.glob("*.sql"), *path.glob("*.sql.gz")])
        return found[0] if len(found) == 1 else None
    return path if path.name.endswith((".sql", ".sql.gz")) else None


def _prefix(file: Path) -> str | None:
    """Return what the tables' names begin with, usually "phpbb_"; None if it is no dump of phpBB."""
    with sql.open_dump(file) as lines:
        found = (TABLE.match(line) for line in islice(lines, LINES))
        return next((match[1] for match in found if match), None)
