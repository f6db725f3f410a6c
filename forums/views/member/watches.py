from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from config.web.limits import limit
from forums.listing import categories
from forums.listing.paging import NEWEST, Pages
from forums.models import Comment, Topic, Watch
from forums.tags.seen import is_seen
from forums.views.finding import (
    back_to,
    find_category,
    find_comment,
    find_tag,
    find_topic,
    own_address,
    sign_in_first,
)

MOST_TAGS = 100
"""Tags in the list. Each that is rare costs a query."""


def _chooses(find, target):
    """Make the view of a button that sets the notification level of what `find` loads; "none" removes it.

    The button of a visitor sends GET and leads to the sign-in page. After signing in they see the page again.
    """

    @limit("watch", member="120/m", address="600/m")
    def choose(request, level, **named):
        found = find(request.user, **named)
        if not request.user.is_authenticated:
            return sign_in_first(found.get_absolute_url(), request)
        if level not in (*Watch.Level.values, "none"):
            raise Http404
        if request.method == "POST":
            Watch.objects.choose(request.user, None if level == "none" else level, **target(found))
        return _back(request, found)

    return choose


def _back(request, found):
    if isinstance(found, Comment):
        return back_to(request, found)
    page = own_address(request.POST.get("next", ""))
    return HttpResponseRedirect(page or found.get_absolute_url(), status=303)


def _branch(comment):
    """Return the target for a comment. The branch of the opening is the whole topic."""
    return {"topic": comment.topic} if comment.is_opening else {"comment": comment}


choose_topic = _chooses(find_topic, lambda topic: {"topic": topic})
choose_branch = _chooses(find_comment, _branch)
choose_tag = _chooses(find_tag, lambda tag: {"tag": tag})
choose_category = _chooses(find_category, lambda category: {"category": category})


@login_required
def show_list(request):
    """List the member's notification levels, without content that they may no longer see."""
    own = request.user.watches
    seen = [
        category for parent, children in categories.tree(request.user) for category in (parent, *children)
    ]
    # A comment is seen where its topic is. One condition for both, because "or" would read all visible comments.
    place = own.filter(category=None, tag=None).annotate(place=Coalesce("topic", "comment__topic"))
    others = place.filter(Exists(Topic.objects.visible_to(request.user).filter(pk=OuterRef("place"))))
    others = others.select_related("topic", "comment__topic", "comment__author")
    tags = own.filter(tag__isnull=False).select_related("tag").order_by("tag__name")[:MOST_TAGS]
    context = {
        "tags": [watch for watch in tags if is_seen(request.user, watch.tag.name)],
        "categories": own.filter(category__in=seen).select_related("category").order_by("category__name"),
        "pages": Pages(request, others.defer("comment__body", "comment__body_html"), NEWEST),
    }
    return render(request, "forums/watches/list.html", context)
