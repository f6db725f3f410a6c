"""Reads the files of both layouts: one JSON for each topic, or one for each post.

Posts of one topic become a topic in the form of the other layout, so the rest of the importer knows only that.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from forums.importers.records.fields import LARGEST, Broken, number

TRIED = 20
"""Files that are opened to recognise a directory."""


@dataclass(slots=True)
class TopicFiles:
    """The files of one topic."""

    files: list[Path]
    holds_posts: bool = False
    """Whether each file holds one post."""

    @property
    def where(self) -> str:
        return self.files[0].name


def read(file: Path) -> dict:
    """Return a topic with a list of posts, or a post. Raises Broken."""
    try:
        record = json.loads(file.read_bytes())
    except OSError as error:
        raise Broken(f"it cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise Broken(f"it is not JSON ({str(error)[:80]})") from None
    if not (isinstance(record, dict) and (is_post(record) or _has_posts(record))):
        raise Broken("it holds no topic with posts")
    return record


def is_post(record: dict) -> bool:
    return "topic_id" in record and "post_number" in record


def is_discourse(path: Path) -> bool:
    """Return whether one of the first JSON files holds a topic or a post."""
    for file in _json_files(path)[:TRIED]:
        with suppress(Broken):
            read(file)
            return True
    return False


def group(path: Path) -> tuple[list[TopicFiles], Iterator[tuple[Path, dict]]]:
    """Return the files by topic, and an iterator over all records. The list is complete when that has ended.

    A file that is broken counts as one of a topic.
    """
    groups: list[TopicFiles] = []

    def records():
        by_topic: dict[str, TopicFiles] = {}
        for file in _json_files(path):
            try:
                record = read(file)
            except Broken:
                groups.append(TopicFiles([file]))
                continue
            if not is_post(record):
                groups.append(TopicFiles([file]))
            elif found := by_topic.get(str(record["topic_id"])):
                found.files.append(file)
            else:
                found = by_topic[str(record["topic_id"])] = TopicFiles([file], holds_posts=True)
                groups.append(found)
            yield file, record

    return groups, records()


def topic_of(found: TopicFiles) -> tuple[dict, list[str], int]:
    """Return a topic, the place of each of its posts for people, and the number of older copies of posts.

    Raises Broken.
    """
    records = [read(file) for file in found.files]
    if not found.holds_posts:
        count = len(records[0]["post_stream"]["posts"])
        return records[0], [f"{found.where}, post {place}" for place in range(1, count + 1)], 0
    newest = _newest(zip(records, found.files, strict=True))
    posts = [record for record, _ in newest]
    return _topic(posts), [file.name for _, file in newest], len(records) - len(newest)


def _newest(records: Iterable[tuple[dict, Path]]) -> list[tuple[dict, Path]]:
    """Return the newest copy of each post. An archive writes a post again after an edit or a new title."""
    copies = defaultdict(list)
    for record, file in records:
        copies[str(record.get("id"))].append((record, file))
    found = [max(each, key=lambda copy: str(copy[0].get("updated_at"))) for each in copies.values()]
    return sorted(found, key=lambda copy: _number(copy[0]))


def _topic(posts: list[dict]) -> dict:
    """Return posts in the form of a topic. The last post has the newest title and category."""
    first, last = posts[0], max(posts, key=lambda post: str(post.get("updated_at")))
    return {
        "id": first.get("topic_id"),
        "title": last.get("topic_title"),
        "category_id": last.get("category_id"),
        "created_at": first.get("created_at"),
        "archetype": first.get("topic_archetype"),
        "tags": last.get("tags"),
        "post_stream": {"posts": posts},
    }


def _number(post: dict) -> int:
    try:
        return number(post, "post_number")
    except Broken:
        return LARGEST


def _has_posts(topic: dict) -> bool:
    stream = topic.get("post_stream")
    posts = stream.get("posts") if isinstance(stream, dict) else None
    return isinstance(posts, list) and bool(posts) and all(isinstance(post, dict) for post in posts)


def _json_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.json")) if path.is_dir() else [path]
