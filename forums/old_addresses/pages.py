"""Finds the page here that an old address leads to."""

from collections.abc import Callable
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from forums.models import Category, Comment
from forums.old_addresses import keys


def find(viewer, host: str, path: str, query: str = "", *, is_final: bool = False) -> str | None:
    """Return the path of the page here, or None if there is none that `viewer` may see.

    A permalink leads to a comment, because that stays right when comments are moved. A mail that is not found leads to
    the mails of its month, unless `is_final`: its number may become known, or the viewer sign in. One query, and two
    for such a mail.
    """
    for kind, some in groupby(keys.read(path, query), keys.kind):
        wanted = list(some)
        rows, page = _PAGES[kind]
        named = rows(viewer).filter(old_addresses__host=host, old_addresses__key__in=wanted)
        found = {row.old_key: row for row in named.annotate(old_key=F("old_addresses__key"))}
        for key in wanted:
            if key in found:
                return page(found[key], path)
        if is_final:
            break
    return None


def _page_of_comment(comment: Comment, path: str) -> str:
    if comment.seq == 1:
        return comment.topic.get_absolute_url()
    return reverse("comment-show", args=[comment.pk])


def _page_of_category(category: Category, path: str) -> str:
    """Return its page; for a month in the archive of a mailing list, the search for what was written in that month."""
    if period := keys.period(path):
        words = f"in:{category.slug} after:{period[0]} before:{period[1]} order:old"
        return f"{reverse('search')}?{urlencode({'q': words})}"
    return category.get_absolute_url()


_PAGES: dict[str, tuple[Callable, Callable]] = {
    "comment": (
        lambda viewer: Comment.objects.visible_to(viewer).select_related("topic").only("seq", "topic__slug"),
        _page_of_comment,
    ),
    "member": (User.objects.visible_to, lambda member, path: member.get_absolute_url()),
    "category": (Category.objects.visible_to, _page_of_category),
}
