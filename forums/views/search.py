from django.shortcuts import render

from config.limits import limit
from forums import search

LONGEST = 200
"""Characters of a question."""
PACE = limit("search", member="30/m", address="120/m")


def show(request):
    """The search page, with what was found once something was asked."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    if text:
        PACE.hold(request)
    found = search.find(request.user, text) if text else []
    return render(request, "forums/search/show.html", {"text": text, "found": found})
