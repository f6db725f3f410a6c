from django.http import Http404
from django.shortcuts import render

from config.caching import cache_tags, visitor_cache
from forums.access import permissions
from forums.debates.summary import Summary
from forums.listing.paging import Pages
from forums.models import Debate, Record
from forums.reading import topic_panels
from forums.views.debates.debates import find_debate


def show(request, pk):
    """Show the summary of a debate that is over."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.RECORDS, cache_tags.of_topic(pk))
    debate = find_debate(request.user, pk)
    if not debate.is_over:
        raise Http404
    context = {
        "debate": debate,
        "topic": debate.topic,
        "summary": Summary(debate, request.user),
        "record": Record.objects.links().filter(kind=Record.Kind.DEBATE, number=pk).first(),
        "may_decide": permissions.may_decide(request.user, debate.topic, debate.opener_id),
        "results": topic_panels.results(request, debate.topic),
    }
    return render(request, "forums/debates/summary.html", context)


def show_list(request):
    """List running and announced debates, and the summaries of past ones."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    seen = Debate.objects.visible_to(request.user).with_topic().select_related("outcome")
    context = {
        "coming": seen.filter(ended_at=None).order_by("starts_at", "pk")[:50],
        "pages": Pages(request, seen.exclude(ended_at=None), ["-ended_at", "-pk"]),
    }
    return render(request, "forums/debates/list.html", context)
