from django.shortcuts import render

from config.caching import cache_tags, holes, visitor_cache
from forums.access import permissions
from forums.listing import categories, category_figures, category_watches, topic_lists
from forums.listing.topic_lists import TopicList
from forums.views.finding import find_category


def show_list(request):
    """Show every category that the viewer may see, with its numbers."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES)
    tree = category_figures.counted(categories.tree(request.user))
    return render(request, "forums/categories/list.html", {"categories": tree})


def show(request, slug):
    """Show the topics of a category and of the categories below it."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, *topic_lists.tags(request))
    # All at once, because later each of them would be read by itself.
    cache_tags.read(cache_tags.CATEGORIES, *topic_lists.tags(request))
    category = find_category(request.user, slug)
    topics = TopicList(request, category)
    if topics.is_linked:
        visitor_cache.store_query(request)
    chosen = category_watches.levels(request.user)
    may_post = permissions.may_post(request.user, category)
    shared = {"category": category, "may_post": may_post}
    personal = {
        "list": topics,
        "watch": chosen.get(category.pk),
        "inherited": chosen.get(category.parent_id),
    }
    return holes.page(
        request,
        "forums/categories/show.html",
        topics.shared(category.get_absolute_url()) | shared,
        personal,
        key=topics.cache_key(category.pk, category.description, may_post),
        is_linked=topics.is_linked,
    )
