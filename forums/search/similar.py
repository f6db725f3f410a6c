"""Topics with similar titles, shown while somebody types the title of a new one."""

from django.db.models import F, FloatField, Func, Value

from config.web.semaphores import semaphore
from forums.models import Comment, Topic
from forums.search import query
from forums.search.find import PERMITS, PLANNER, SECONDS, indexed, languages_of

SIMILAR, MOST_SIMILAR = 5, 1_000
"""The topics that are shown, and the newest of those that are compared."""


def similar_topics(user, title: str) -> list[Topic]:
    """Find topics that share words with `title`, the most similar first. Four queries. Raises what `find` raises."""
    languages = languages_of(user)
    titled = query.any_of(title, languages, titles=True)
    if not titled:
        return []
    with semaphore("search", permits=PERMITS, seconds=SECONDS, **PLANNER):
        openings = Comment.objects.filter(pk__among=indexed(titled, MOST_SIMILAR), seq=1)
        rank = Func(
            Value("{0,0,0,1}"), F("search_entry__words"), Value(query.any_of(title, languages, titles=False)),
            template="ts_rank(%(expressions)s::tsquery)", output_field=FloatField(),
        )  # fmt: skip
        best = openings.annotate(rank=rank).order_by("-rank", "-pk").values_list("topic", flat=True)
        best = list(best[: 4 * SIMILAR])
        shown = Topic.objects.visible_to(user).only("title", "slug", "comment_count")
        found = shown.in_bulk(best)
        return [found[pk] for pk in best if pk in found][:SIMILAR]
