"""Reads a site's dump of Stack Exchange: XML files with one row for each record.

A question becomes a topic, its answers reply to it, and comments reply to what they comment on. All questions go into
one category, named after the directory, because a question has several tags and a topic has one category. The texts
are kept in memory until they are written.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers.records import dump
from forums.importers.records.fields import Broken, number, optional
from forums.importers.records.records import CategoryRecord, Discussion, Member, Post
from forums.importers.records.report import LEFT_OUT, UNOPENED, Report
from forums.importers.stackexchange import rows as read
from forums.importers.stackexchange.mentions import MentionTranslator
from forums.importers.stackexchange.xml_rows import rows

QUESTIONS, ANSWERS, WIKIS, OTHERS = "questions", "answers", "tag wikis", "other posts"
KINDS = ("users", QUESTIONS, ANSWERS, WIKIS, OTHERS, "comments", "votes", "links")
POST_TYPES = {"1": QUESTIONS, "2": ANSWERS, "4": WIKIS, "5": WIKIS}
UP, DOWN = "2", "3"
NEEDED = {"posts.xml", "users.xml"}

DESCRIBED = "descriptions of tags, which administrators write here"
UNUSUAL = "neither a question nor an answer"
UNKNOWN = "on posts that are not in the data"
LINKED, DUPLICATE = "1", "3"
IN_TEXTS = "links in texts, which are imported"
NO_OPINION = "neither up nor down (accepted, favourite, close …)"


class Dump(dump.Dump):
    """A directory with Posts.xml and Users.xml, and perhaps Comments.xml and Votes.xml. Raises OperatorError."""

    members_kind = "users"
    base = None

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return _files(path).keys() >= NEEDED

    def __init__(self, path: Path, report: Report):
        self.files = _files(path)
        for needed in sorted(NEEDED):
            if needed not in self.files:
                raise OperatorError(
                    f"{path} is not a dump of Stack Exchange: it has no {needed.capitalize()}."
                )
        for file in self.files.values():
            # Raises OperatorError, which must happen before anything is written.
            if file.suffix.lower() == ".xml":
                next(rows(file, lambda line, why: None), None)
        self.report, self.category, self.size = report, _category(path), 0
        report.read.update(dict.fromkeys(KINDS, 0))
        self._users: dict[int, Member] = {}
        self._posts: dict[int, Post] = {}
        self._topic_of: dict[int, Discussion] = {}
        self._accepted: dict[int, int | None] = {}
        self._left_out: dict[int, str] = {}

    def members(self) -> Iterator[Member]:
        """Yield the users in the order of the file."""
        for row, where in self._rows("users.xml", "users"):
            self.report.read["users"] += 1
            try:
                member = read.member(row)
                if member.number in self._users:
                    raise Broken(f"user {member.number} is there twice")
            except Broken as broken:
                self.report.broken("users", where, broken)
            else:
                self._users[member.number] = member
                yield member

    def addresses(self) -> dict[str, str]:
        """Return the addresses of questions and answers, after reading all files.

        Answers and comments can be anywhere in the files.
        """
        answers = [
            answer for row, where in self._rows("posts.xml", OTHERS) if (answer := self._post(row, where))
        ]
        for answer in answers:
            self._attach(*answer)
        for row, where in self._rows("comments.xml", "comments"):
            self._comment(row, where)
        for row, where in self._rows("votes.xml", "votes"):
            self._vote(row, where)
        for row, where in self._rows("postlinks.xml", "links"):
            self._link(row, where)
        self.size = len(self._posts) + self.report.read["comments"]
        return {f"q/{pk}": post.source for pk, post in self._posts.items()}

    def discussions(self, members: dict[str, User]) -> Iterator[Discussion]:
        """Yield the topics in the order of the questions. Call it after `addresses`."""
        mentions = MentionTranslator(
            {user.source: (user.name, members[user.source].username) for user in self._users.values()}
        )
        for discussion in {id(topic): topic for topic in self._topic_of.values()}.values():
            mentions.translate(discussion.posts)
            yield discussion

    def _rows(self, name: str, kind: str):
        """Yield each row of a file, if it exists, and its position. A row that is not XML counts as `kind`."""
        file = self.files.get(name)

        def broken(line, why):
            self.report.read[kind] += 1
            self.report.broken(kind, f"{file.name}, line {line}", why)

        for line, row in rows(file, broken) if file else ():
            yield row, f"{file.name}, line {line}"

    # --- One row ----------------------------------------------------------------------------------

    def _post(self, row, where):
        """Return an answer, its number and its question's number; None for everything else."""
        kind = POST_TYPES.get(row.get("PostTypeId"), OTHERS)
        self.report.read[kind] += 1
        pk = 0
        try:
            pk = number(row, "Id")
            if pk in self._posts:
                raise Broken(f"post {pk} is there twice")
            if kind in (WIKIS, OTHERS):
                self._left_out[pk] = f"on {kind}"
                self.report.skip(kind, DESCRIBED if kind == WIKIS else UNUSUAL)
                return None
            post = read.post(row, kind, where, self._users, counts_votes="votes.xml" in self.files)
            if kind == ANSWERS:
                return post, pk, number(row, "ParentId")
            self._topic_of[pk] = read.discussion(row, post, self.category)
            self._accepted[pk] = optional(number, row, "AcceptedAnswerId")
            self._posts[pk] = post
        except Broken as broken:
            self._left_out.setdefault(pk, LEFT_OUT)
            self.report.broken(kind, where, broken)
        return None

    def _attach(self, answer, pk, question):
        topic = self._topic_of.get(question)
        if topic is None:
            self._left_out[pk] = LEFT_OUT
            self.report.skip(ANSWERS, UNOPENED)
            return
        topic.posts.append(answer)
        if self._accepted[question] == pk:
            topic.accepted = answer.source
        self._posts[pk] = answer
        self._topic_of[pk] = topic

    def _comment(self, row, where):
        self.report.read["comments"] += 1
        try:
            on = number(row, "PostId")
            if on not in self._posts:
                self.report.skip("comments", self._left_out.get(on, UNKNOWN))
                return
            self._topic_of[on].posts.append(read.comment(row, where, self._posts[on], self._users))
        except Broken as broken:
            self.report.broken("comments", where, broken)

    def _link(self, row, where):
        """Add below a question the one of which it is a duplicate."""
        self.report.read["links"] += 1
        try:
            on, to = number(row, "PostId"), number(row, "RelatedPostId")
        except Broken as broken:
            self.report.broken("links", where, broken)
            return
        post, topic = self._posts.get(on), self._topic_of.get(to)
        if post is None or topic is None:
            self.report.skip("links", self._left_out.get(on) or self._left_out.get(to) or UNKNOWN)
        elif row.get("LinkTypeId") == DUPLICATE:
            post.text += read.duplicate_of(topic.title, self._posts[to].source)
            post.links += 1
        else:
            self.report.skip("links", IN_TEXTS if row.get("LinkTypeId") == LINKED else "of an unknown kind")

    def _vote(self, row, where):
        self.report.read["votes"] += 1
        try:
            on = number(row, "PostId")
        except Broken as broken:
            self.report.broken("votes", where, broken)
            return
        post, opinion = self._posts.get(on), row.get("VoteTypeId")
        if post is None:
            self.report.skip("votes", self._left_out.get(on, UNKNOWN))
        elif opinion == UP:
            post.ups += 1
        elif opinion == DOWN:
            post.downs += 1
        else:
            self.report.skip("votes", NO_OPINION)


def _files(path: Path) -> dict[str, Path]:
    return {file.name.lower(): file for file in path.iterdir()} if path.is_dir() else {}


def _category(path: Path) -> CategoryRecord:
    name = path.resolve().name
    title = re.sub(r"[\W_]+", " ", re.sub(r"(?i)stack-?exchange|\.com$", "", name)).strip().capitalize()
    source = f"stackexchange:category:{name[:60]}"
    return CategoryRecord(source, title or "Questions", addresses=["questions"])
