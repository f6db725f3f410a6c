"""What is told of topics and of lists: the bare news that something is different, expanded once for a whole batch.

These run in a thread and may query; see `forums.live.register_kind`.
"""

from forums import changes, live
from forums.models import Notification, Topic
from forums.sockets import rights
from forums.sockets.ladder import Step

LARGEST = 128 * 1024
"""Characters; what is longer is not worth telling everybody, and pages ask for it."""
EVERY = 20
"""Seconds between two questions of a page, while its topic is too crowded to be told anything."""
WRITERS = 5
"""Members writing a reply who are told in one batch."""


def register() -> None:
    live.register_kind("topic_changed", topic_changed)
    live.register_kind("topics_changed", topics_changed)
    live.register_kind("reply_begun", reply_begun)


def topic_changed(messages, stream):
    """All that is different in the topic since the stream's listeners were last told; so a message that was lost on its
    way is made up for by the next one. Two queries at most, one where nothing is different."""
    topics = Topic.objects.select_related("category__parent").filter(deleted_at=None)
    topic = topics.filter(pk=messages[0]["topic"]).first()
    if topic is None:
        return []
    text = _text(topic, stream.told["version"], stream.step, stream.told.get("step", Step.FULL))
    stream.told |= {"version": topic.version, "step": stream.step}
    return [{rights.seen(topic.category_id, is_hidden=topic.is_hidden): text, "": ""}]


def missed(asked: list[tuple[int, int]]) -> list[tuple[float, live.Versions]]:
    """What is different in topics since a version, asked as topic and version; with the version up to which that goes.
    Nothing where it is too much to tell, and the page has to ask. A query for all topics and one for each different
    question, none for what is cached."""
    topics = Topic.objects.select_related("category__parent").filter(deleted_at=None)
    found = topics.in_bulk({topic for topic, _ in asked})
    told = {question: _missed(found.get(question[0]), question[1]) for question in set(asked)}
    return [told[question] for question in asked]


def _missed(topic, since):
    if topic is None or len(text := changes.since(topic, since)) > LARGEST:
        return float("inf"), {}
    return topic.version, {rights.seen(topic.category_id, is_hidden=topic.is_hidden): text, "": ""}


def _text(topic, version, step, step_before):
    """What is told on a step; on another one than before, pages learn of that, too."""
    if step == Step.POLLING:
        return "" if step_before == step else live.encode("topic_crowded", topic=topic.pk, every=EVERY)
    if topic.version == version and step == step_before:
        return ""
    if step == step_before == Step.FULL and len(told := changes.since(topic, version)) <= LARGEST:
        return told
    return live.encode(
        "topic_counted", topic=topic.pk, version=topic.version, comment_count=topic.comment_count
    )


def unread(members: list[int]) -> list[int]:
    """How much waits for each of the members. One query."""
    found = Notification.objects.count_unread(members)
    return [found.get(member, 0) for member in members]


def topics_changed(messages, stream):
    """One message for each category, to those who see it. One query."""
    is_new: dict[int, bool] = {}
    for message in messages:
        is_new[message["topic"]] = is_new.get(message["topic"], False) or message["is_new"]
    shown = Topic.objects.filter(pk__in=is_new, deleted_at=None, hidden_at=None)
    told: dict[int, list[dict]] = {}
    for pk, category in shown.order_by("pk").values_list("pk", "category"):
        told.setdefault(category, []).append({"topic": pk, "is_new": is_new[pk], "category": category})
    for category, topics in told.items():
        yield {rights.in_category(category): live.encode("topics_changed", topics=topics), "": ""}


def reply_begun(messages, stream):
    """Who is writing; nothing where there are too many to be told everything. No query."""
    if stream.step == Step.FULL:
        yield from ({"": live.encode(**message)} for message in messages[:WRITERS])
