"""Counts in the report what happened to the records of a batch."""

from forums.importers.records.records import Post
from forums.importers.records.report import LEFT_OUT, UNOPENED
from forums.importers.writing import tags

LINKS = "links"


def count(batch, written: set[str]) -> None:
    """Count every discussion and post of a `Batch` after its commit."""
    for discussion in batch.discussions:
        _count_discussion(batch, discussion, written)
        for post in discussion.posts:
            _count_post(batch, post, written)
    batch.report.moved += batch.moved
    batch.report.repaired += len(batch.repaired)
    for post in (*batch.new, *batch.repaired):
        if (lost := batch.texts[post.source].lost) and (post.source in written or post in batch.repaired):
            batch.report.losses.append((post.where, lost))


def _count_discussion(batch, discussion, written):
    if discussion.tags:
        tags.count(batch, discussion, written)
    if not discussion.kind:
        return
    if discussion.source in batch.topics:
        batch.report.present[discussion.kind] += 1
    elif discussion.opening in written:
        batch.report.added[discussion.kind] += 1
    else:
        batch.report.skip(discussion.kind, UNOPENED)


def _count_post(batch, post: Post, written):
    report, votes = batch.report, post.ups + post.downs if post.vote_kind else 0
    if post.source in batch.known:
        report.present[post.kind] += 1
        report.present[post.vote_kind] += votes
        report.present.update({LINKS: post.links} if post.links else {})
    elif post.source in written:
        report.added[post.kind] += 1
        report.added[post.vote_kind] += votes
        report.added.update({LINKS: post.links} if post.links else {})
    else:
        report.skip(post.vote_kind, LEFT_OUT, votes)
        report.skip(LINKS, LEFT_OUT, post.links)
        if why := batch.texts[post.source].refused:
            report.broken(post.kind, post.where, why)
        else:
            report.skip(post.kind, UNOPENED)
