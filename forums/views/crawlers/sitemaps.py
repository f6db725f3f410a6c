"""The sitemap (sitemaps.org): an index, a file of lists, and a file for each range of topic ids.

A range of ids stays in its file, so a crawler reads an old file again only for what has changed.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from config.caching import cache_tags, visitor_cache
from forums.models import Category, Topic
from forums.tags import seen

RANGE = 5_000
"""Topic ids in one file. The protocol allows 50,000 addresses; this many take a tenth of a second."""
LISTS = ("topic-list", "category-list", "tag-list", "debate-list", "poll-list", "outcome-list", "rule-list")
VISITOR = AnonymousUser()
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@require_safe
def index(request):
    """List all files of the sitemap. One query."""
    visitor_cache.depends_on(request, cache_tags.LISTS)
    last = Topic.objects.aggregate(last=Max("pk"))["last"] or 0
    files = [
        reverse("sitemap-lists"),
        *(reverse("sitemap-topics", args=[each]) for each in range(last // RANGE + 1)),
    ]
    return _answer("sitemapindex", (_entry("sitemap", file) for file in files))


@require_safe
def lists(request):
    """List the pages of lists that visitors see. Two queries."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.TAGS)
    pages = [
        *map(reverse, LISTS),
        *(each.get_absolute_url() for each in Category.objects.visible_to(VISITOR).order_by("pk")),
        *(reverse("tag-show", args=[name]) for name, topics in seen.counted(VISITOR).items() if topics),
    ]
    return _answer("urlset", (_entry("url", page) for page in pages))


@require_safe
def topics(request, number):
    """List the topics of one range of ids that visitors see. One query."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    if number >= 2**63 // RANGE:
        raise Http404
    within = Topic.objects.visible_to(VISITOR).filter(pk__gte=number * RANGE, pk__lt=(number + 1) * RANGE)
    found = within.only("slug", "last_comment_at").order_by("pk")
    return _answer("urlset", (_entry("url", each.get_absolute_url(), each.last_comment_at) for each in found))


def _entry(tag: str, address: str, changed_at: datetime | None = None) -> str:
    changed = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return f"<{tag}><loc>{escape(settings.SITE_URL + address)}</loc>{changed}</{tag}>"


def _answer(tag: str, entries: Iterable[str]) -> HttpResponse:
    lines = ('<?xml version="1.0" encoding="UTF-8"?>', f"<{tag} {NAMESPACE}>", *entries, f"</{tag}>", "")
    return HttpResponse("\n".join(lines), content_type="application/xml")
