"""The only ways a view finds things: through the viewer, so that what they may not see does not exist."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from config.prepared import prepared
from forums import categories
from forums.models import Category, Comment, Topic

LONGEST_WAY = 10
"""Topics, each merged into the next, through which an old address leads."""


def find_topic(user, pk: int) -> Topic:
    """With its category and the viewer's visit; one query, two when categories are not cached. 404 where missing or
    not theirs to see."""
    topic = one_or_404(_topics(user, _key(pk)))
    topic.category = categories.by_id(topic.category_id)
    return topic


def find_merged(user, pk: int) -> Topic:
    """The topic that topic `pk` has been merged into, in the end. 404 where it has not been, and as in `find_topic`."""
    for _ in range(LONGEST_WAY):
        pk = Topic.objects.filter(pk=_key(pk)).values_list("merged_into", flat=True).first()
        if pk is None:
            break
        if Topic.objects.filter(pk=pk, merged_into=None).exists():
            return find_topic(user, pk)
    raise Http404


def find_comment(user, pk: int) -> Comment:
    """With its topic and author; one query. Placeholders are found too."""
    return one_or_404(_comments(user, _key(pk)))


@prepared
def _topics(viewer, pk):
    return Topic.objects.visible_to(viewer).with_visit_of(viewer).filter(pk=pk)


@prepared
def _comments(viewer, pk):
    return Comment.objects.visible_to(viewer).with_context().filter(pk=pk)


def one_or_404(found: list):
    """The one that a prepared query has found."""
    if not found:
        raise Http404
    return found[0]


def find_category(user, slug: str) -> Category:
    """No query while categories are cached."""
    category = categories.find(user, slug)
    if category is None:
        raise Http404
    return category


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
    page = own_address(request.POST.get("next", ""))
    address = f"{page}#comment-{comment.pk}" if page else comment.get_absolute_url()
    return HttpResponseRedirect(address, status=303)


def own_address(asked: str) -> str:
    """`asked` without its fragment if it is a path on this site, else nothing. Not a whole address: what follows
    the host in `https://here//elsewhere/` would be one of another site."""
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    return asked.split("#")[0] if safe else ""


def _key(pk):
    """Beyond Postgres's bigint there can be no row."""
    if pk >= 2**63:
        raise Http404
    return pk
