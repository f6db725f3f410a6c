"""Computes what an open page of a topic must update since the version that it shows.

The answer is state, not events, so lost, doubled or reordered messages do no harm. Each change raises the topic's
version under its lock (`Topic.bump_version`), and each changed comment stores that version. A client at version 41 has
missed exactly the comments with a higher one.

Socket processes call this once per batch. A page that has missed something requests it at `…/changes/`.
"""

import json
from typing import NamedTuple

from django.db.models import Q
from django.template.loader import render_to_string

from config.caching.evictable import cache
from forums.listing import wording
from forums.models import Topic
from forums.models.discussion import paths
from forums.reading import comment_html, shared_page, topic_panels

AT_MOST = 200
"""Comments in one answer. A longer one has `more`."""
LIFETIME = 60
"""Seconds that an answer is cached. A thousand pages that reconnect together request the same one."""


class Place(NamedTuple):
    """Where a long answer continues: after this `changed_in` and, within it, this `seq`."""

    changed_in: int
    seq: int

    def __str__(self):
        return f"{self.changed_in}.{self.seq}"


def since(topic: Topic, version: int, after: Place | None = None) -> str:
    """Return all changes since `version` as JSON. If it has `more`, the next answer begins `after` that.

    The caller must check that the viewer may see `topic`, which is loaded with its category. No query while cached,
    otherwise one, and three more in a debate.
    """
    key = f"changes:{comment_html.WORD}:{topic.pk}:{topic.version}:{version}:{after or ''}"
    text = cache.get(key)
    if text is None:
        text = json.dumps(_since(topic, version, after), separators=(",", ":"))
        cache.set(key, text, LIFETIME)
    return text


def _since(topic, version, after):
    # There is no upper bound. A comment that has changed since `topic` was read is sent now, and again later.
    found = list(_changed(topic, version, after)[: AT_MOST + 1])
    told = found[:AT_MOST]
    written = [each for each in told if each.written_in > version and not each.is_vanished]
    cut, sides = comment_html.of(written, topic), shared_page.sides_of(written, topic)
    answer = {
        "kind": "topic_changed",
        "topic": topic.pk,
        "since": version,
        "version": topic.version,
        "facts": _facts(topic, version),
        "comments": [_said(each, topic, cut.get(each.pk), sides.get(each.author_id, "")) for each in told],
    }
    if len(found) > AT_MOST:
        answer["more"] = str(Place(told[-1].changed_in, told[-1].seq))
    return answer


def _changed(topic, version, after):
    # The first condition implies the second, but the partial index needs it.
    changed = shared_page.comments_with_faces().only(*shared_page.SHOWN, "changed_in", "written_in")
    changed = changed.filter(topic=topic, changed_in__gt=version).filter(changed_in__gt=0)
    if after:
        beyond = Q(changed_in__gt=after.changed_in) | Q(changed_in=after.changed_in, seq__gt=after.seq)
        changed = changed.filter(beyond, changed_in__gte=after.changed_in)
    return changed.order_by("changed_in", "seq")


def _said(comment, topic, cut, side):
    said = {
        "id": comment.pk,
        "seq": comment.seq,
        "parent": comment.parent_id,
        "path": paths.seqs(comment.path),
    }
    if comment.is_vanished:
        return said | {"is_gone": True}
    said |= {"by": None if comment.is_gone else comment.author_id, "score": comment.score}
    if cut:
        said["html"] = "".join(
            comment_html.plain(shared_page.row_of(comment, 0, cut, side), topic.accepted_id)
        )
    return said


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
