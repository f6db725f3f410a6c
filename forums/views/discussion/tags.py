from django.http import HttpResponseRedirect
from django.shortcuts import render

from config.caching import cache_tags, holes, visitor_cache
from forums.listing import category_watches, topic_lists
from forums.listing.topic_lists import TopicList
from forums.tags import seen
from forums.views.finding import find_tag

MOST = 500
"""Tags on the page of all tags."""


def show_list(request):
    """Show the most used tags that the viewer may see, in their order."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS, cache_tags.TAGS)
    counted = list(seen.counted(request.user).items())[:MOST]
    return render(request, "forums/tags/list.html", {"tags": sorted(counted)})


def show(request, name):
    """Show the topics that have a tag. Redirects a synonym, and another spelling of the name."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.TAGS, *topic_lists.tags(request))
    tag = find_tag(request.user, name)
    if name != tag.name:
        visitor_cache.keep_out(request)
        query = request.META["QUERY_STRING"]
        moved = HttpResponseRedirect(tag.get_absolute_url() + (f"?{query}" if query else ""), status=301)
        moved.headers["Cache-Control"] = "private, no-cache"  # an administrator may undo it
        return moved
    topics = TopicList(request, tag=tag.name)
    if topics.is_linked:
        visitor_cache.store_query(request)
    return holes.page(
        request,
        "forums/tags/show.html",
        topics.shared(tag.get_absolute_url()) | {"tag": tag},
        {
            "list": topics,
            "watch": category_watches.tag_levels(request.user).get(tag.name),
            "inherited": None,
        },
        key=topics.cache_key(tag.name, tag.description),
        is_linked=topics.is_linked,
    )
