"""Builds small forums in the formats of other software, and imports them."""

import json
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from forums.importers.pipeline import run
from forums.importers.records.report import Report


class Discourse:
    """Builds a directory of topics. `post(...)` returns a record, `topic(...)` writes a file of records."""

    def __init__(self, path: Path):
        self.path = path

    def post(self, number=1, cooked="<p>Hello.</p>", **said):
        post = {
            "id": 100 + number,
            "post_number": number,
            "post_type": 1,
            "created_at": f"2020-05-01T10:{number:02}:00.000Z",
            "updated_at": f"2020-05-02T10:{number:02}:00.000Z",
            "version": 1,
            "cooked": cooked,
            "reply_to_post_number": None,
            "actions_summary": [],
            "user_id": 7,
            "username": "Grace",
        }
        return post | said

    def topic(self, *posts, id=1, file=None, **said):
        topic = {
            "id": id,
            "title": "Which trees?",
            "category_id": 4,
            "created_at": "2020-05-01T10:01:00.000Z",
            "post_stream": {"posts": list(posts or [self.post()])},
        }
        self.write(file or f"which-trees.{id}.json", json.dumps(topic | said))

    def post_file(self, post, topic=1, file=None, **said):
        """Writes the other layout: a file with one post."""
        facts = {"topic_id": topic, "topic_title": "Which trees?", "category_id": 4}
        self.write(file or f"{post['id']}.json", json.dumps(post | facts | said))

    def write(self, file, text):
        (self.path / file).write_text(text)


class StackExchange:
    """Builds a dump of XML files. `add("Posts", Id=1, ...)` adds a row on its own line."""

    def __init__(self, path: Path):
        self.path = path
        self.rows = {"Posts": [], "Users": [], "Comments": [], "Votes": []}

    def add(self, file, **row):
        row = {"CreationDate": f"2018-03-12T17:00:{len(self.rows[file]):02}.500"} | row
        attributes = " ".join(f"{name}={quoteattr(str(value))}" for name, value in row.items())
        self.line(file, f"  <row {attributes} />")

    def line(self, file, line):
        self.rows[file].append(line)
        self.write()

    def write(self):
        for file, lines in self.rows.items():
            root = file.lower()
            text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *lines, f"</{root}>"])
            (self.path / f"{file}.xml").write_text(f"\ufeff{text}\n")

    def question(self, pk=1, **said):
        row = {"Score": 0, "Body": "<p>Why?</p>", "Title": "Why is that?", "OwnerUserId": 5}
        self.add("Posts", **({"Id": pk, "PostTypeId": 1} | row | said))

    def answer(self, pk, to=1, **said):
        row = {"ParentId": to, "Score": 0, "Body": "<p>Because.</p>", "OwnerUserId": 5}
        self.add("Posts", **({"Id": pk, "PostTypeId": 2} | row | said))


@pytest.fixture
def discourse(tmp_path) -> Discourse:
    return Discourse(tmp_path)


@pytest.fixture
def stack(tmp_path) -> StackExchange:
    dump = StackExchange(tmp_path)
    dump.add("Users", Id=5, DisplayName="Emmy Noether")
    return dump


@pytest.fixture
def bring(db, tmp_path):
    """Imports the files: `bring("discourse")`. Returns a report whose `warnings` are the printed sentences."""

    def bring(form, path=tmp_path, **said) -> Report:
        warnings = []
        report = Report(warn=warnings.append)
        report.warnings = warnings
        run(form, path, report, **said)
        assert report.adds_up()
        return report

    return bring
