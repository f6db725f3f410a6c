"""Finds the page here that an old address leads to."""

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from forums.models import Category, Comment
from forums.old_addresses import keys


def find(viewer, host: str, path: str, query: str = "") -> str | None:
    """Return the path of the page here, or None if there is none that `viewer` may see. One query.

    A permalink leads to a comment, because that stays right when comments are moved.
    """
    wanted = keys.read(path, query)
    if not wanted:
        return None
    # All keys of one address lead to the same kind of thing.
    rows, page = _PAGES[keys.kind(wanted[0])]
    named = rows(viewer).filter(old_addresses__host=host, old_addresses__key__in=wanted)
    found = {row.old_key: row for row in named.annotate(old_key=F("old_addresses__key"))}
    return next((page(found[key]) for key in wanted if key in found), None)


def _page_of_comment(comment: Comment) -> str:
    if comment.seq == 1:
        return comment.topic.get_absolute_url()
    return reverse("comment-show", args=[comment.pk])


_PAGES = {
    "comment": (
        lambda viewer: Comment.objects.visible_to(viewer).select_related("topic").only("seq", "topic__slug"),
        _page_of_comment,
    ),
    "member": (User.objects.visible_to, User.get_absolute_url),
    "category": (Category.objects.visible_to, Category.get_absolute_url),
}
