"""Expands messages about topics and lists: looks up once for a whole batch what has changed.

The functions run in a thread and may query (`forums.live.delivery.expanders`).
"""

from forums.live import streams
from forums.live.connections import stream_access
from forums.live.delivery import expanders
from forums.live.delivery.load_shedding import Step
from forums.live.delivery.message import LARGEST
from forums.models import Notification, Topic
from forums.reading import changes_since

EVERY = 20
"""Seconds between two polls of a page whose topic is too crowded for messages."""
WRITERS = 5
"""Members shown as writing in one batch, at most."""


def register() -> None:
    expanders.register_kind("topic_changed", topic_changed)
    expanders.register_kind("topics_changed", topics_changed)
    expanders.register_kind("reply_begun", reply_begun)


def topic_changed(messages, stream):
    """Return everything that changed in the topic since the stream's last batch. At most two queries, one without
    changes.

    So the next message makes up for a lost one.
    """
    topics = Topic.objects.select_related("category__parent").filter(deleted_at=None)
    topic = topics.filter(pk=messages[0]["topic"]).first()
    if topic is None:
        return []
    text = _text(topic, stream.sent["version"], stream.step, stream.sent.get("step", Step.FULL))
    stream.sent |= {"version": topic.version, "step": stream.step}
    return [{stream_access.reader_label(topic.category_id, is_hidden=topic.is_hidden): text, "": ""}]


def missed(pairs: list[tuple[int, int]]) -> list[tuple[float, streams.Versions]]:
    """Return what changed since a version for each pair of topic and version, with the version it leads to.

    Changes that are too large are left out, and the page fetches them. One query for all topics, and one for each
    distinct pair that is not cached.
    """
    topics = Topic.objects.select_related("category__parent").filter(deleted_at=None)
    found = topics.in_bulk({topic for topic, _ in pairs})
    changes = {(topic, since): _missed(found.get(topic), since) for topic, since in set(pairs)}
    return [changes[pair] for pair in pairs]


def _missed(topic, since):
    if topic is None or len(text := changes_since.since(topic, since)) > LARGEST:
        return float("inf"), {}
    return topic.version, {
        stream_access.reader_label(topic.category_id, is_hidden=topic.is_hidden): text,
        "": "",
    }


def _text(topic, version, step, step_before):
    """Return the message for a step. After a change of the step, the message also says which step it is."""
    if step == Step.POLLING:
        return "" if step_before == step else streams.encode("topic_crowded", topic=topic.pk, every=EVERY)
    if topic.version == version and step == step_before:
        return ""
    if step == step_before == Step.FULL and len(changes := changes_since.since(topic, version)) <= LARGEST:
        return changes
    return streams.encode(
        "topic_counted", topic=topic.pk, version=topic.version, comment_count=topic.comment_count
    )


def unread(members: list[int]) -> list[int]:
    """Count the unread notifications of each member. One query."""
    found = Notification.objects.count_unread(members)
    return [found.get(member, 0) for member in members]


def topics_changed(messages, stream):
    """Yield one message for each category, for members who may see it. One query."""
    is_new: dict[int, bool] = {}
    for message in messages:
        is_new[message["topic"]] = is_new.get(message["topic"], False) or message["is_new"]
    shown = Topic.objects.filter(pk__in=is_new, deleted_at=None, hidden_at=None)
    by_category: dict[int, list[dict]] = {}
    for pk, category, tags in shown.order_by("pk").values_list("pk", "category", "tags"):
        told = {"topic": pk, "is_new": is_new[pk], "category": category}
        by_category.setdefault(category, []).append(told | ({"tags": tags} if tags else {}))
    for category, topics in by_category.items():
        yield {
            stream_access.category_label(category): streams.encode("topics_changed", topics=topics),
            "": "",
        }


def reply_begun(messages, stream):
    """Yield who is writing, or nothing if the topic is too crowded. No query."""
    if stream.step == Step.FULL:
        yield from ({"": streams.encode(**message)} for message in messages[:WRITERS])
