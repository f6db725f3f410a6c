"""The only ways a view finds things: through the viewer, so that what they may not see does not exist."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from forums.models import Category, Comment, Topic


def find_topic(user, pk: int) -> Topic:
    """With its category and the viewer's visit; one query. 404 where missing or not theirs to see."""
    topics = Topic.objects.visible_to(user).with_visit_of(user).select_related("category__parent")
    return get_object_or_404(topics, pk=_key(pk))


def find_comment(user, pk: int) -> Comment:
    """With its topic and author; one query. Placeholders are found too."""
    return get_object_or_404(Comment.objects.visible_to(user).with_context(), pk=_key(pk))


def find_category(user, slug: str) -> Category:
    return get_object_or_404(Category.objects.visible_to(user).select_related("parent"), slug=slug)


def press(view):
    """What a button on a comment does, for members by POST.

    A visitor's button asks with GET, as does whoever comes back from signing in: one is asked to sign in, the other
    sees the comment again, and nothing has happened.
    """

    @wraps(view)
    def pressed(request, pk, **kwargs):
        if request.method != "POST" or not request.user.is_authenticated:
            comment = find_comment(request.user, pk)
            if request.user.is_authenticated:
                return HttpResponseRedirect(comment.get_absolute_url())
            return redirect_to_login(comment.get_absolute_url())
        return view(request, pk, **kwargs)

    return pressed


def back_to(request, comment, told: dict | None = None):
    """The answer to a press on a comment: what changed for scripts, else the page it was pressed on."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(told or {})
    page = own_address(request, request.POST.get("next", ""))
    address = f"{page}#comment-{comment.pk}" if page else comment.get_absolute_url()
    return HttpResponseRedirect(address, status=303)


def own_address(request, asked: str) -> str:
    """`asked` without its fragment if it is a path on this site, else nothing. Not a whole address: what follows
    the host in `https://here//elsewhere/` would be one of another site."""
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    return asked.split("#")[0] if safe else ""


def _key(pk):
    """Beyond Postgres's bigint there can be no row."""
    if pk >= 2**63:
        raise Http404
    return pk
