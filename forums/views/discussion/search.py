from django.shortcuts import render

from config.web.limits import limit
from forums.listing import search

MAX_LENGTH = 200
"""Characters of a query."""
PACE = limit("search", member="30/m", address="120/m")


def show(request):
    """Show the search form, and the results if there is a query."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_LENGTH]
    if text:
        PACE.check(request)
    found = search.find(request.user, text) if text else []
    return render(request, "forums/search/show.html", {"text": text, "found": found})
