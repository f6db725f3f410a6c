"""The file of a record: canonical JSON in pieces, with the texts that its viewer may read today."""

import json
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from forums.models import Comment, Record
from forums.models.records.canonical import canonical
from forums.records.kinds import KINDS

ROWS = 500
"""Texts that are read at once."""
OUTCOMES = 100
"""Versions of an outcome in one file."""
LINKS = 1_000
"""Links in one file of the chain."""


def legible(record: Record, viewer):
    """The texts of the record that the viewer may read: those of no comment, and of comments that they may read."""
    if not KINDS[record.kind].may_read(record, viewer):
        return record.texts.none()
    comments = Comment.objects.visible_to(viewer).readable().filter(pk=OuterRef("comment"))
    return record.texts.filter(Q(comment=None) | Exists(comments))


def together(record: Record) -> Iterator[Record]:
    """The record, and the later ones about the outcome of the same thing. One query."""
    yield record
    if record.kind != Record.Kind.OUTCOME:
        about = Record.objects.filter(address=record.address, kind=Record.Kind.OUTCOME)
        yield from about.order_by("seq")[:OUTCOMES]


def json_file(record: Record, viewer) -> Iterator[str]:
    """The file. It holds the contents and `ROWS` texts at a time."""
    yield '{"records":['
    for number, each in enumerate(together(record)):
        yield "," if number else ""
        yield f'{{"content":{each.content},"link":{canonical(each.link)},"texts":{{'
        yield from _texts(each, viewer)
        yield "}}"
    yield "]}"


def chain_file(after: int) -> Iterator[str]:
    """The links of the chain that follow the record `after`, at most `LINKS`. One query."""
    links = Record.objects.links().filter(seq__gt=after)[:LINKS]
    yield json.dumps({"links": [record.link for record in links]}, indent=1)


def _texts(record, viewer):
    rows, last, comma = legible(record, viewer).order_by("hash"), "", ""
    while some := list(rows.filter(hash__gt=last).values_list("hash", "salt", "text")[:ROWS]):
        members = (
            f"{canonical(name)}:{canonical({'salt': salt, 'text': text})}" for name, salt, text in some
        )
        yield comma + ",".join(members)
        last, comma = some[-1][0], ","
