from django.shortcuts import render

from config.caching import cache_tags, visitor_cache
from forums.models import Rule


def show_list(request):
    """Show the rules of the site."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS)
    return render(request, "forums/rules/list.html", {"rules": Rule.objects.in_force()})
