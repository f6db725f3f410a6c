from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render

from config.web.limits import limit
from forums.listing.paging import NEWEST, compiled_pages
from forums.models import Bookmark, Collapse, Comment
from forums.views.finding import back_to, find_comment, own_address, press

PACE = {
    Bookmark: limit("bookmark", member="120/m", address="600/m"),
    Collapse: limit("fold", member="120/m", address="600/m"),
}


def _adding(model, answer):
    """Make a view that adds a row of `model` for the member and the comment, unless there is one."""

    def add(request, pk):
        comment = find_comment(request.user, pk)
        model.objects.get_or_create(member=request.user, comment=comment)
        return back_to(request, comment, answer)

    return press(PACE[model](add))


def _removing(model, answer):
    """Make a view that deletes it."""

    def remove(request, pk):
        comment = find_comment(request.user, pk)
        model.objects.filter(member=request.user, comment=comment).delete()
        return back_to(request, comment, answer)

    return press(PACE[model](remove))


add = _adding(Bookmark, {"bookmarked": True})
remove = _removing(Bookmark, {"bookmarked": False})
_fold = _adding(Collapse, {"folded": True})
_unfold = _removing(Collapse, {"folded": False})


def fold(request, pk):
    """Collapse a branch. Stored for members; for visitors only in the URL of the page."""
    return _fold(request, pk) if request.user.is_authenticated else _in_address(request, pk, set.add)


def unfold(request, pk):
    return _unfold(request, pk) if request.user.is_authenticated else _in_address(request, pk, set.discard)


def _in_address(request, pk, change):
    comment = find_comment(request.user, pk)
    address = urlsplit(own_address(request.GET.get("next", "")) or comment.topic.get_absolute_url())
    query = dict(parse_qsl(address.query))
    folded = set(filter(None, query.pop("fold", "").split(".")))
    change(folded, str(pk))
    query |= {"fold": ".".join(sorted(folded)[:100])} if folded else {}
    return HttpResponseRedirect(f"{address.path}?{urlencode(query)}#comment-{pk}")


def _comments(viewer):
    return Comment.objects.visible_to(viewer).readable().filter(bookmarks__member=viewer).rows()


_bookmarked = compiled_pages(_comments, NEWEST)


@login_required
def show_list(request):
    """List the member's bookmarks, newest first, without comments that they may no longer see."""
    return render(request, "forums/bookmarks/list.html", {"pages": _bookmarked(request, request.user)})
