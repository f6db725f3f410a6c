"""Fetches the pages to which texts link, and puts their previews into the texts."""

import json
from urllib.parse import urljoin, urlsplit

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator

from config.fetching.fetcher import FetchError, fetch
from forums.markup.text import without_deceit
from forums.models import Comment, LinkPreview
from forums.models.pictures.link_preview import FRESH
from forums.models.pictures.tries import MOST_TRIES
from forums.previews import metadata

PAGES = ("text/html", "application/xhtml+xml")
log = structlog.get_logger("folkmoot.previews")


def fetch_previews() -> int:
    """Fetch what is pending. Returns how many previews were looked at."""
    return LinkPreview.objects.work_through(_prepare) if settings.LINK_PREVIEWS else 0


def remove(preview: LinkPreview) -> None:
    """Take a preview out of its text for good."""
    LinkPreview.objects.filter(pk=preview.pk).update(state=LinkPreview.State.REMOVED)
    _show(preview)


def _prepare(preview: LinkPreview) -> None:
    since = timezone.now() - FRESH
    ready = LinkPreview.objects.filter(state=LinkPreview.State.READY, created_at__gte=since)
    known = ready.filter(address=preview.address).values("title", "description", "site").first()
    try:
        found = known or _fetched(preview.address)
    except FetchError as error:
        log.info("page not fetched", address=preview.address, error=str(error))
        if preview.tries < MOST_TRIES:
            return
        found = {}
    state = LinkPreview.State.READY if found.get("title") else LinkPreview.State.NOTHING
    pending = LinkPreview.objects.filter(pk=preview.pk, state=LinkPreview.State.PENDING)
    if pending.update(state=state, **found) and state == LinkPreview.State.READY:
        _show(preview)


def _fetched(address: str) -> dict[str, str]:
    """Return title, description and site of a page, empty for anything but a page."""
    page = fetch(address, accept=", ".join(PAGES))
    if page.media_type not in PAGES:
        return {}
    found = metadata.read(_decoded(page))
    title, site = found.title, found.site or urlsplit(page.address).hostname or ""
    if not title and found.oembed:
        title = _oembed_title(urljoin(page.address, found.oembed))
    return {
        "title": _short(title, 120),
        "description": _short(found.description, 200),
        "site": _short(site, 60),
    }


def _oembed_title(address: str) -> str:
    """Return the title alone: the HTML of oEmbed brings foreign scripts."""
    try:
        title = json.loads(_decoded(fetch(address, accept="application/json"))).get("title", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return title if isinstance(title, str) else ""


def _decoded(page) -> str:
    try:
        return page.body.decode(page.charset, errors="replace")
    except LookupError:
        return page.body.decode(errors="replace")


def _short(text: str, most: int) -> str:
    printable = "".join(sign for sign in without_deceit(text) if sign.isprintable())
    return Truncator(printable.strip()).chars(most)


def _show(preview: LinkPreview) -> None:
    Comment.objects.select_related("topic").get(pk=preview.comment_id).place_pictures()
