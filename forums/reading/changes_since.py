"""Computes what an open page of a topic must update since the version that it shows.

The answer is state, not events, so lost, doubled or reordered messages do no harm. Each change raises the topic's
version under its lock (`Topic.bump_version`), and each changed comment stores that version. A client at version 41 has
missed exactly the comments with a higher one.

Socket processes call this once per batch. A page that has missed something requests it at `…/changes/`.
"""

import json
from typing import NamedTuple

from django.db.models import BooleanField, Case, Q, When
from django.db.models.expressions import RawSQL
from django.template.loader import render_to_string

from config.caching.evictable import cache
from forums.listing import wording
from forums.markup import size
from forums.models import Comment, Topic
from forums.models.discussion import paths
from forums.models.discussion.comment_queries import HTML_SIZE
from forums.reading import comment_html, shared_page, topic_panels
from forums.reading.comment_html import Facts

MAX_COMMENTS = 200
"""Comments in one answer. A longer one, and one of more than `size.PAGE` bytes of texts, has `more`."""
LIFETIME = 60
"""Seconds that an answer is cached. A thousand pages that reconnect together request the same one."""
RECENT = 250
"""Versions of a topic from which answers are cached. A client can ask for any number, and open pages have the last."""
_IS_CHANGED = RawSQL("changed_in > 0", [], output_field=BooleanField())


class Cursor(NamedTuple):
    """Where a long answer continues: after this `changed_in` and, within it, this `seq`."""

    changed_in: int
    seq: int

    def __str__(self):
        return f"{self.changed_in}.{self.seq}"


def since(topic: Topic, version: int, after: Cursor | None = None) -> str:
    """Return all changes since `version` as JSON. If it has `more`, the next answer begins `after` that.

    The caller must check that the viewer may see `topic`, which is loaded with its category. No query while cached,
    otherwise one, and three more in a debate.
    """
    key = f"changes:{comment_html.TEMPLATE_HASH}:{topic.pk}:{topic.version}:{version}:{after or ''}"
    text = cache.get(key)
    if text is None:
        text = json.dumps(_since(topic, version, after), separators=(",", ":"))
        if is_recent(topic, version, after):
            cache.set(key, text, LIFETIME)
    return text


def is_recent(topic: Topic, version: int, after: Cursor | None = None) -> bool:
    """Whether the answer is cached: open pages ask for it, and it does not continue a long one."""
    return after is None and topic.version - version <= RECENT


def _since(topic, version, after):
    # There is no upper bound. A comment that has changed since `topic` was read is sent now, and again later.
    found = list(_changed(topic, version, after))
    sent = found[:MAX_COMMENTS]
    written = [each for each in sent if each.written_in > version]
    changed = [each for each in written if not each.is_absent]
    facts = {each.pk: Facts.of(each) for each in changed}
    html = comment_html.of(facts.values(), topic, lambda ids: [each for each in changed if each.pk in ids])
    sides = shared_page.sides_of(facts.values(), topic)
    answer = {
        "kind": "topic_changed",
        "topic": topic.pk,
        "since": version,
        "version": topic.version,
        "facts": _facts(topic, version),
        "comments": [
            _comment_data(each, facts.get(each.pk), topic, html.get(each.pk), sides) for each in sent
        ],
    }
    if len(found) > len(sent) or sum(size.size(each.body_html) for each in written) >= size.PAGE:
        answer["more"] = str(Cursor(sent[-1].changed_in, sent[-1].seq))
    return answer


def _changed(topic, version, after):
    """Select the comments of one answer, and the next one if the answer has fewer bytes than `size.PAGE`."""
    # The last condition implies the first, which the partial index needs. It has no parameter, because a plan that
    # Postgres keeps could not use the index then, and would read the whole topic.
    changed = Comment.objects.filter(_IS_CHANGED, topic=topic, changed_in__gt=version)
    if after:
        beyond = Q(changed_in__gt=after.changed_in) | Q(changed_in=after.changed_in, seq__gt=after.seq)
        changed = changed.filter(beyond, changed_in__gte=after.changed_in)
    sent = Case(When(written_in__gt=version, then=HTML_SIZE), default=0)
    first = changed.first_within(MAX_COMMENTS + 1, size.PAGE, order=("changed_in", "seq"), of=sent)
    found = shared_page.comments_to_render().only(*shared_page.SHOWN, "changed_in", "written_in")
    return found.filter(pk__in=first.values("pk")).order_by("changed_in", "seq")


def _comment_data(comment, facts, topic, fragments, sides):
    data = {
        "id": comment.pk,
        "seq": comment.seq,
        "parent": comment.parent_id,
        "path": paths.seqs(comment.path),
    }
    if comment.is_absent:
        return data | {"is_gone": True}
    data |= {"by": None if comment.is_gone else comment.author_id, "score": comment.score}
    if fragments:
        data["html"] = "".join(
            comment_html.plain(shared_page.row_of(facts, 0, fragments, sides), topic.accepted_id)
        )
    return data


def _facts(topic, version):
    return {
        "title": topic.title,
        "address": topic.get_absolute_url(),
        "category": topic.category_id,
        "comment_count": topic.comment_count,
        "score": topic.score,
        "last_comment_at": wording.moment(topic.last_comment_at),
        "last_seq": topic.last_seq,
        "accepted": topic.accepted_id,
        "is_locked": topic.is_locked,
        "is_slow": topic.is_slow,
        "is_pinned": topic.is_pinned,
        "is_hidden": topic.is_hidden,
        "panels": topic.panels,
        # If this is above the client's version, comments were moved from or to another topic.
        "rearranged_in": topic.rearranged_in,
        "head": render_to_string("forums/topics/_head.html", {"topic": topic}),
        **topic_panels.facts(topic, version),
    }
