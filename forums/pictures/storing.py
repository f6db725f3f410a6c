"""Stores files of pictures, converts those that wait, fetches those of other sites, and removes those without a text.

Importers call `store` or `store_as` with a file of a comment, or `Picture.objects.await_fetching` to have pictures
downloaded. The comment is written before, and its HTML has places for the pictures, as `markup.sanitise` leaves them.
Calling either again is safe.
"""

import hashlib
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from config.fetching.fetcher import FetchError, fetch
from config.processes import task_queue
from forums.models import BlockedPicture, Comment, Picture
from forums.models.pictures.picture import UPLOADS_TASK
from forums.models.pictures.tries import MOST_TRIES
from forums.pictures.cleaning import clean
from forums.pictures.conversion import UNREADABLE, UnfitPicture

MOST_BYTES = 8 * 1024 * 1024
"""Of a file that is received. Photographs of telephones have up to that."""
BLOCKED = "This picture may not be shown here."
ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif"
log = structlog.get_logger("folkmoot.pictures")


def store(comment: Comment, source: str, content: bytes) -> Picture:
    """Keep the file of a picture that is in `comment` under the address `source`. A task prepares and places it.

    Raises UnfitPicture for a file that is too large or blocked. At most four queries. The same again changes nothing.
    """
    return _store(content, {}, comment=comment, source=source)


def store_as(key: str, comment: Comment, content: bytes) -> Picture:
    """Keep the file of a picture that is in `comment` as the upload `key`. Raises UnfitPicture, as `store` does.

    Returns the picture of another comment if that has the key.
    """
    return _store(content, {"comment": comment}, key=key)


def _store(content: bytes, facts: dict, **found_by: Any) -> Picture:
    facts["digest"] = check(content)
    picture, is_new = Picture.objects.get_or_create(**found_by, defaults=facts)
    if is_new:
        storages["pictures"].save(picture.original, ContentFile(content))
        task_queue.start_on_commit(UPLOADS_TASK)
    return picture


def check(content: bytes) -> str:
    """Return the digest of a file. Raises UnfitPicture if it is too large or blocked. One query."""
    if len(content) > MOST_BYTES:
        raise UnfitPicture(f"Please choose a picture of at most {MOST_BYTES // 1024 // 1024} MB.")
    digest = hashlib.sha256(content).hexdigest()
    if BlockedPicture.objects.filter(digest=digest).exists():
        raise UnfitPicture(BLOCKED)
    return digest


# --- Tasks ------------------------------------------------------------------------------------------


def process_uploads() -> int:
    """Prepare the pictures whose files are here. Returns how many were looked at."""
    return Picture.objects.exclude(digest="").work_through(_prepare)


def fetch_pictures() -> int:
    """Fetch and prepare pictures of other sites. Returns how many were looked at."""
    return Picture.objects.filter(digest="").work_through(_prepare) if settings.PICTURES_FETCHED else 0


def remove_pictures() -> int:
    """Remove the files of pictures that no text has, and the rows that count for no limit. Returns their number."""
    removed = 0
    for picture in Picture.objects.abandoned()[:1000]:
        # A text may have claimed it since it was read.
        if Picture.objects.abandoned().filter(pk=picture.pk).update(state=Picture.State.REMOVED):
            _delete_files(picture)
            emptied = {"folder": "", "digest": "", "source": "removed" if picture.source else ""}
            Picture.objects.filter(pk=picture.pk).update(**emptied)
            removed += 1
    Picture.objects.forgettable().delete()
    return removed


def _prepare(picture: Picture) -> None:
    try:
        if picture.tries > MOST_TRIES:
            raise UnfitPicture(UNREADABLE)
        if not _is_copied(picture):
            _convert(picture)
    except UnfitPicture as unfit:
        _finish(picture, state=Picture.State.REFUSED, problem=str(unfit))
    except FetchError as error:
        log.info("picture not fetched", picture=picture.key, error=str(error))
        if picture.tries >= MOST_TRIES:
            _finish(picture, state=Picture.State.REFUSED, problem=str(error)[:200])


def _delete_files(picture: Picture) -> None:
    for name in picture.files:
        storages["pictures"].delete(name)


def _is_copied(picture: Picture) -> bool:
    """Use the files of the same picture in another comment, so that each address is fetched once.

    Not of an imported one: the old site may have shown its file only to some.
    """
    fetched = Picture.objects.filter(state=Picture.State.READY, fetched_at__isnull=False)
    known = None if picture.digest else fetched.filter(source=picture.source).first()
    if known is None:
        return False
    storage = storages["pictures"]
    for name in known.files[1:]:
        with storage.open(name) as file:
            storage.save(name.replace(known.folder, picture.folder), ContentFile(file.read()))
    copied = ("digest", "fetched_at", "width", "height", "widths", "has_avif", "is_moving", "size")
    _finish(picture, state=Picture.State.READY, **{name: getattr(known, name) for name in copied})
    return True


def _convert(picture: Picture) -> None:
    storage = storages["pictures"]
    digest, fetched_at = picture.digest, None
    if digest:
        with storage.open(picture.original) as file:
            content = file.read()
    else:
        content = fetch(picture.source, accept=ACCEPT).body
        digest, fetched_at = check(content), timezone.now()
    cleaned = clean(content)
    for name, file in cleaned.files.items():
        stored = f"{picture.folder}-{name}"
        storage.delete(stored)  # of a try that was broken off
        storage.save(stored, ContentFile(file))
    size = sum(map(len, cleaned.files.values()))
    facts = {name: getattr(cleaned, name) for name in ("width", "height", "widths", "has_avif", "is_moving")}
    _finish(picture, state=Picture.State.READY, digest=digest, fetched_at=fetched_at, size=size, **facts)


def _finish(picture: Picture, **values) -> None:
    """Store the outcome, and show it in the text that has the picture, if there is one by now.

    If the picture was removed meanwhile, its new files are removed, too.
    """
    is_kept = Picture.objects.present().filter(pk=picture.pk).update(**values)
    storages["pictures"].delete(picture.original)
    if not is_kept:
        for name, value in values.items():
            setattr(picture, name, value)
        _delete_files(picture)
        return
    picture.refresh_from_db()
    if picture.comment_id and picture.state == Picture.State.READY:
        Comment.objects.select_related("topic").get(pk=picture.comment_id).place_pictures()
