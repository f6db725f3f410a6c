"""What Postgres reads does not grow with the topic, also with the plans that it keeps for prepared statements.

Such a plan expects a topic of average length. Where it then reads a topic by an index and filters, it reads all of it.
"""

from uuid import uuid4

import pytest
from django.db import connection

from forums.models import Comment, Topic
from forums.models.discussion import paths
from forums.moderation.acts import comments as acts
from forums.notifications import dispatch

LENGTH, OTHERS, DEPTH = 1_500, 600, 30
MOST_READ = 700
"""Rows that a page of 51 comments reads with those above them, their authors not included."""


@pytest.fixture
def deep(limes, opening, say, ada, town, monkeypatch):
    """Returns a comment with DEPTH ancestors in a topic of LENGTH comments. Other topics have one comment each."""
    at = opening
    for _ in range(DEPTH):
        at = say(at)
    first = at.seq + 1
    others = Topic.objects.bulk_create(
        Topic(category=town, author=ada, title=f"Other {n}", slug="other", last_seq=1) for n in range(OTHERS)
    )
    made = {"author": ada, "body": "Yes.", "body_html": "<p>Yes.</p>"}
    Comment.objects.bulk_create(
        [
            *(
                Comment(topic=limes, seq=seq, parent=opening, depth=1, path=paths.component(seq), token=uuid4(), **made)
                for seq in range(first, first + LENGTH)
            ),
            *(Comment(topic=each, seq=1, depth=0, path="", token=uuid4(), **made) for each in others),
        ]
    )  # fmt: skip
    Topic.objects.filter(pk=limes.pk).update(last_seq=first + LENGTH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE forums_comment, forums_topic")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    monkeypatch.setattr(connection.connection, "prepare_threshold", 0)
    return at


def read() -> int:
    """Returns how many rows of comments the transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'forums_comment'"
        )
        return cursor.fetchone()[0]


ACTS = {
    "reply": lambda comment, _, ben: comment.topic.reply(author=ben, parent=comment, body="Yes.", token=uuid4()),
    "delete": lambda comment, _, ben: comment.delete_by_author(),
    "hide": lambda comment, mod, _: acts.hide(comment, by=mod, reason="Spam"),
    "edit": lambda comment, _, ben: comment.edit(by=ben, body="No."),
    "dispatch": lambda *_: dispatch.dispatch_events(),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_reads_few_comments(deep, mod, ben, act):
    before = read()
    act(deep, mod, ben)
    assert 0 < read() - before < MOST_READ


@pytest.mark.parametrize("address", ["", "?sort=new", "?sort=old", "?branch={seq}", "?focus={seq}", "?new=1"])
def test_a_page_reads_few_comments(deep, sign_in, cleo, address):
    browser = sign_in(cleo)
    before = read()
    page = browser.get(deep.topic.get_absolute_url() + address.format(seq=deep.seq))
    assert page.status_code == 200
    assert 0 < read() - before < MOST_READ


def test_a_permalink_and_the_changes_read_few_comments(deep, sign_in, cleo):
    browser = sign_in(cleo)
    before = read()
    assert browser.get(f"/comments/{deep.pk}/", follow=True).status_code == 200
    version = Topic.objects.get(pk=deep.topic_id).version - 1
    assert browser.get(f"/t/{deep.topic_id}/changes/?since={version}").status_code == 200
    assert 0 < read() - before < 2 * MOST_READ
