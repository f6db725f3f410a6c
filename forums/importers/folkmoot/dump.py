"""Reads an export: topic by topic, because all files are in the order of topics.

The checksums have shown that the files are as they were written. So a record that cannot be understood was changed by
somebody together with its checksum; it is reported and left out.
"""

from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.export.data import directory
from forums.importers.folkmoot import read
from forums.importers.folkmoot.names import Renamed
from forums.importers.folkmoot.numbers import Numbers
from forums.importers.records import dump
from forums.importers.records.fields import Broken, moment, number
from forums.importers.records.records import (
    CategoryRecord,
    Community,
    Discussion,
    KeptDebate,
    KeptPoll,
    Member,
    Post,
)
from forums.importers.records.report import UNOPENED, Report
from forums.markup.pictures import key_of
from forums.models.pictures import placing

CATEGORIES, MEMBERS, TOPICS, COMMENTS, DEBATES, POLLS = (
    "categories", "members", "topics", "comments", "debates", "polls",
)  # fmt: skip

Record = TypeVar("Record")


class Dump(dump.Dump):
    """A directory that `manage.py export_forum` has written. Raises OperatorError if it is not complete."""

    members_kind = MEMBERS

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return (path / directory.MANIFEST).is_file()

    def __init__(self, path: Path, report: Report):
        self.path, self.report = path, report
        self.manifest = directory.read_manifest(path)
        self.base = None
        try:
            self.size = number(self.manifest["counts"], COMMENTS)
            self.made_at = moment(self.manifest, "made_at")
            self._community = self._read_community()
        except (AttributeError, Broken, KeyError) as broken:
            raise OperatorError(f"{path} is damaged: {broken}.") from None
        for kind in (CATEGORIES, MEMBERS, TOPICS, COMMENTS, DEBATES, POLLS):
            report.read[kind] = 0
        self._categories: dict[str, CategoryRecord] = {}
        self._names: dict[str, str] = {}

    def community(self) -> Community | None:
        return self._community

    def _read_community(self) -> Community | None:
        for site in directory.records(self.path, "site"):
            rules = [read.rule(rule) for rule in directory.records(self.path, "rules")]
            tags = [read.tag(tag) for tag in directory.records(self.path, "tags")]
            return Community(read.short(site, "heading", 80), read.short(site, "welcome", 4000), rules, tags)
        return None

    def picture_files(self) -> dict[str, Path]:
        """Return the pictures of texts by their addresses, `/pictures/KEY/`: animations rather than still ones."""
        files = sorted((self.path / directory.MEDIA / "pictures").glob("*.webp"), reverse=True)
        keys = {file: file.stem.removesuffix("-moving") for file in files if not file.is_symlink()}
        named = {placing.address(key): file for file, key in keys.items()}
        return {address: file for address, file in named.items() if key_of(address)}

    def categories(self) -> Iterator[CategoryRecord]:
        for record, where in self._records(CATEGORIES):
            if category := self._read(CATEGORIES, where, read.category, record, self._categories):
                self._categories[category.source] = category
                yield category
            else:  # the others are counted when they are written
                self.report.read[CATEGORIES] += 1

    def members(self) -> Iterator[Member]:
        for record, where in self._records(MEMBERS):
            self.report.read[MEMBERS] += 1
            if member := self._read(MEMBERS, where, read.member, record, self.path / directory.MEDIA):
                self._names[member.source] = member.name
                yield member

    def discussions(self, members: dict[str, User]) -> Iterator[Discussion]:
        """Yield the topics with all that belongs to them. `members` are by source."""
        renamed = Renamed({self._names[source]: user.username for source, user in members.items()})
        comments, debates, sides, polls = (
            _Runs(self._records(kind), "topic") for kind in (COMMENTS, DEBATES, "sides", POLLS)
        )
        ballots = _Runs(self._records("ballots"), "poll")
        numbers = Numbers(self.path, str(self.manifest.get("address")))
        for record, where in self._records(TOPICS):
            self.report.read[TOPICS] += 1
            name = record.get("id")
            posts = list(self._posts(comments.of(name), renamed, numbers))
            debate = self._debate(debates.of(name), sides.of(name))
            kept_polls = list(self._polls(polls.of(name), ballots))
            found = self._read(TOPICS, where, read.topic, record, self._categories, posts)
            if found:
                found.pk = numbers.of("t", found.pk)
                found.debate, found.kept_polls = debate, kept_polls
                yield found
            else:
                self.report.skip(COMMENTS, UNOPENED, len(posts))
                self.report.skip(DEBATES, UNOPENED, int(debate is not None))
                self.report.skip(POLLS, UNOPENED, len(kept_polls))

    def _posts(self, records, renamed: Renamed, numbers: Numbers) -> Iterator[Post]:
        address = str(self.manifest.get("address"))
        for record, where in records:
            self.report.read[COMMENTS] += 1
            if post := self._read(COMMENTS, where, read.post, record, where):
                post.text = post.text.replace(f'src="{escape(address)}/pictures/', 'src="/pictures/')
                yield renamed.apply(numbers.apply(post))

    def _debate(self, records, sides) -> KeptDebate | None:
        chosen = [(side.get("member"), side.get("side")) for side, _ in sides]
        for record, where in records[:1]:
            self.report.read[DEBATES] += 1
            return self._read(DEBATES, where, read.debate, record, chosen)
        return None

    def _polls(self, records, ballots: "_Runs") -> Iterator[KeptPoll]:
        for record, where in records:
            self.report.read[POLLS] += 1
            cast = [ballot for ballot, _ in ballots.of(record.get("id"))]
            if poll := self._read(POLLS, where, read.poll, record, cast, where, self.made_at):
                yield poll

    def _records(self, kind: str) -> Iterator[tuple[dict, str]]:
        """Yield the records of a file, each with its place for people."""
        for line, record in enumerate(directory.records(self.path, kind), 1):
            yield record, f"{kind}.jsonl, line {line}"

    def _read(self, kind: str, where: str, make: Callable[..., Record], *facts) -> Record | None:
        """Return what `make(*facts)` returns, or None after reporting a broken record."""
        try:
            return make(*facts)
        except Broken as broken:
            self.report.broken(kind, where, broken)
            return None


class _Runs:
    """Takes from a file the records that belong to one thing after another. The file has the same order."""

    def __init__(self, records: Iterator[tuple[dict, str]], key: str):
        self._runs = groupby(records, lambda each: each[0].get(key))
        self._next = next(self._runs, None)

    def of(self, name) -> list[tuple[dict, str]]:
        if self._next is None or self._next[0] != name:
            return []
        found = list(self._next[1])
        self._next = next(self._runs, None)
        return found
