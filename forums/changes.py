"""What is different in a topic since one of its versions: for the pages that show it.

They are told what is now, not what happened: a message that was lost, doubled or overtaken by another can then do no
harm. Each change bumps the topic's version under its lock (`Topic.changed`), and every comment that looks different
since keeps that version; so whoever has seen version 41 lacks exactly the comments above it.

The socket processes ask this once for each batch, and a page that has missed something asks it at `…/changes/`.
"""

import json
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q
from django.template.loader import render_to_string

from forums import attachments, paths, pieces, rows, wording
from forums.models import Topic

AT_MOST = 200
"""Comments in one answer; then `more` follows."""
LIFETIME = 60
"""Seconds that an answer is kept: a thousand pages that come back together ask for the same one."""


class Place(NamedTuple):
    """Up to where a long answer has come: a comment's `changed_in` and, among equals, its `seq`."""

    changed_in: int
    seq: int

    def __str__(self):
        return f"{self.changed_in}.{self.seq}"


def since(topic: Topic, version: int, after: Place | None = None) -> str:
    """All that is different since `version`, as JSON; where there is `more`, the next answer begins `after` it.

    The viewer may see `topic`, which comes with its category. No query while it is kept, else one,
    and three more where something is debated.
    """
    key = f"changes:{pieces.WORD}:{topic.pk}:{topic.version}:{version}:{after or ''}"
    text = cache.get(key)
    if text is None:
        text = json.dumps(_since(topic, version, after), separators=(",", ":"))
        cache.set(key, text, LIFETIME)
    return text


def _since(topic, version, after):
    # Without an upper bound: what has been changed again since `topic` was read is told now, and told once more later.
    found = list(_changed(topic, version, after)[: AT_MOST + 1])
    told = found[:AT_MOST]
    written = [each for each in told if each.written_in > version and not each.is_vanished]
    cut, sides = pieces.of(written, topic), rows.sides_of(written, topic)
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
    # The second condition is implied by the first; it is what the index on the changed ones asks for.
    changed = rows.comments_with_faces().only(*rows.SHOWN, "changed_in", "written_in")
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
        said["html"] = "".join(pieces.plain(rows.row_of(comment, 0, cut, side), topic.accepted_id))
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
        # Above the version that a page knows: comments have come from another topic, or gone there.
        "rearranged_in": topic.rearranged_in,
        "head": render_to_string("forums/topics/_head.html", {"topic": topic}),
        **attachments.facts(topic, version),
    }
