"""Finding comments by their words, for the viewer: Postgres full text over what they may read."""

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q

from forums.models import Comment, Topic

CONFIGURATION = "english"
RANKED = 300
"""The newest matches, of which the best are shown; ranking needs each text."""
SHOWN = 30
WORDS = SearchVector("body", config=CONFIGURATION)
TITLE = SearchVector("title", config=CONFIGURATION)


def find(user, text: str) -> list[Comment]:
    """Comments that match `text` as a web search box would read it ("exact words", -without, or). Two
    queries.

    Openings match by their topic's title as well.
    """
    query = SearchQuery(text, search_type="websearch", config=CONFIGURATION)
    titled = (
        Topic.objects.visible_to(user)
        .alias(words=TITLE)
        .filter(words=query)
        .order_by("-pk")
        .values("pk")[:RANKED]
    )
    readable = Comment.objects.visible_to(user).readable()
    worded = readable.alias(words=WORDS).filter(words=query).order_by("-pk").values("pk")[:RANKED]
    found = readable.filter(Q(pk__in=worded) | Q(seq=1, topic__in=titled)).with_context()
    return list(found.annotate(rank=SearchRank(WORDS, query)).order_by("-rank", "-pk")[:SHOWN])
