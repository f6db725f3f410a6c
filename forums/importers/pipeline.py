"""Runs an import from start to end, in batches. A batch is one transaction, so little is lost if it fails."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from config.caching import cache_tags
from config.management.operator_error import OperatorError
from forums.importers.formats import open_dump
from forums.importers.pictures.archive import Archive
from forums.importers.pictures.bringing import Pictures
from forums.importers.records.records import Discussion
from forums.importers.records.report import Report
from forums.importers.texts.conversion import ConversionPool
from forums.importers.texts.links import Links
from forums.importers.writing import community
from forums.importers.writing.batch import Batch
from forums.importers.writing.categories import Categories
from forums.importers.writing.context import Context
from forums.importers.writing.members import write_members
from forums.importers.writing.old_addresses import OldAddresses
from forums.old_addresses import keys

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
    is_rehearsal: bool = False,
    names: Mapping[int, str] | None = None,
    numbers: Path | None = None,
    downloads: bool = False,
    advance=lambda posts, size: None,
):
    """Import the data in `path`. An interrupted import continues where it stopped.

    With `repairs`, texts that were imported before are converted again, unless their members have edited them here.
    A rehearsal does all but writing. `names` are those of categories by their numbers, and `numbers` is a file for
    `Dump.number_messages`. With `downloads`, tasks fetch the pictures that are not beside the data. `base` is the other
    forum's address, for links and redirects.

    Calls `advance(posts, size)` after each batch, with the batch's posts and the number of all posts. Raises
    OperatorError if the data cannot be read.
    """
    report.is_rehearsal = is_rehearsal
    dump = open_dump(form, path, report)
    base = dump.base = base or dump.base
    if names:
        dump.name_categories(names)
    if numbers:
        dump.number_messages(numbers)
    with _import_lock(), ConversionPool(base) as pool:
        pictures = Pictures(Archive(path, keys.host_of(base), dump.picture_files()), downloads=downloads)
        context = _prepare(dump, report, base, pictures, repairs=repairs, is_rehearsal=is_rehearsal)
        previous = None
        for discussions in _batches(dump.discussions(context.members)):
            batch = Batch(discussions, context)
            texts = pool.prepare(batch.to_convert)
            # This process writes a batch while other processes prepare the texts of the next.
            if previous:
                _write(*previous, dump.size, advance)
            previous = batch, texts
        if previous:
            _write(*previous, dump.size, advance)
    if not is_rehearsal:
        cache_tags.invalidate(cache_tags.LISTS, cache_tags.CATEGORIES)


def _prepare(dump, report, base, pictures, *, repairs, is_rehearsal) -> Context:
    """Write what does not belong to a topic, and return what the batches need."""
    links = Links(base)
    old_addresses = OldAddresses(links.host)
    categories = Categories(report, old_addresses)
    members = write_members(
        dump.members(), dump.members_kind, report, links, old_addresses, is_rehearsal=is_rehearsal
    )
    pks = old_addresses.add_posts(dump.addresses(), links, is_rehearsal=is_rehearsal)
    if not is_rehearsal:
        community.write(dump.community())
    for category in dump.categories():
        if is_rehearsal:
            categories.foresee(category)
        else:
            with transaction.atomic():
                categories.of(category)
    return Context(members, report, categories, links, old_addresses, pictures, pks, repairs, is_rehearsal)


def _write(batch, texts, size, advance):
    (batch.rehearse if batch.context.is_rehearsal else batch.write)(texts)
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
