"""Runs an import from start to end, in batches. A batch is one transaction, so little is lost if it fails."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from config.caching import cache_tags
from config.management.operator_error import OperatorError
from forums.importers.discourse import dump as discourse_dump
from forums.importers.folkmoot import dump as folkmoot_dump
from forums.importers.records.records import Discussion
from forums.importers.records.report import Report
from forums.importers.stackexchange import dump as stackexchange_dump
from forums.importers.writing import community
from forums.importers.writing.batch import Batch, link_late
from forums.importers.writing.categories import Categories
from forums.importers.writing.conversion import ConversionPool
from forums.importers.writing.members import write_members

FORMATS = {
    "discourse": discourse_dump.Dump,
    "folkmoot": folkmoot_dump.Dump,
    "stackexchange": stackexchange_dump.Dump,
}
BATCH_POSTS = 500
"""Posts in one transaction. A topic is never divided."""
LOCK = 0x466F6C6B
"""The key of our advisory lock in Postgres."""


def run(
    form: str,
    path: Path,
    report: Report,
    *,
    base: str | None = None,
    repairs: bool = False,
    advance=lambda posts, size: None,
):
    """Import the data in `path`. An interrupted import continues where it stopped.

    With `repairs`, texts that were imported before are converted again, unless their members have edited them here.
    `base` is the other forum's address, for links within it. Calls `advance(posts, size)` after each batch, with the
    batch's posts and the number of all posts. Raises OperatorError if the data cannot be read.
    """
    dump = _open(form, path, report)
    base = base or dump.base
    with _import_lock(), ConversionPool(base) as pool:
        members = write_members(dump.members(), dump.members_kind, report)
        community.write(dump.community())
        categories, pks, unlinked, previous = Categories(report), {}, [], None
        for category in dump.categories():
            with transaction.atomic():
                categories.of(category)
        for discussions in _batches(dump.discussions(members)):
            batch = Batch(discussions, members, categories, report, pks, unlinked, repairs=repairs)
            texts = pool.prepare(batch.to_convert)
            # This process writes a batch while other processes prepare the texts of the next.
            if previous:
                _write(*previous, dump.size, advance)
            previous = batch, texts
        if previous:
            _write(*previous, dump.size, advance)
        link_late(unlinked, pks, pool.prepare)
    cache_tags.invalidate(cache_tags.LISTS, cache_tags.CATEGORIES)


def _open(form, path, report):
    try:
        if path.exists():
            return FORMATS[form](path, report)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror}).") from None
    raise OperatorError(f"{path} does not exist. Name the directory that holds the data.")


def _write(batch, texts, size, advance):
    batch.write(texts)
    advance(sum(len(discussion.posts) for discussion in batch.discussions), size)


def _batches(discussions: Iterable[Discussion]) -> Iterator[list[Discussion]]:
    """Divide the discussions into batches. If the data holds something twice, the second is in a later batch."""
    batch, sources, posts = [], set(), 0
    for discussion in discussions:
        own = {discussion.source, *(post.source for post in discussion.posts)}
        if batch and (posts >= BATCH_POSTS or own & sources):
            yield batch
            batch, sources, posts = [], set(), 0
        batch.append(discussion)
        sources |= own
        posts += len(discussion.posts)
    if batch:
        yield batch


@contextmanager
def _import_lock():
    """Hold a lock, because two imports at once would add the same twice. Postgres drops it with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise OperatorError("Another import is running. Wait until it has finished.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
