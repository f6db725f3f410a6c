"""An import from beginning to end, in batches small enough to lose and large enough to be quick."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from config import stamps
from config.trouble import Trouble
from forums.importers import discourse, stackexchange
from forums.importers.members import write_members
from forums.importers.records import Discussion
from forums.importers.report import Report
from forums.importers.rooms import Rooms
from forums.importers.texts import Workshop
from forums.importers.writing import Batch

FORMATS = {"discourse": discourse.Dump, "stackexchange": stackexchange.Dump}
TOGETHER = 500
"""Posts in one transaction; one topic is never divided."""
LOCK = 0x466F6C6B
"""Of Postgres's advisory locks; the number is ours."""


def run(form: str, path: Path, report: Report, *, base: str | None = None, advance=lambda posts, size: None):
    """Import what `path` holds in this format. Whatever was interrupted goes on where it stopped.

    `base` is where the forum was, for links within it. `advance` hears how many posts are done, and of how many.
    Raises Trouble where nothing can be read.
    """
    dump = _opened(form, path, report)
    base = base or dump.base
    with _alone(), Workshop(base) as workshop:
        members = write_members(dump.members(), dump.members_kind, report)
        rooms, waiting = Rooms(report), None
        for discussions in _batches(dump.discussions(members)):
            batch = Batch(discussions, members, rooms, report)
            texts = workshop.prepare(batch.new)
            # While other processes prepare these texts, this one writes those before.
            if waiting:
                _write(*waiting, dump.size, advance)
            waiting = batch, texts
        if waiting:
            _write(*waiting, dump.size, advance)
    stamps.touch(stamps.LISTS, stamps.CATEGORIES)


def _opened(form, path, report):
    try:
        if path.exists():
            return FORMATS[form](path, report)
    except OSError as error:
        raise Trouble(f"{path} cannot be read ({error.strerror}).") from None
    raise Trouble(f"{path} is not there: name the directory that holds the data.")


def _write(batch, texts, size, advance):
    batch.write(texts)
    advance(sum(len(discussion.posts) for discussion in batch.discussions), size)


def _batches(discussions: Iterable[Discussion]) -> Iterator[list[Discussion]]:
    """No batch holds anything twice, should the data do so: the second is then known when its turn comes."""
    batch, sources, posts = [], set(), 0
    for discussion in discussions:
        own = {discussion.source, *(post.source for post in discussion.posts)}
        if batch and (posts >= TOGETHER or own & sources):
            yield batch
            batch, sources, posts = [], set(), 0
        batch.append(discussion)
        sources |= own
        posts += len(discussion.posts)
    if batch:
        yield batch


@contextmanager
def _alone():
    """Two imports at once would add the same twice. The lock goes with the connection, however this ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Trouble("Another import is running: wait until it has ended.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
