"""Full-text search over the comments that the viewer may read."""

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q

from forums.models import Comment, Topic

CONFIGURATION = "english"
RANKED = 300
"""The newest matches that are ranked. Ranking reads the text of each."""
SHOWN = 30
WORDS = SearchVector("body", config=CONFIGURATION)
TITLE = SearchVector("title", config=CONFIGURATION)


def find(user, text: str) -> list[Comment]:
    """Find comments that match `text`, which may have "exact words", -excluded words, and "or".

    Openings also match by the title of their topic. Two queries.
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
