from django.shortcuts import render

from config.limits import TooFast, limited
from forums import search

LONGEST = 200
"""Characters of a question."""


def show(request):
    """The search page, with what was found once something was asked."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    if text and (wait := limited(request, "search", "30/m")):
        raise TooFast(wait)
    found = search.find(request.user, text) if text else []
    return render(request, "forums/search/show.html", {"text": text, "found": found})
