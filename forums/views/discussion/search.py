from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render

from config.web.limits import limit
from forums.listing import categories
from forums.posting.fields import TITLE_AT_MOST
from forums.search import find, query, results, similar, suggestions
from forums.search.snippets import Marker
from forums.tags import seen

MAX_LENGTH = 200
"""Characters of a query."""
TAGS = 5
PACE = limit("search", member="30/m", address="120/m")


def show(request):
    """Show the form, and the results if there is a query. Fields of the form are filters, as if they were typed."""
    text = _text(request)
    wanted = query.read(text)
    if not text:
        return render(request, "forums/search/show.html", _form(request, text, wanted))
    PACE.check(request)
    found = find.find(request.user, wanted)
    topics = found.topics
    number = min(_number(request), max(1, -(-len(topics) // results.TOPICS)))
    start = (number - 1) * results.TOPICS
    marker = Marker(wanted, find.languages_of(request.user), found.skipped)
    context = _form(request, text, wanted) | {
        "found": found,
        "unknown": f"Nobody and nothing that you can see is called so: {', '.join(found.unknown)}.",
        "number_of_topics": len(topics),
        "shown": results.load(topics[start : start + results.TOPICS], marker),
        "counts": results.counts(request.user, found, text),
        "members": _members(wanted) if number == 1 else [],
        "tags": _tags(request.user, wanted) if number == 1 else [],
        "newer": results.address(text, number - 1) if number > 1 else "",
        "older": results.address(text, number + 1) if start + results.TOPICS < len(topics) else "",
    }
    return render(request, "forums/search/show.html", context)


def _text(request) -> str:
    """The query with the fields of the form."""
    fields = {name: request.GET.get(name, "").strip() for name in query.FILTERS if name != "has"}
    fields["tag"] = "-".join(fields["tag"].split())
    given = [f"{name}:{value}" for name, value in fields.items() if value and value != query.ORDERS[0]]
    parts = [request.GET.get("q", ""), *given]
    parts += [f"has:{thing}" for thing in request.GET.getlist("has") if thing in query.THINGS]
    return " ".join(" ".join(parts).replace("\x00", "").split())[:MAX_LENGTH]


def _form(request, text, wanted) -> dict:
    return {
        "text": text,
        "words": query.words_of(text),
        "wanted": wanted,
        "categories": categories.tree(request.user),
        "orders": [("best", "Best match"), ("new", "Newest"), ("old", "Oldest")],
        "things": [("picture", "a picture"), ("poll", "a poll"), ("decision", "a decision")],
    }


def _number(request) -> int:
    number = request.GET.get("page", "")
    return max(1, int(number)) if number.isdecimal() and len(number) < 4 else 1


def _members(wanted) -> list[str]:
    """The names of members that begin with the query. One query at most."""
    name = " ".join(wanted.words)
    return suggestions.members(name) if name and not wanted.is_filtered else []


def _tags(user, wanted) -> list[str]:
    """Tags whose names begin with the query. Costs what `seen.counted` costs."""
    name = " ".join(wanted.words)
    return seen.starting(user, name, TAGS) if name and not wanted.is_filtered else []


@limit("suggest", member="120/m", address="600/m", reads=True)
def suggest(request):
    """Send what the query `?q=` may become, or the text `?tags=` of a field for tags."""
    name, find = ("tags", suggestions.tags) if "tags" in request.GET else ("q", suggestions.suggest)
    text = request.GET.get(name, "").replace("\x00", "").strip()[:MAX_LENGTH]
    return JsonResponse({"suggestions": find(request.user, text)})


@login_required
@limit("similar", member="60/m", address="600/m", reads=True)
def show_similar(request):
    """Send a list of the topics whose titles are similar to `?title=`, without a page around it."""
    title = request.GET.get("title", "").replace("\x00", "").strip()[:TITLE_AT_MOST]
    topics = similar.similar_topics(request.user, title) if title else []
    return render(request, "forums/search/_similar.html", {"topics": topics})
