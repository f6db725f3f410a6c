"""Imports real forums and compares the counts with their ORIGIN.txt. Their data is not part of the project."""

import json
import os
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from accounts.models import User
from forums.models import Category, Comment, OldAddress, Origin, Topic
from forums.tree import recount

DATA = Path(os.environ.get("FORUM_DATA", settings.BASE_DIR.parent / "shared" / "data"))
URHO = DATA / "discourse-urho3d"
QUANTUM = DATA / "stackexchange-quantumcomputing"
DELVING = DATA / "discourse-posts-delving"
LIST = DATA / "mbox-r-sig-geo"


def needs(path):
    return pytest.mark.skipif(not path.is_dir(), reason=f"{path} is not on this machine")


@needs(URHO)
def test_every_topic_post_member_reply_and_like_of_a_discourse_forum_comes(bring):
    report = bring("discourse", URHO)
    assert report.warnings == []
    assert report.added == {
        "members": 386,
        "topics": 570,
        "posts": 4443,
        "likes": 2128,
        "categories": 11,
        "polls": 5,
    }
    assert (User.objects.count(), Topic.objects.count(), Comment.objects.count()) == (386, 570, 4443)
    assert report.skipped == {
        "polls": {"their results are not in the export": 1},
        "pictures": {"links to other sites; they are downloaded with --download-pictures": 600},
    }
    assert Category.objects.count() == 11
    assert sum(Comment.objects.values_list("ups", flat=True)) == 2128
    assert len(report.moved) == 5
    assert max(Topic.objects.values_list("last_seq", flat=True)) == 437
    assert parents_here() == parents_there()
    assert recount.differences() == []
    assert set(bring("discourse", URHO).added.values()) == {0}


def parents_there():
    """Returns the number of replies by the id of the post they answer. Replies to missing posts answer the opening."""
    pairs = Counter()
    replies = 0
    for file in URHO.rglob("*.json"):
        posts = {p["post_number"]: p for p in json.loads(file.read_text())["post_stream"]["posts"]}
        replies += sum(post["reply_to_post_number"] is not None for post in posts.values())
        for post in posts.values():
            if post["post_number"] > 1:
                pairs[post["id"], posts.get(post["reply_to_post_number"], posts[1])["id"]] += 1
    assert replies == 1362
    return pairs


def parents_here():
    origins = dict(Origin.objects.filter(comment__isnull=False).values_list("comment_id", "source"))
    ids = {
        pk: int(source.removeprefix("discourse:post:").partition("@")[0]) for pk, source in origins.items()
    }
    replies = Comment.objects.filter(parent__isnull=False).values_list("pk", "parent_id")
    return Counter((ids[pk], ids[parent]) for pk, parent in replies)


@needs(QUANTUM)
def test_every_question_answer_comment_user_and_vote_of_a_stack_exchange_site_comes(bring):
    report = bring("stackexchange", QUANTUM)
    assert report.warnings == []
    assert +report.added == {
        "users": 3461,
        "questions": 612,
        "answers": 1060,
        "comments": 3413,
        "votes": 10375,
        "links": 11,
        "tags": 1553,
        "categories": 1,
    }
    assert report.skipped["tag wikis"] == {"descriptions of tags, which administrators write here": 314}
    assert report.read["votes"] == 12560
    assert report.skipped["votes"]["on posts that are not in the data"] == 587
    assert (User.objects.count(), Topic.objects.count(), Comment.objects.count()) == (3461, 612, 5085)
    assert Topic.objects.exclude(accepted=None).count() == 389
    assert scores_here() == scores_there()
    assert recount.differences() == []
    assert set(bring("stackexchange", QUANTUM).added.values()) == {0}


def scores_here():
    rows = Origin.objects.filter(source__startswith="stackexchange:post:").values_list(
        "source", "comment__score"
    )
    return {
        int(source.removeprefix("stackexchange:post:").partition("@")[0]): score for source, score in rows
    }


def scores_there():
    rows = ElementTree.parse(QUANTUM / "Posts.xml").getroot()
    return {int(row.get("Id")): int(row.get("Score")) for row in rows if row.get("PostTypeId") in "12"}


@needs(DELVING)
def test_posts_in_files_of_their_own_become_topics(bring):
    report = bring("discourse", DELVING)
    assert report.warnings == []
    assert (report.read["topics"], report.added["topics"]) == (37, 30)
    assert report.read["posts"] == 187
    assert report.skipped["posts"]["older copies of posts"] == 10
    assert report.skipped["topics"] == {"the opening of their topic is not here": 7}
    assert (
        OldAddress.objects.filter(host="delvingbitcoin.org", key__startswith="t/").count()
        == (report.added["posts"])
    )
    assert set(bring("discourse", DELVING).added.values()) == {0}


@needs(LIST)
def test_every_mail_of_a_list_comes_and_no_word_is_lost(bring):
    report = bring("mbox", LIST)
    assert (report.warnings, report.losses, report.moved) == ([], [], [])
    assert +report.added == {"members": 37, "topics": 36, "posts": 99, "categories": 1}
    assert Comment.objects.filter(seq__gt=1).count() == 99 - 36
    assert recount.differences() == []
    assert set(bring("mbox", LIST).added.values()) == {0}
