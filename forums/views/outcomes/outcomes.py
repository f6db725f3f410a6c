import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import pairwise

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.sign_in import second_factor
from config.caching import cache_tags, visitor_cache
from config.engines import clock
from forums.access import permissions
from forums.listing import categories
from forums.listing.paging import NEWEST, Pages
from forums.models import Outcome
from forums.moderation.acts import debates as moderation
from forums.outcomes import find
from forums.reading import revisions
from forums.views.discussion import search
from forums.views.outcomes import editing

LISTS = {"": "All", "due": "Review due"}


def show_list(request):
    """List outcomes, the newest first. `?list=due` are those to review, `?category=` a slug, `?q=` words to find."""
    name, slug, text = (request.GET.get(key, "") for key in ("list", "category", "q"))
    text = " ".join(text.replace("\x00", "").split())[: search.MAX_LENGTH]
    within = categories.below(request.user, slug)
    if name not in LISTS or within is None:
        raise BadRequest("There is no such list of decisions. Please choose one of the tabs.")
    if text:
        search.PACE.check(request)
    else:
        visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
        visitor_cache.only_until(request, _midnight())
    outcomes = Outcome.objects.visible_to(request.user).for_list()
    if name:
        outcomes = outcomes.review_due()
    if slug:
        outcomes = outcomes.filter(topic__category__in=within)
    found = find.topics(request.user, text) if text else None
    if found is not None:
        outcomes = outcomes.filter(topic__in=found)
    context = {
        "lists": list(LISTS.items()), "name": name, "slug": slug, "text": text, "tree": categories.tree(request.user),
        "pages": Pages(request, outcomes, NEWEST),
    }  # fmt: skip
    return render(request, "forums/outcomes/list.html", context)


def show(request, pk):
    """Show an outcome and its versions."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    visitor_cache.only_until(request, _midnight())
    outcome = _find(request.user, pk)
    pages = Pages(request, outcome.changes.select_related("by", "carrier"), ["-at", "-pk"])
    context = {
        "outcome": outcome,
        "topic": outcome.topic,
        "pages": pages,
        "versions": _versions(pages),
        "may_decide": permissions.may_decide(request.user, outcome.topic, outcome.opener_id),
    }
    return render(request, "forums/outcomes/show.html", context)


@require_POST
@login_required
@editing.PACE
def withdraw(request, pk):
    """Withdraw an outcome, so that only moderators see it."""
    outcome = _find(request.user, pk)
    if not permissions.may_decide(request.user, outcome.topic, outcome.opener_id):
        raise PermissionDenied(
            "Only the member who opened the poll or debate and moderators can withdraw this."
        )
    if second_factor.is_missing_for(request.user, outcome.opener_id):
        return second_factor.redirect_to_setup(request)
    if editing.is_of_others(outcome, request.user):
        moderation.withdraw_outcome(outcome, by=request.user)
    else:
        outcome.withdraw(by=request.user)
    return HttpResponseRedirect(outcome.address, status=303)


def _find(user, pk):
    return get_object_or_404(Outcome.objects.legible_to(user).for_list(), pk=pk)


def _versions(pages):
    """Return each version on the page, and the changes of its text since the one before; none for the first."""
    deadline = time.thread_time() + revisions.TIME_LIMIT
    found = [
        (new, revisions.compare(old.decision, new.decision, deadline)) for new, old in pairwise(pages.rows)
    ]
    return [*found, (pages.rows[-1], [])][: pages.size]


def _midnight():
    """When review dates come next."""
    return datetime.combine(clock.now().date() + timedelta(days=1), time_of_day.min, UTC)
