"""Loads content for views, always through the viewer: what they may not see does not exist for them."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from config.caching.compiled_queries import compiled
from forums.listing import categories
from forums.models import Category, Comment, Tag, Topic
from forums.reading import viewer_state
from forums.tags import seen

_NOT_ON_TOPIC_PAGES = [
    f"{category}__{name}"
    for category in ("category", "category__parent")
    for name in ("description", "search_language", "tagging", "listed_tags", "new_tags_from", "required_tags")
]
"""Columns without which the statement is short enough to be remembered by psycopg (4,096 characters)."""
LONGEST_WAY = 10
"""The longest chain of merged topics that an old URL follows."""


def find_topic(user, pk: int, shown: tuple[int, ...] = ()) -> Topic:
    """Load a topic with its category and the viewer's visit, and a member's state for the comments `shown`. One query.

    Raises `Http404` if it is missing or `user` may not see it.
    """
    if not shown or not user.is_authenticated:
        return one_or_404(_topics(user, _key(pk)))
    topic = one_or_404(_topics_with_state(user, _key(pk), shown, user.ignored_ids))
    topic.state_of = shown
    return topic


def find_merged(user, pk: int) -> Topic:
    """Load the topic that topic `pk` was finally merged into. Raises `Http404` like `find_topic`."""
    for _ in range(LONGEST_WAY):
        pk = Topic.objects.filter(pk=_key(pk)).values_list("merged_into", flat=True).first()
        if pk is None:
            break
        if Topic.objects.filter(pk=pk, merged_into=None).exists():
            return find_topic(user, pk)
    raise Http404


def find_comment(user, pk: int) -> Comment:
    """Load a comment, or a placeholder, with its topic and author. One query. Raises `Http404`."""
    return one_or_404(_comments(user, _key(pk)))


def _topic_with_visit(viewer, pk):
    # The cached categories would cost a round trip to Redis, which is more than the two joins.
    found = Topic.objects.visible_to(viewer).with_visit_of(viewer).filter(pk=pk)
    return found.select_related("category__parent")


_topics = compiled(_topic_with_visit)


@compiled
def _topics_with_state(viewer, pk, shown, ignored):
    found = _topic_with_visit(viewer, pk).defer(*_NOT_ON_TOPIC_PAGES)
    return viewer_state.with_topic(found, viewer, shown, ignored)


@compiled
def _comments(viewer, pk):
    return Comment.objects.visible_to(viewer).with_context().filter(pk=pk)


def one_or_404(found: list):
    """Return the only result of a prepared query. Raises `Http404` without one."""
    if not found:
        raise Http404
    return found[0]


def find_category(user, slug: str) -> Category:
    """Find a category by its slug. No query while categories are cached. Raises `Http404`."""
    category = categories.find(user, slug)
    if category is None:
        raise Http404
    return category


def find_tag(user, name: str) -> Tag:
    """Find a tag by its name or a synonym. Two queries at most. Raises `Http404`."""
    tag = seen.find(user, name)
    if tag is None:
        raise Http404
    return tag


def press(view):
    """Decorate the view of a button on a comment, which acts only for members and on POST.

    The button of a visitor sends GET and leads to the sign-in page. After signing in they get the same URL with GET,
    and see the comment again. Nothing has been changed.
    """

    @wraps(view)
    def pressed(request, pk, **kwargs):
        if request.method != "POST" or not request.user.is_authenticated:
            comment = find_comment(request.user, pk)
            if request.user.is_authenticated:
                return HttpResponseRedirect(comment.get_absolute_url())
            return sign_in_first(comment.get_absolute_url(), request)
        return view(request, pk, **kwargs)

    return pressed


def sign_in_first(address: str, request) -> HttpResponseRedirect:
    """Redirect a visitor who pressed a button for members to the sign-in page, which says why, then to `address`."""
    pressed = urlencode({"to": request.resolver_match.url_name})
    return redirect_to_login(address, f"{reverse('account_login')}?{pressed}")


def back_to(request, comment, data: dict | None = None):
    """Answer a button on a comment: JSON for scripts, otherwise a redirect to the page that has the button."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(data or {})
    page = own_address(request.POST.get("next", ""))
    address = f"{page}#comment-{comment.pk}" if page else comment.get_absolute_url()
    return HttpResponseRedirect(address, status=303)


def own_address(address: str) -> str:
    """Return `address` without its fragment if it is a path on this site, otherwise "".

    A whole URL is refused even with our host: in `https://here//elsewhere/` the rest leads to another site.
    """
    safe = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address.split("#")[0] if safe else ""


def _key(pk):
    """Raise `Http404` for a number beyond the bigint of Postgres, which no row can have."""
    if pk >= 2**63:
        raise Http404
    return pk
