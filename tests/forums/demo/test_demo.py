from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.identity.names import validate_name
from accounts.models import User
from forums import markup
from forums.demo import discussion_file, timing
from forums.models import Category, Comment, Topic, Vote
from forums.tree import recount

EXAMPLE = """\
title: Why do my leaves curl?
category: growing
author: Sefton
opened: 2d 4h
last: 30m
votes: +9-1
---
They curl.

- Upwards.
---
Marnie +12-1: Look at the roots.

  ```python
  if dry:
      water()
  ```

  Sefton +2 accepted later:
    > dry

    It was!

    Marnie +0 deleted: Never mind.

juno +1 edited: cigars
  === edited ===
  Cigars.
"""


pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def populated(create_shared):
    create_shared(lambda: call_command("demo"))


@pytest.fixture
def town(populated, db):
    """The demo forum."""


@pytest.fixture
def market():
    return Topic.objects.get(title__startswith="Shall the Saturday market")


def a_discussion(text=EXAMPLE):
    return discussion_file.parse("example", text)


def test_a_discussion_is_read_as_it_is_indented():
    discussion = a_discussion()
    marnie, juno = discussion.opening.replies
    sefton = marnie.replies[0]
    assert discussion.opening.text == "They curl.\n\n- Upwards."
    assert (discussion.opening.ups, discussion.opening.downs) == (9, 1)
    assert (discussion.opened, discussion.last) == (timedelta(days=2, hours=4), timedelta(minutes=30))
    assert marnie.text == "Look at the roots.\n\n```python\nif dry:\n    water()\n```"
    assert (sefton.text, sefton.marks) == ("> dry\n\nIt was!", {"accepted", "later"})
    assert [reply.marks for reply in sefton.replies] == [{"deleted"}]
    assert (juno.earlier, juno.text) == ("cigars", "Cigars.")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("Marnie +1: One.\n\n      Ben +1: Too far.\n", "line 10 is indented too far"),
        ("Marnie +1: One.\nand on at the edge\n", "line 9 does not belong to a comment"),
        ("Marnie +1 loudly: One.\n", "line 8 has an unknown mark"),
    ],
)
def test_a_slip_is_told_with_its_line(wrong, complaint):
    top = "title: T\ncategory: c\nauthor: Ada\nopened: 1h\n---\nBody\n---\n"
    with pytest.raises(ValueError, match=complaint):
        a_discussion(top + wrong)


def test_nothing_is_said_before_what_it_answers_and_the_last_comes_when_the_file_says():
    now = timezone.now()
    said = timing.timetable(a_discussion(), now, Random(1))
    moments = {id(one): at for at, one in said}
    assert [at for at, _ in said] == sorted(moments.values())
    assert (said[0][0], said[-1][0]) == (now - timedelta(days=2, hours=4), now - timedelta(minutes=30))
    assert all(moments[id(one)] < moments[id(reply)] for _, one in said for reply in one.replies)


def test_every_counter_equals_a_recount(town):
    assert list(recount.differences()) == []
    assert Vote.objects.count() == sum(
        ups + downs for ups, downs in Comment.objects.values_list("ups", "downs")
    )


def test_one_discussion_has_500_comments_and_goes_deep(town, market):
    assert market.comment_count == 500
    assert market.comments.filter(seq__gt=1).count() == 500
    assert market.comments.order_by("-depth").first().depth >= 12


def test_no_two_members_say_the_same(town):
    said = Counter(Comment.objects.readable().values_list("body", flat=True))
    assert said.most_common(1)[0][1] == 1


def test_every_text_is_one_that_a_member_could_have_written(town):
    comments = list(Comment.objects.readable())
    assert [comment for comment in comments if markup.clean(comment.body) != comment.body] == []
    members = {name.lower() for name in User.objects.values_list("username", flat=True)}
    called = {name for comment in comments for name in markup.render(comment.body).mentions}
    assert called - members == set()
    assert len(called) > 5


def test_it_shows_what_a_forum_can_do(town):
    assert Topic.objects.filter(pinned_at__isnull=False).count() == 2
    assert Topic.objects.filter(locked_at__isnull=False).count() == 3
    assert Topic.objects.filter(accepted__isnull=False).count() >= 5
    assert Topic.objects.unanswered().count() == 2
    assert Comment.objects.filter(edited_at__isnull=False, revisions__isnull=False).count() == 1
    placeholder = Comment.objects.get(deleted_at__isnull=False)
    assert (placeholder.body, placeholder.descendants > 0) == ("", True)


def test_its_members_have_proper_names_and_cannot_sign_in(town):
    members = User.objects.all()
    for member in members:
        validate_name(member.username)
    assert len(members) == 30
    assert [member for member in members if member.has_usable_password()] == []


def test_the_stewards_room_is_for_stewards(town, visitor, sign_in, ben, market):
    room = Category.objects.get(slug="stewards")
    secret = room.topics.first()
    for browser in (visitor, sign_in(ben)):
        assert browser.get(market.get_absolute_url()).status_code == 200
        assert browser.get(room.get_absolute_url()).status_code == 404
        assert browser.get(secret.get_absolute_url()).status_code == 404
    steward = sign_in(User.objects.get(username="Oda_Marsh"))
    assert steward.get(secret.get_absolute_url()).status_code == 200
    outside = Vote.objects.filter(comment__topic__category=room).exclude(member__groups__name="Stewards")
    assert not outside.exists()


def test_a_forum_with_topics_is_left_alone(town):
    with pytest.raises(CommandError, match="only for an empty forum"):
        call_command("demo")
    assert User.objects.count() == 30
