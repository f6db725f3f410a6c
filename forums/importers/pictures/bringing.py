"""Stores the pictures of imported comments, or has them downloaded, and counts what happened to each."""

from collections.abc import Mapping
from typing import NamedTuple

from forums.importers.pictures.archive import Archive
from forums.importers.records.report import Report
from forums.models import Comment, Picture
from forums.models.pictures import placing
from forums.models.pictures.picture import MOST_FETCHED
from forums.pictures import storing
from forums.pictures.conversion import UnfitPicture

KIND = "pictures"
ADDED, THERE = "added", "already there"
LEFT = "links to other sites; they are downloaded with --download-pictures"
TOO_MANY = f"more than {MOST_FETCHED} in one text"
MARK = f'class="{placing.PICTURE}"'


class Found(NamedTuple):
    comment: int
    source: str
    """The address in the text."""


class Pictures:
    """The pictures of one import."""

    def __init__(self, archive: Archive, *, downloads: bool):
        self.archive, self.downloads = archive, downloads

    def bring(self, html: Mapping[int, str]) -> list[str]:
        """Store or await the pictures in the HTML of these comments, given by key. Returns what happened to each.

        Call it inside the batch's transaction, so that a batch has all of its pictures or none.
        """
        found = [Found(pk, source) for pk, text in html.items() for source in placing.find(text).sources]
        known = set(
            Picture.objects.filter(comment__in={each.comment for each in found}).values_list(
                "comment", "source"
            )
        )
        return [THERE if each in known else self._bring(each) for each in found]

    def foresee(self, texts: list[str]) -> list[str]:
        """Return what `bring` would return for new comments."""
        return [self._foresee(source) for text in texts for source in placing.find(text).sources]

    def of_earlier(self, pks: list[int]) -> dict[int, str]:
        """Return the HTML of comments of earlier imports that may lack pictures. One query, or none."""
        if not pks or not (self.archive or self.downloads):
            return {}
        rows = Comment.objects.filter(pk__in=pks, deleted_at=None, body_html__contains=MARK)
        return dict(rows.values_list("pk", "body_html"))

    def _bring(self, found: Found) -> str:
        comment = Comment(pk=found.comment)
        if file := self.archive.find(found.source):
            try:
                storing.store(comment, found.source, file.read_bytes())
            except UnfitPicture as unfit:
                return str(unfit).rstrip(".")
            except OSError:
                return "files that cannot be read"
            return ADDED
        if self.downloads:
            Picture.objects.await_fetching(comment, [found.source])
            is_awaited = Picture.objects.filter(comment=comment, source=found.source).exists()
            return ADDED if is_awaited else TOO_MANY
        return LEFT

    def _foresee(self, source: str) -> str:
        return ADDED if self.downloads or self.archive.find(source) else LEFT


def count(report: Report, outcomes: list[str]) -> None:
    """Count them in the report. Call it after the commit."""
    for outcome in outcomes:
        report.read[KIND] += 1
        if outcome == ADDED:
            report.added[KIND] += 1
        elif outcome == THERE:
            report.present[KIND] += 1
        else:
            report.skip(KIND, outcome)
