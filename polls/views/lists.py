from django.core.exceptions import BadRequest
from django.shortcuts import render

from config.caching import cache_tags, visitor_cache
from config.engines import clock
from forums.listing import categories
from forums.listing.paging import Pages
from polls.ballots import voting
from polls.models import Poll

OPEN_SHOWN = 200
"""Open polls on the page. They have no pages, because those without the viewer's vote come first."""

# The key of each list, its name, and the two columns that order it.
LISTS = {
    "open": ("Open", ["closes_at", "pk"]),
    "upcoming": ("Upcoming", ["opens_at", "pk"]),
    "closed": ("Closed", ["-closed_at", "-pk"]),
    "decided": ("Decided", ["-closed_at", "-pk"]),
}


def show_list(request):
    """List the polls that the viewer may see. `?list=` is a key of LISTS, `?category=` the slug of a category.

    At most four queries, one more if categories are not cached.
    """
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    name, slug = request.GET.get("list", "open"), request.GET.get("category", "")
    within = categories.below(request.user, slug)
    if name not in LISTS or within is None:
        raise BadRequest("There is no such list of polls. Please choose one of the tabs.")
    polls = Poll.objects.visible_to(request.user).for_list(name)
    if slug:
        polls = polls.filter(topic__category__in=within)
    order = LISTS[name][1]
    pages = Pages(request, polls, order) if name != "open" else None
    shown = list(pages) if pages else list(polls.order_by(*order)[:OPEN_SHOWN])
    if name == "upcoming" and shown:
        visitor_cache.only_until(request, min(poll.opens_at for poll in shown))
    voted = _voted(request.user, shown)
    if name == "open":
        shown.sort(key=lambda poll: poll.pk in voted)
    context = {
        "lists": [(key, title) for key, (title, _) in LISTS.items()],
        "name": name,
        "slug": slug,
        "tree": categories.tree(request.user),
        "rows": [(poll, poll.pk in voted) for poll in shown],
        "pages": pages,
        "now": clock.now(),
    }
    return render(request, "polls/list.html", context)


def _voted(user, polls):
    if not user.is_authenticated:
        return set()
    return {poll for poll, _ in voting.voters(polls, [user.pk])}
