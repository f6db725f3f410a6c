"""Reads a mailing list: each thread becomes a topic, and each mail a comment.

The files are read twice. The first reading keeps the headers, because a thread may go through several files.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers.mbox import contents, files, messages, numbers
from forums.importers.mbox.messages import TAG, Message
from forums.importers.mbox.scrubbed import Scrubbed
from forums.importers.mbox.threads import threads
from forums.importers.pictures.bringing import KIND
from forums.importers.records import dump
from forums.importers.records.fields import Broken, title
from forums.importers.records.records import CategoryRecord, Discussion, Member, Post
from forums.importers.records.report import Report
from forums.old_addresses import keys as old_addresses

MEMBERS, TOPICS, POSTS, ATTACHMENTS = "members", "topics", "posts", "attachments"


class Dump(dump.Dump):
    """One mbox file, or a directory of them. Raises OperatorError if there is none."""

    members_kind = MEMBERS
    base: str | None = None

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return bool(files.find(path))

    def __init__(self, path: Path, report: Report):
        self.report = report
        found = files.find(path)
        if not found:
            raise OperatorError(f"{path} holds no mbox file: unpack files that end in .gz first.")
        for kind in (MEMBERS, TOPICS, POSTS, ATTACHMENTS):
            report.read[kind] = 0
        self._path, self._files, self._scrubbed = path, found, Scrubbed(path)
        self._first: dict[Path, int] = {}
        self._places: list[tuple[files.Place, str]] = []
        self._messages: dict[str, Message] = {}
        self._pictures: dict[str, contents.Picture] = {}
        for place in chain.from_iterable(map(files.messages, found)):
            self._read(place)
        self.size = len(self._messages)
        self._tag = _tag(self._messages.values())
        self._category = _category(self._tag or path.resolve().stem)

    def _read(self, place: files.Place) -> None:
        self.report.read[POSTS] += 1
        try:
            message = messages.read(place)
        except Broken as broken:
            self.report.broken(POSTS, place.where, broken)
            return
        if message.key in self._messages:
            self.report.skip(POSTS, "another copy of the same mail")
        else:
            self._messages[message.key] = message
        self._places.append((place, message.key))

    def members(self) -> Iterator[Member]:
        """Yield the authors, one for each address, in the order of their first mails."""
        found: dict[str, Member] = {}
        for message in sorted(self._messages.values(), key=lambda message: message.at):
            if message.author not in found:
                self.report.read[MEMBERS] += 1
                # The number must be the same in each import, also of other files.
                number = int(message.author[:5], 16)
                found[message.author] = Member(_member(message), message.name, number, message.at)
        yield from found.values()

    def number_messages(self, file: Path) -> None:
        self._first = numbers.count(self._files, numbers.read(file), self.report.warn)

    def addresses(self) -> dict[str, str]:
        """Return the addresses of HyperKitty, and those of pipermail whose numbers are known."""
        found = {
            f"mail/{each.archived_as}": _post(each) for each in self._messages.values() if each.archived_as
        }
        if not (name := self._list()):
            return found
        for place, key in self._places:
            if (first := self._first.get(place.file)) is not None:
                found[f"{name}/{first + place.number - 1}"] = _post(self._messages[key])
        for number, key in numbers.of_pages(self._path):
            if key in self._messages:
                found[f"{name}/{number}"] = _post(self._messages[key])
        return found

    def _list(self) -> str | None:
        """Return the key of the list's archive, if `base` is the address of one."""
        wanted = old_addresses.read(urlsplit(self.base or "").path)
        return next((key for key in wanted if old_addresses.kind(key) == "category"), None)

    def picture_files(self) -> Mapping[str, contents.Picture]:
        """Return the pictures in the mails that were read until now."""
        return self._pictures

    def discussions(self, members: dict[str, User]) -> Iterator[Discussion]:
        category = replace(self._category, addresses=[*filter(None, [self._list()])])
        for thread in threads(self._messages, self._tag):
            self.report.read[TOPICS] += 1
            opening = thread[0]
            yield Discussion(
                source=f"mbox:topic:{opening.key}",
                title=title(messages.without_marks(opening.subject, self._tag) or messages.NO_SUBJECT),
                category=category,
                opening=_post(opening),
                posts=[self._post(message) for message in thread],
                kind=TOPICS,
            )

    def _post(self, message: Message) -> Post:
        found = contents.read(message.place, message.key, self._scrubbed)
        for kind, reasons in ((ATTACHMENTS, found.left_out), (KIND, found.unfit)):
            for why, count in reasons.items():
                self.report.read[kind] += count
                self.report.skip(kind, why, count)
        for address in found.pictures:
            self._pictures[address] = contents.Picture(message.place, message.key, address)
        return Post(
            kind=POSTS,
            source=_post(message),
            where=message.place.where,
            author=_member(message),
            at=message.at,
            text=found.html,
            parent=message.parent and _post(message.parent),
        )


def _post(message: Message) -> str:
    return f"mbox:post:{message.key}"


def _member(message: Message) -> str:
    return f"mbox:member:{message.author}"


def _tag(found) -> str:
    """Return what the list writes in brackets in front of most subjects, or ""."""
    tags = Counter(
        tag[1] for message in found if (tag := TAG.match(messages.ANSWERED.sub("", message.subject)))
    )
    return next((tag for tag, times in tags.most_common(1) if times * 2 > len(found)), "")


def _category(name: str) -> CategoryRecord:
    return CategoryRecord(f"mbox:category:{name[:60].lower()}", name)
