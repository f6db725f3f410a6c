"""Registers the questions and options of polls for search, which finds them with the opening of their topic.

Triggers say when they have changed (migration 0008), as those of comments do.
"""

from collections import defaultdict

from forums.search import index
from polls.models import Poll


def of_topics(topics: list[int]) -> dict[int, str]:
    """Return the texts of the polls of these topics. Two queries."""
    found: dict[int, str] = defaultdict(str)
    for poll in Poll.objects.filter(topic__in=topics).prefetch_related("options"):
        found[poll.topic_id] += "\n".join(
            [poll.question, *(option.wording for option in poll.options.all()), ""]
        )
    return found


def register() -> None:
    index.register(of_topics)
