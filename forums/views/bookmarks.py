from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_POST

from forums.models import Bookmark, Collapse, Comment
from forums.paging import Pages
from forums.views.finding import back_to, find_comment


def _remembers(model, told):
    """A view that makes sure there is a row of `model` for this member and comment."""

    def add(request, pk):
        comment = find_comment(request.user, pk)
        model.objects.get_or_create(member=request.user, comment=comment)
        return back_to(request, comment, told)

    return require_POST(login_required(add))


def _forgets(model, told):
    """A view that makes sure there is none."""

    def remove(request, pk):
        comment = find_comment(request.user, pk)
        model.objects.filter(member=request.user, comment=comment).delete()
        return back_to(request, comment, told)

    return require_POST(login_required(remove))


add = _remembers(Bookmark, {"bookmarked": True})
remove = _forgets(Bookmark, {"bookmarked": False})
fold = _remembers(Collapse, {"folded": True})
unfold = _forgets(Collapse, {"folded": False})


@login_required
def show_list(request):
    """The member's bookmarks, newest first, as far as they may still see what they marked."""
    own = Comment.objects.visible_to(request.user).readable().filter(bookmarks__member=request.user)
    pages = Pages(request, own.with_context(), ["-created_at", "-pk"])
    return render(request, "forums/bookmarks/list.html", {"pages": pages})
