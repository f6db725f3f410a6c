"""Discourse's files become members, categories, topics and comments."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.importers import category_names, pipeline
from forums.models import Category, Comment, Tag, Topic


def at(minute, day=1):
    return datetime(2020, 5, day, 10, minute, tzinfo=UTC)


def said(seq):
    return Comment.objects.get(seq=seq)


def test_a_topic_comes_with_its_opening_its_author_and_its_times(bring, discourse):
    discourse.topic(discourse.post(cooked="<p>Limes, or <em>oaks</em>?</p>"))
    report = bring("discourse")
    topic = Topic.objects.get()
    assert (topic.title, topic.slug, topic.excerpt) == ("Which trees?", "which-trees", "Limes, or oaks?")
    assert (topic.author.username, topic.created_at, topic.last_comment_at) == ("Grace", at(1), at(1))
    assert (topic.last_seq, topic.comment_count, topic.locked_at, topic.pinned_at) == (1, 0, None, None)
    opening = topic.comments.get()
    assert (opening.body, opening.body_html) == ("Limes, or *oaks*?", "<p>Limes, or <em>oaks</em>?</p>")
    assert report.read == {"members": 1, "topics": 1, "posts": 1, "likes": 0, "categories": 1}
    assert report.added == {"members": 1, "topics": 1, "posts": 1, "likes": 0, "categories": 1}


def test_members_have_no_password_and_joined_when_they_first_wrote(bring, discourse):
    discourse.topic(discourse.post(1, created_at="2021-01-01T00:00:00Z"), id=1)
    discourse.topic(discourse.post(2, created_at="2019-01-01T00:00:00Z"), discourse.post(1, id=9), id=2)
    bring("discourse")
    grace = User.objects.get()
    assert not grace.has_usable_password()
    assert (grace.email, grace.date_joined) == ("", datetime(2019, 1, 1, tzinfo=UTC))


def test_replies_hang_below_what_they_answer(bring, discourse):
    discourse.topic(
        discourse.post(1),
        discourse.post(2),
        discourse.post(3, reply_to_post_number=2),
        discourse.post(4, reply_to_post_number=1),
        discourse.post(5, reply_to_post_number=3),
    )
    bring("discourse")
    places = Comment.objects.order_by("path").values_list("seq", "parent__seq", "depth", "descendants")
    assert list(places) == [(1, None, 0, 0), (2, 1, 1, 2), (3, 2, 2, 1), (5, 3, 3, 0), (4, 1, 1, 0)]
    assert list(Comment.objects.order_by("path").values_list("path", flat=True)) == [
        "",
        "0002",
        "00020003",
        "000200030005",
        "0004",
    ]


def test_a_reply_to_what_is_missing_hangs_under_the_opening_and_is_reported(bring, discourse):
    discourse.topic(discourse.post(1), discourse.post(3, reply_to_post_number=2))
    report = bring("discourse")
    assert said(2).parent == said(1)
    assert report.moved == [("which-trees.1.json, post 2", "what it answers is not here")]
    assert "Replies moved directly below the opening of their topic: 1" in report.notes()


def test_seq_follows_time_and_nobody_comes_before_whom_they_answer(bring, discourse):
    discourse.topic(
        discourse.post(1),
        discourse.post(2, created_at="2020-05-03T00:00:00Z", cooked="<p>late</p>"),
        discourse.post(3, created_at="2020-05-02T00:00:00Z", cooked="<p>early</p>"),
        discourse.post(4, created_at="2020-05-01T00:00:00Z", cooked="<p>reply</p>", reply_to_post_number=2),
    )
    bring("discourse")
    assert list(Comment.objects.order_by("seq").values_list("body", flat=True)) == [
        "Hello.",
        "early",
        "late",
        "reply",
    ]
    assert said(4).created_at == datetime(2020, 5, 1, tzinfo=UTC)


def test_likes_become_votes_without_voters(bring, discourse):
    likes = [{"id": 2, "count": 3}, {"id": 4, "count": 9}]
    discourse.topic(discourse.post(1, actions_summary=likes), discourse.post(2))
    report = bring("discourse")
    assert list(Comment.objects.order_by("seq").values_list("ups", "downs", "score")) == [
        (3, 0, 3),
        (0, 0, 0),
    ]
    assert (Topic.objects.get().score, report.added["likes"]) == (3, 3)


def test_what_was_accepted_closed_and_pinned_is_so_here(bring, discourse):
    discourse.topic(
        discourse.post(1),
        discourse.post(2),
        accepted_answer={"post_number": 2},
        closed=True,
        last_posted_at="2020-06-01T00:00:00Z",
        pinned_at="2020-05-09T00:00:00Z",
    )
    bring("discourse")
    topic = Topic.objects.get()
    assert topic.accepted == said(2)
    assert topic.locked_at == datetime(2020, 6, 1, tzinfo=UTC)
    assert topic.pinned_at == datetime(2020, 5, 9, tzinfo=UTC)


def test_an_edited_post_says_when(bring, discourse):
    discourse.topic(discourse.post(1, version=2), discourse.post(2))
    bring("discourse")
    assert (said(1).edited_at, said(2).edited_at) == (at(1, day=2), None)


def test_a_category_is_called_by_its_number_unless_a_topic_tells_its_name(bring, discourse):
    discourse.topic(id=1, category_id=4)
    discourse.topic(discourse.post(id=9), id=2, category_id=5, title="About the Gardening category")
    bring("discourse")
    assert list(Category.objects.values_list("name", "slug")) == [
        ("Category 4", "category-4"),
        ("Gardening", "gardening"),
    ]


def test_a_post_of_someone_who_has_left_has_no_author(bring, discourse):
    discourse.topic(discourse.post(1), discourse.post(2, user_id=None, username=None))
    bring("discourse")
    assert (said(1).author.username, said(2).author) == ("Grace", None)


def test_what_a_moderator_did_is_told_in_words(bring, discourse):
    closed = discourse.post(2, post_type=3, cooked="", action_code="closed.enabled")
    discourse.topic(discourse.post(1), closed)
    bring("discourse")
    assert said(2).body == "*closed this topic*"


def test_hidden_posts_are_hidden_and_deleted_ones_lose_their_text(bring, discourse):
    discourse.topic(
        discourse.post(1),
        discourse.post(2, hidden=True),
        discourse.post(3, deleted_at="2020-05-05T00:00:00Z", cooked="<p>secret</p>"),
        discourse.post(4, deleted_at="2020-05-05T00:00:00Z", cooked="<p>secret</p>"),
        discourse.post(5, reply_to_post_number=4),
    )
    bring("discourse")
    assert [said(seq).is_hidden for seq in (1, 2, 3)] == [False, True, False]
    assert [said(seq).is_deleted for seq in (2, 3, 4)] == [False, True, True]
    assert (said(3).body, said(3).body_html, said(4).descendants) == ("", "", 1)
    assert Topic.objects.get().comment_count == 1


def test_whispers_and_private_messages_stay_behind(bring, discourse):
    discourse.topic(discourse.post(1), discourse.post(2, post_type=4, cooked="<p>secret</p>"))
    discourse.topic(discourse.post(id=9, cooked="<p>secret</p>"), id=2, archetype="private_message")
    report = bring("discourse")
    assert list(Comment.objects.values_list("body", flat=True)) == ["Hello."]
    assert report.skipped == {
        "posts": {"whispers are for the staff": 1},
        "topics": {"private messages stay private": 1},
    }


def test_a_mention_calls_the_member_by_the_name_they_have_here(bring, discourse, ada):
    call = (
        '<p><a class="mention" href="/u/ada">@Ada</a> and <a class="mention" href="/u/grace">@grace</a></p>'
    )
    discourse.topic(discourse.post(1, username="ADA", user_id=8), discourse.post(2, cooked=call))
    report = bring("discourse")
    assert said(1).author.username == "ADA-8"
    assert said(2).body == "@ADA-8 and @grace"
    mentioned = User.objects.get(username="ADA-8")
    assert f'href="/members/{mentioned.pk}/"' in said(2).body_html and "/u/" not in said(2).body_html
    assert report.renamed == [("ADA", "ADA-8")]


def test_links_within_the_old_forum_lead_back_to_it(bring, discourse):
    avatar = "/user_avatar/forum.example.org/grace/{size}/1.png"
    discourse.topic(discourse.post(cooked='<p><a href="/t/9">there</a></p>', avatar_template=avatar))
    bring("discourse")
    assert said(1).body == "[there](https://forum.example.org/t/9)"


def test_hostile_html_comes_harmless(bring, discourse):
    hostile = '<p onclick="x()">Hi<script>alert(1)</script><img src="x" onerror="y()"></p><style>p{}</style>'
    discourse.topic(
        discourse.post(cooked=hostile + '<a href="javascript:z()">z</a>'), title="<script>alert(2)"
    )
    bring("discourse")
    html = said(1).body_html
    assert html.startswith("<p>Hi")
    assert not any(word in html for word in ("script", "onclick", "onerror", "style", "alert"))
    assert Topic.objects.get().title == "<script>alert(2)"


def test_a_broken_topic_is_reported_and_skipped_and_the_others_come(bring, discourse):
    discourse.topic(id=1)
    discourse.write("half.json", '{"id": 2, "post_stream": {"posts"')
    discourse.topic(discourse.post(id=9), id=3, title=None)
    discourse.write("list.json", "[]")
    report = bring("discourse")
    assert Topic.objects.count() == 1
    assert [sentence.split(":")[0] for sentence in report.warnings] == [
        "half.json",
        "list.json",
        "which-trees.3.json",
    ]
    assert report.skipped == {"topics": {"broken, listed above": 3}}


def test_a_broken_post_is_reported_and_skipped_and_its_replies_stay(bring, discourse):
    discourse.topic(
        discourse.post(1),
        discourse.post(2, created_at="yesterday"),
        discourse.post(3, reply_to_post_number=2),
        discourse.post(4, cooked=None),
        discourse.post(5, id="x" * 99),
        discourse.post(6, cooked="<ul>" * 600),
        discourse.post(3, id=77),
        discourse.post(8, actions_summary=[{"id": 2, "count": -1}]),
    )
    report = bring("discourse")
    assert list(Comment.objects.order_by("seq").values_list("seq", "parent__seq")) == [(1, None), (2, 1)]
    assert report.warnings == [
        "which-trees.1.json, post 2: created_at is 'yesterday' instead of a time.",
        "which-trees.1.json, post 4: cooked is missing instead of a text.",
        f"which-trees.1.json, post 5: id is '{'x' * 38}… instead of a number.",
        "which-trees.1.json, post 7: post number 3 is there twice.",
        "which-trees.1.json, post 8: count is -1 instead of a number.",
        "which-trees.1.json, post 6: The HTML has more than 500 <ul> inside each other.",
    ]


def test_without_a_readable_opening_nothing_of_a_topic_comes(bring, discourse):
    discourse.topic(discourse.post(1, cooked=7), discourse.post(2), id=1)
    discourse.topic(discourse.post(3, id=9), id=2)
    discourse.topic(discourse.post(1, id=10), id=3)
    report = bring("discourse")
    assert (Topic.objects.count(), Comment.objects.count()) == (1, 1)
    assert report.skipped["topics"] == {"the opening of their topic is not here": 2}
    assert report.skipped["posts"] == {"broken, listed above": 1, "the opening of their topic is not here": 2}


def test_the_same_topic_in_two_files_comes_once(bring, discourse):
    discourse.topic(file="a.json")
    discourse.topic(file="b.json")
    report = bring("discourse")
    assert (Topic.objects.count(), Comment.objects.count()) == (1, 1)
    assert (report.added["topics"], report.present["topics"]) == (1, 1)


def quote(attributes, heading="", text="Oaks."):
    return (
        f'<aside class="quote no-group"{attributes}>{heading}<blockquote><p>{text}</p></blockquote></aside>'
    )


def test_a_quote_names_its_author_and_links_to_the_quoted_comment(bring, discourse):
    title = '<div class="title">\n<div class="quote-controls"></div>\n<img alt="" class="avatar"> {}:</div>'
    second = quote(' data-post="1" data-topic="1"', title.format("Grace"))
    third = quote(' data-username="Grace" data-post="9" data-topic="1"')
    discourse.topic(
        discourse.post(), discourse.post(2, cooked=second), discourse.post(3, cooked=third),
        discourse.post(4, cooked=quote("")),
    )  # fmt: skip
    other = quote(
        ' data-username="Grace" data-post="2" data-topic="1"', title.format('<a href="/t/1">Trees</a>')
    )
    discourse.topic(discourse.post(id=900, cooked=other), id=2, title="Later")
    bring("discourse")
    opening, *quotes, _ = Comment.objects.filter(topic__title="Which trees?").order_by("seq")
    assert [each.body for each in quotes] == [
        f"> @Grace [wrote](/comments/{opening.pk}/):\n>\n> Oaks.",
        "> @Grace wrote:\n>\n> Oaks.",
    ]
    assert f'href="/comments/{quotes[0].pk}/"' in Comment.objects.get(topic__title="Later").body_html


def test_a_quote_of_what_came_later_is_linked_by_a_repair(bring, discourse):
    discourse.topic(discourse.post(cooked=quote(' data-username="Grace" data-post="1" data-topic="2"')))
    assert "data-source" not in bring("discourse").table()
    assert "/comments/" not in Comment.objects.get().body
    discourse.topic(discourse.post(id=900), id=2, title="Later")
    bring("discourse", repairs=True)
    later = Comment.objects.get(topic__title="Later")
    assert f"/comments/{later.pk}/" in Comment.objects.get(topic__title="Which trees?").body


def test_a_quote_of_a_later_batch_is_linked_at_the_end(bring, discourse, monkeypatch):
    monkeypatch.setattr(pipeline, "BATCH_POSTS", 1)
    quoting = quote(' data-username="Grace" data-post="1" data-topic="2"')
    missing = quote(' data-username="Grace" data-post="9" data-topic="2"')
    discourse.topic(discourse.post(cooked=quoting + missing))
    discourse.topic(discourse.post(id=900), id=2, title="Later")
    bring("discourse")
    earlier, later = Comment.objects.order_by("pk")
    assert later.topic.title == "Later"
    for text in (earlier.body, earlier.body_html):
        assert text.count(f"/comments/{later.pk}/") == 1
        assert "data-source" not in text
    assert earlier.edited_at is None
    before = earlier.version
    bring("discourse")
    earlier.refresh_from_db()
    assert earlier.version == before


@pytest.mark.parametrize(
    ("said", "warnings"),
    [
        ({"posts_count": 45}, 1),
        ({"posts_count": 1}, 0),
        ({"posts_count": 3, "stream": [101]}, 0),
        ({"stream": [101, 102, *range(200, 243)]}, 1),
    ],
)
def test_an_incomplete_download_is_warned_of(said, warnings, bring, discourse):
    stream = {key: said[key] for key in said if key == "stream"}
    posts = {"post_stream": {"posts": [discourse.post()], **stream}}
    discourse.topic(posts_count=said.get("posts_count", 1), **posts)
    sentence = "which-trees.1.json: it holds 1 of the topic's 45 posts. Download it again with ?print=true."
    assert bring("discourse").warnings == [sentence] * warnings


def test_the_name_of_a_deleted_author_stays_below_the_text(bring, discourse):
    discourse.topic(
        discourse.post(user_id=None, username="user <1>"), discourse.post(2, user_id=None, username=None)
    )
    bring("discourse")
    assert list(Comment.objects.values_list("author", "body").order_by("seq")) == [
        (None, "Hello.\n\n— user <1>"),
        (None, "Hello."),
    ]


@pytest.mark.parametrize(
    ("name", "character"),
    [("slight_smile", "🙂"), ("wave:t2", "👋🏻"), ("brain", "🧠"), ("flag_de", ":flag_de:"), ("+1", "👍")],
)
def test_emoji_become_characters(name, character, bring, discourse):
    picture = f'<p><img src="/e.png" title=":{name}:" class="emoji" alt=":{name}:"></p>'
    discourse.topic(discourse.post(cooked=picture))
    bring("discourse")
    assert Comment.objects.get().body_html == f"<p>{character}</p>"


def test_posts_in_files_of_their_own_become_the_same_topics(bring, discourse, tmp_path):
    (tmp_path / "later").mkdir()
    discourse.post_file(discourse.post(1))
    discourse.post_file(discourse.post(3, reply_to_post_number=2), file="a.json")
    discourse.post_file(discourse.post(2), file="later/2.json")
    discourse.post_file(
        discourse.post(3, cooked="<p>Newer.</p>", reply_to_post_number=2, updated_at="2020-06-01T10:00:00Z"),
        file="later/3.json",
        topic_title="Which trees, now?",
    )
    discourse.post_file(discourse.post(2, id=500), topic=9)
    discourse.write("broken.json", "{")
    report = bring("discourse")
    found = Comment.objects.order_by("seq")
    assert [(each.seq, each.parent and each.parent.seq, each.body) for each in found] == [
        (1, None, "Hello."),
        (2, 1, "Hello."),
        (3, 2, "Newer."),
    ]
    assert Topic.objects.get().title == "Which trees, now?"
    assert (report.read["topics"], report.added["topics"]) == (3, 1)
    assert report.skipped == {
        "topics": {"broken, listed above": 1, "the opening of their topic is not here": 1},
        "posts": {"older copies of posts": 1, "the opening of their topic is not here": 1},
    }
    assert set(bring("discourse").added.values()) == {0}


def test_staff_are_in_a_group_without_rights(bring, discourse):
    discourse.topic(
        discourse.post(1, admin=True, moderator=False),
        discourse.post(2, user_id=8, username="Ada", moderator=True),
        discourse.post(3, user_id=9, username="Ben", staff=True),
    )
    report = bring("discourse", base="https://trees.example.org")
    group = Group.objects.get(name="Staff of trees.example.org")
    assert set(group.user_set.values_list("username", flat=True)) == {"Grace", "Ada"} == {*report.staff}
    assert not group.permissions.exists()
    group.user_set.clear()
    assert bring("discourse", base="https://trees.example.org").staff == []
    assert not group.user_set.exists()


def test_tags_come_along(bring, discourse):
    Tag.objects.create(name="elms", synonym_of=Tag.objects.create(name="elm"))
    discourse.topic(tags=["Oak", {"name": "elms"}, "a/b", "late frost", "e", "f", "g", "elm"])
    report = bring("discourse")
    assert Topic.objects.get().tags == ["e", "elm", "f", "late-frost", "oak"]
    assert (report.added["tags"], report.read["tags"], report.adds_up()) == (5, 8, True)
    assert report.skipped["tags"] == {
        "no tag here can have such a name": 1,
        "a topic has at most 5 tags here": 2,
    }
    assert Tag.objects.count() == 6
    again = bring("discourse")
    assert (again.present["tags"], again.added["tags"], again.adds_up()) == (5, 0, True)


def test_names_of_categories_may_come_from_a_file(bring, discourse, tmp_path):
    discourse.topic()
    bring("discourse")
    assert Category.objects.get().name == "Category 4"
    files = {
        "4 Garden\n\n7, Other": {4: "Garden", 7: "Other"},
        '{"categories": [{"id": 4, "name": "Garden"}]}': {4: "Garden"},
        '{"category_list": {"categories": [{"id": 1, "name": "A", "subcategory_list": [{"id": 4, "name": "B"}]}]}}': {
            1: "A",
            4: "B",
        },
    }
    for text, names in files.items():
        (tmp_path / "names.txt").write_text(text)
        assert category_names.read(tmp_path / "names.txt") == names
    for text in ("{}", "Garden", ""):
        (tmp_path / "names.txt").write_text(text)
        with pytest.raises(OperatorError):
            category_names.read(tmp_path / "names.txt")
    bring("discourse", names={4: "Garden"})
    bring("discourse", names={4: "Orchard"})
    assert list(Category.objects.values_list("name", "slug")) == [("Garden", "garden")]
