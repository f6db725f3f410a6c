from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from config.web.limits import limit
from forums.listing import search
from forums.posting.fields import TITLE_AT_MOST

MAX_LENGTH = 200
"""Characters of a query."""
PACE = limit("search", member="30/m", address="120/m")


def show(request):
    """Show the search form, and the results if there is a query."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_LENGTH]
    if text:
        PACE.check(request)
    found = search.find(request.user, text) if text else []
    is_empty = bool(text) and not found and search.is_empty(text)
    context = {"text": text, "found": found, "topics": search.by_topic(found), "is_empty": is_empty}
    return render(request, "forums/search/show.html", context)


@login_required
@limit("similar", member="60/m", address="600/m", reads=True)
def show_similar(request):
    """Send a list of the topics whose titles are similar to `?title=`, without a page around it."""
    title = request.GET.get("title", "").replace("\x00", "").strip()[:TITLE_AT_MOST]
    topics = search.similar_topics(request.user, title) if title else []
    return render(request, "forums/search/_similar.html", {"topics": topics})
