"""Stores the pictures of imported comments, or has them downloaded, and counts what happened to each."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Q

from forums.importers.pictures.archive import Archive
from forums.importers.records.report import Report
from forums.markup.pictures import key_of
from forums.models import Comment, Picture
from forums.models.pictures import placing
from forums.models.pictures.picture import MOST_FETCHED
from forums.pictures import storing
from forums.pictures.conversion import UnfitPicture

KIND = "pictures"
ADDED, THERE = "added", "already there"
LEFT = "links to other sites; they are downloaded with --download-pictures"
TOO_MANY = f"more than {MOST_FETCHED} in one text"
TAKEN = "another comment here has that picture"
MARKS = f'class="{placing.PICTURE}"', 'src="/pictures/'


class Found(NamedTuple):
    comment: int
    address: str
    """The address in the text: on another site, or `/pictures/KEY/` for a file that has none."""

    @property
    def key(self) -> str | None:
        return key_of(self.address)


class Pictures:
    """The pictures of one import."""

    def __init__(self, archive: Archive, *, downloads: bool):
        self.archive, self.downloads = archive, downloads

    def bring(self, html: Mapping[int, str]) -> list[str]:
        """Store or await the pictures in the HTML of these comments, given by key. Returns what happened to each.

        Call it inside the batch's transaction, so that a batch has all of its pictures or none.
        """
        found = [Found(pk, address) for pk, text in html.items() for address in self._addresses(text)]
        stored = Picture.objects.filter(comment__in={each.comment for each in found})
        known = {
            Found(pk, source or placing.address(key))
            for pk, source, key in stored.values_list("comment", "source", "key")
        }
        return [THERE if each in known else self._bring(each) for each in found]

    def foresee(self, texts: list[str]) -> list[str]:
        """Return what `bring` would return for new comments."""
        return [self._foresee(address) for text in texts for address in self._addresses(text)]

    def of_earlier(self, pks: list[int]) -> dict[int, str]:
        """Return the HTML of comments of earlier imports that may lack pictures. One query, or none."""
        if not pks or not (self.archive or self.downloads):
            return {}
        pictured = Q(body_html__contains=MARKS[0]) | Q(body_html__contains=MARKS[1])
        rows = Comment.objects.filter(pictured, pk__in=pks, deleted_at=None)
        return dict(rows.values_list("pk", "body_html"))

    def _addresses(self, text: str) -> list[str]:
        """Return the addresses of pictures in a text. Uploads that members have added since are none of them."""
        keys, sources = placing.find(text)
        own = [address for key in keys if self.archive.find(address := placing.address(key))]
        return [*sources, *own]

    def _bring(self, found: Found) -> str:
        comment = Comment(pk=found.comment)
        if file := self.archive.find(found.address):
            try:
                if found.key:
                    picture = storing.store_as(found.key, comment, file.read_bytes())
                    return ADDED if picture.comment_id == found.comment else TAKEN
                storing.store(comment, found.address, file.read_bytes())
            except UnfitPicture as unfit:
                return str(unfit).rstrip(".")
            except OSError:
                return "files that cannot be read"
            return ADDED
        if self.downloads:
            Picture.objects.await_fetching(comment, [found.address])
            is_awaited = Picture.objects.filter(comment=comment, source=found.address).exists()
            return ADDED if is_awaited else TOO_MANY
        return LEFT

    def _foresee(self, address: str) -> str:
        return ADDED if self.downloads or self.archive.find(address) else LEFT


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
