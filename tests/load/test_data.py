"""The benchmark's generated forum is valid, and never replaces a real one."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from django.utils import timezone

from accounts.models import User
from config.management.operator_error import OperatorError
from forums import markup
from forums.models import Case, Comment, Report, Topic, Vote
from forums.models.discussion import paths
from forums.moderation.queue.raids import Raid
from forums.tree import recount
from tests.load.data import fill, members, prose, trees
from tests.load.data.corpus import LARGE, ORDINARY, Corpus
from tests.load.measurements import queries
from tests.load.scenarios import admin, pages, raid

SMALL = Corpus("small", members=12, topics=120, comments=5_600, longest=80, depth=30)


pytestmark = pytest.mark.xdist_group("generated forum")


@pytest.fixture(scope="module")
def filled(create_shared):
    assert create_shared(lambda: fill.fill(SMALL))


@pytest.fixture
def forum(filled, db):
    """The generated forum."""


def test_the_sizes_of_topics_add_up():
    for corpus in (SMALL, ORDINARY, LARGE):
        sizes = corpus.sizes(Random(1))
        assert (len(sizes), sum(sizes), sizes[0]) == (corpus.topics, corpus.comments, corpus.longest)
        assert min(sizes) > 0


def test_a_tree_has_the_roots_and_the_depth_asked_for():
    places = trees.places(trees.grow(Random(1), 1_000, depth=200))
    assert max(place.depth for place in places) >= 200
    places = trees.places(trees.grow(Random(1), 51, roots=20))
    assert Counter(place.depth for place in places)[1] == 20


def test_texts_are_ones_that_members_could_have_written():
    writer = prose.Writer(Random(1))
    for body in [writer.body() for _ in range(100)]:
        assert markup.clean(body) == body


def test_paths_and_depths_follow_from_the_parents(forum):
    for topic in Topic.objects.all():
        by_seq = {comment.seq: comment for comment in topic.comments.select_related("parent")}
        assert sorted(by_seq) == list(range(1, topic.last_seq + 1))
        assert topic.comment_count == topic.last_seq - 1
        below = Counter(seq for comment in by_seq.values() for seq in paths.seqs(comment.path)[:-1])
        for seq, comment in by_seq.items():
            if seq > 1:
                assert comment.path == comment.parent.path + paths.component(seq)
                assert (comment.depth, comment.parent.topic_id) == (comment.parent.depth + 1, topic.pk)
            assert comment.descendants == below[seq]


def test_a_copy_of_all_discussions_has_correct_counters(forum):
    fill.write_copies(replace(SMALL, copies=2))
    assert (Topic.objects.count(), Comment.objects.count()) == (2 * SMALL.topics, 2 * SMALL.comments)
    assert recount.mend_all() == []


def test_counters_equal_a_recount(forum):
    votes = {"ups": Counter(), "downs": Counter()}
    for comment, author, member, value in Vote.objects.values_list(
        "comment", "comment__author", "member", "value"
    ):
        assert member != author
        votes["ups" if value == 1 else "downs"][comment] += 1
    assert sum(votes["ups"].values()) > 1_000
    for comment in Comment.objects.select_related("topic"):
        assert (comment.ups, comment.downs) == (votes["ups"][comment.pk], votes["downs"][comment.pk])
        if comment.is_opening:
            assert (comment.topic.score, comment.topic.author_id) == (comment.score, comment.author_id)


def test_members_can_reply_in_the_generated_forum(forum, ben):
    topic = Topic.objects.get(pk=1)
    comment = topic.reply(author=ben, parent=topic.comments.get(seq=1), body="More to come.", token=None)
    assert comment.seq == SMALL.longest + 1
    assert comment.pk > SMALL.comments


def test_a_second_run_finds_the_forum_and_adds_nothing(forum):
    assert fill.fill(SMALL) is False
    assert Comment.objects.count() == SMALL.comments


def test_one_real_member_among_the_generated_ones_is_enough_to_refuse(forum, ben):
    with pytest.raises(OperatorError, match="holds a real forum"):
        fill.fill(SMALL)


def test_a_forum_of_another_size_is_refused(forum):
    with pytest.raises(OperatorError, match="holds 120 generated topics, not 2,000"):
        fill.fill(ORDINARY)


def test_every_page_exists_for_visitors_and_members(forum):
    reading = pages.reading(SMALL, members.sessions(3), connections=2)
    assert len({(page.name, page.viewer) for page in reading}) == len(reading) == 14
    shown = {(page.name, page.viewer): queries.measure(page).comments for page in reading}
    assert shown["topic", "visitor"] == shown["topic", "member"] == 51
    assert shown["index", "member"] == 0


def test_the_admin_scenario_covers_every_list_with_its_links(forum):
    [key] = admin.prepare(members=50, reports=40)
    assert (Report.objects.count(), Case.objects.count(), Case.objects.pending().count()) == (40, 10, 8)
    assert Case.objects.miscounted().count() == 0
    lists = admin.lists(key)
    assert len(lists) > 40
    assert {"/admin/forums/comment/", "/admin/forums/comment/?p=2", "/admin/forums/comment/?q=4711"} <= set(
        lists["comments"]
    )
    assert "/admin/accounts/user/?is_staff__exact=1" in lists["members"]


def test_a_raid_is_new_accounts_that_post_to_the_topics_members_read(forum):
    keys = members.sessions(4)
    crowd = raid.Raid(5, keys)
    posts = [request.decode() for request in crowd.posts()]
    assert len(posts) == 5 * raid.POSTS
    assert all(post.startswith(f"POST /t/{number + 2}/reply/") for number, post in enumerate(posts[:5]))
    assert {key for key in crowd.raiders if any(key in post for post in posts)} == set(crowd.raiders)
    author = User.objects.get(username=f"{crowd.name}0")
    topic = Topic.objects.get(pk=2)
    comment = topic.reply(author=author, parent=topic.comments.get(seq=1), body="Buy!", token=None)
    report = next(crowd.reports()).decode()
    assert (f"POST /comments/{comment.pk}/report/" in report, keys[0] in report) == (True, True)
    suspects = Raid(minutes=60, days=1, until=timezone.now()).suspects()
    assert [member.username for member in suspects] == [author.username]
