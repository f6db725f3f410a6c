"""Reads topics of Discourse from JSON: a file for each topic, as `/t/<id>.json?print=true` returns it, or for a post.

The files are read twice. The first reading collects the members, the names of the categories and the site's address,
because these are spread over all files.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers.discourse import files, polls, posts, quotes
from forums.importers.records import dump
from forums.importers.records.fields import Broken, moment, number, optional, text, title
from forums.importers.records.records import CategoryRecord, Discussion, Member, Post
from forums.importers.records.report import Report, printable

MEMBERS, TOPICS = "members", "topics"
ABOUT = re.compile(r"About the (.+) category")
"""Discourse opens a topic with this title in every category. Other topics only have the category's number."""
HOST = re.compile(r"/user_avatar/([a-z0-9.-]+\.[a-z]+)/")


class Dump(dump.Dump):
    """A directory of topics, or a single one. Raises OperatorError if it holds no topic."""

    members_kind = MEMBERS

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return files.is_discourse(path)

    def __init__(self, path: Path, report: Report):
        self.report = report
        self.name = (path if path.is_dir() else path.parent).resolve().name
        self.size = 0
        self.base: str | None = None
        self._members: dict[str, Member] = {}
        self._category_names: dict[int, str] = {}
        self._has_names = False
        self._used: set[int] = set()
        self._voters: list[dict] = []
        self._sources: dict[quotes.Key, str] = {}
        self._addresses: dict[str, str] = {}
        for kind in (MEMBERS, TOPICS, posts.POSTS, posts.LIKES):
            report.read[kind] = 0
        self.topics, records = files.group(path)
        for _, record in records:
            self._survey(record)
        if not self.size:
            raise OperatorError(
                f"{path} holds no topics of Discourse: name the directory with their JSON files."
            )
        self._meet_voters()

    # --- First reading ----------------------------------------------------------------------------

    def _survey(self, record: dict) -> None:
        """Note what is spread over all files. The second reading reports what is wrong."""
        if files.is_post(record):
            self._survey_topic(
                {"id": record["topic_id"], "title": record.get("topic_title")} | record, [record]
            )
        elif not _withheld(record):
            self._survey_topic(record, record["post_stream"]["posts"])
        else:
            self.size += len(record["post_stream"]["posts"])

    def _survey_topic(self, topic, records) -> None:
        self._name_room(topic)
        for record in records:
            self.size += 1
            self._meet(record)
            self._name_addresses(topic, record)
            self._voters += polls.voters(record)

    def name_categories(self, names: Mapping[int, str]) -> None:
        self._category_names |= names
        self._has_names = True

    def categories(self) -> Iterator[CategoryRecord]:
        """Yield the categories if their names were given, so that those of an earlier import get them, too."""
        yield from map(self._category, sorted(self._used) if self._has_names else ())

    def _name_addresses(self, topic, record) -> None:
        key = quotes.key(topic, record)
        if key is None or posts.withheld(record):
            return
        with suppress(Broken):
            source, (in_topic, at) = posts.source(record), key
            self._sources[key] = source
            self._addresses[f"t/{in_topic}" if at == 1 else f"t/{in_topic}/{at}"] = source
            self._addresses[f"p/{number(record, 'id')}"] = source

    def addresses(self) -> dict[str, str]:
        return self._addresses

    def _name_room(self, topic) -> None:
        with suppress(Broken):
            self._used.add(number(topic, "category_id"))
            if about := ABOUT.fullmatch(title(topic.get("title"))):
                self._category_names[number(topic, "category_id")] = about[1]

    def _meet(self, record) -> None:
        try:
            source, at = posts.author(record), moment(record, "created_at")
        except Broken:
            return
        if source is None:
            return
        if self.base is None and (host := HOST.search(str(record.get("avatar_template")))):
            self.base = f"https://{host[1]}"
        known = self._members.get(source)
        if known is None:
            name = text(record, "username")
            addresses = [f"u/{name.lower()}"]
            self._members[source] = Member(
                source, name, number(record, "user_id", least=-99), at, addresses=addresses
            )
        elif at < known.joined_at:
            known.joined_at = at
        self._members[source].is_staff |= record.get("admin") is True or record.get("moderator") is True

    def _meet_voters(self) -> None:
        """Add members who voted and never wrote. They joined when their first poll was opened."""
        for voter in self._voters:
            with suppress(Broken):
                if posts.author(voter) not in self._members:
                    self._meet(voter)

    def members(self) -> Iterator[Member]:
        """Yield the members in the order of their numbers. Each joined when they first wrote."""
        for member in sorted(self._members.values(), key=lambda member: member.number):
            self.report.read[MEMBERS] += 1
            yield member

    # --- Second reading ---------------------------------------------------------------------------

    def discussions(self, members: dict[str, User]) -> Iterator[Discussion]:
        """Yield the topics. `members` are by source."""
        names = {member.name.lower(): members[member.source].username for member in self._members.values()}
        self._renamed = {old: new for old, new in names.items() if old != new.lower()}
        for found in self.topics:
            self.report.read[TOPICS] += 1
            try:
                topic, places, copies = files.topic_of(found)
                if why := _withheld(topic):
                    self.report.skip(TOPICS, why)
                else:
                    self.report.read[posts.POSTS] += copies
                    self.report.skip(posts.POSTS, "older copies of posts", copies)
                    self._compare_length(topic, found.where)
                    yield self._discussion(topic, places)
            except Broken as broken:
                self.report.broken(TOPICS, found.where, broken)

    def _compare_length(self, topic, file) -> None:
        """Warn if the topic has more posts than its file, because a page of Discourse holds twenty."""
        records, stream = topic["post_stream"]["posts"], topic["post_stream"].get("stream")
        if isinstance(stream, list):
            missing = len({str(pk) for pk in stream} - {str(record.get("id")) for record in records})
        else:
            count = topic.get("posts_count")
            missing = count - len(records) if isinstance(count, int) else 0
        if missing > 0:
            whole = len(records) + missing
            self.report.warn(
                f"{printable(file)}: it holds {len(records):,} of the topic's {whole:,} posts."
                " Download it again with ?print=true."
            )

    def _discussion(self, topic, places) -> Discussion:
        at, closed = moment(topic, "created_at"), topic.get("closed") or topic.get("archived")
        discussion = Discussion(
            source=f"discourse:topic:{number(topic, 'id')}@{at.isoformat()}",
            title=title(topic.get("unicode_title") or topic.get("title")),
            category=self._category(number(topic, "category_id")),
            kind=TOPICS,
            locked_at=(optional(moment, topic, "last_posted_at") or at) if closed else None,
            pinned_at=optional(moment, topic, "pinned_at"),
            hidden_at=at if topic.get("visible") is False else None,
            tags=_tags(topic),
        )
        self._fill(discussion, topic, places)
        return discussion

    def _category(self, category: int) -> CategoryRecord:
        name = self._category_names.get(category, f"Category {category}")
        source = f"discourse:category:{self.name[:60]}:{category}"
        return CategoryRecord(source, name, addresses=[f"c/{category}"])

    def _fill(self, discussion, topic, places) -> None:
        by_number: dict[int, Post] = {}
        accepted = topic.get("accepted_answer")
        accepted = accepted.get("post_number") if isinstance(accepted, dict) else None
        for record, where in zip(topic["post_stream"]["posts"], places, strict=True):
            post, at = self._post(record, where, by_number, discussion.title)
            if post is None:
                continue
            by_number[at] = post
            discussion.posts.append(post)
            if at == accepted or (accepted is None and record.get("accepted_answer") is True):
                discussion.accepted = post.source
        if opening := by_number.get(1):
            discussion.opening = opening.source
            discussion.posts.sort(key=lambda post: post is not opening)

    def _post(self, record, where, by_number, topic_title):
        """Return the post and its number in the topic, or None and 0 for a post that is left out."""
        self.report.read[posts.POSTS] += 1
        try:
            if why := posts.withheld(record):
                self.report.skip(posts.POSTS, why)
                return None, 0
            at = number(record, "post_number", least=1)
            if at in by_number:
                raise Broken(f"post number {at} is there twice")
            post = posts.post(record, where, self._renamed, self._sources)
            answered = optional(number, record, "reply_to_post_number")
            if answered is not None:
                # A post that answers a later one would make a circle, so it answers nothing here.
                post.parent = by_number[answered].source if answered in by_number else f"post {answered}"
            self.report.read[posts.LIKES] += post.ups
            post.polls = list(self._polls(record, post, topic_title))
            return post, at
        except Broken as broken:
            self.report.broken(posts.POSTS, where, broken)
            return None, 0

    def _polls(self, record, post, topic_title):
        for found in polls.records(record):
            self.report.read[polls.POLLS] += 1
            try:
                yield polls.poll(found, record, post, topic_title)
            except Broken as broken:
                self.report.broken(polls.POLLS, post.where, broken)


def _tags(topic: dict) -> list[str]:
    """Return the names of tags, which newer versions write as records."""
    tags = topic.get("tags")
    names = (
        [tag.get("name") if isinstance(tag, dict) else tag for tag in tags] if isinstance(tags, list) else []
    )
    return [name for name in names if isinstance(name, str)]


def _withheld(topic: dict) -> str | None:
    if topic.get("archetype") == "private_message":
        return "private messages stay private"
    return "deleted there" if topic.get("deleted_at") else None
