"""Stack Exchange's dump becomes members, one category, topics and comments."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.models import Category, Comment, Topic


def tree():
    return list(Comment.objects.order_by("path").values_list("body", "parent__body", "depth"))


def test_a_question_is_a_topic_with_its_times_and_state(bring, stack):
    stack.question(1, ClosedDate="2018-04-01T00:00:00.000", LastEditDate="2018-03-20T00:00:00.000")
    bring("stackexchange")
    topic = Topic.objects.get()
    asked = datetime(2018, 3, 12, 17, 0, 0, 500_000, tzinfo=UTC)
    assert (topic.title, topic.excerpt, topic.author.username) == ("Why is that?", "Why?", "Emmy-Noether")
    assert (topic.created_at, topic.locked_at) == (asked, datetime(2018, 4, 1, tzinfo=UTC))
    assert topic.comments.get().edited_at == datetime(2018, 3, 20, tzinfo=UTC)


def test_answers_reply_to_the_question_and_comments_hang_below_what_they_comment_on(bring, stack):
    stack.question(1)
    stack.answer(2)
    stack.answer(3, Body="<p>Or so.</p>")
    stack.add("Comments", Id=1, PostId=3, Score=2, Text="To the *point*", UserId=5)
    stack.add("Comments", Id=2, PostId=1, Score=0, Text="Which one?", UserId=5)
    bring("stackexchange")
    assert sorted(tree()) == [
        ("Because.", "Why?", 1),
        ("Or so.", "Why?", 1),
        ("To the *point*", "Or so.", 2),
        ("Which one?", "Why?", 1),
        ("Why?", None, 0),
    ]
    point = Comment.objects.get(body="To the *point*")
    assert (point.body_html, point.ups) == ("<p>To the <em>point</em></p>", 2)


def test_the_accepted_answer_is_marked(bring, stack):
    stack.question(1, AcceptedAnswerId=3)
    stack.answer(2)
    stack.answer(3, Body="<p>Or so.</p>")
    bring("stackexchange")
    assert Topic.objects.get().accepted.body == "Or so."


def test_votes_up_and_down_are_counted_and_others_are_skipped(bring, stack):
    stack.question(1)
    stack.answer(2)
    stack.add("Posts", Id=4, PostTypeId=5, Score=0, Body="about a tag")
    for post, opinion in [(1, 2), (1, 2), (1, 3), (2, 2), (2, 1), (4, 2), (99, 2), (99, 3)]:
        stack.add("Votes", Id=1, PostId=post, VoteTypeId=opinion)
    report = bring("stackexchange")
    assert list(Comment.objects.order_by("seq").values_list("ups", "downs")) == [(2, 1), (1, 0)]
    assert (Topic.objects.get().score, report.read["votes"], report.added["votes"]) == (1, 8, 4)
    assert report.skipped == {
        "tag wikis": {"descriptions of tags, which administrators write here": 1},
        "votes": {
            "neither up nor down (accepted, favourite, close …)": 1,
            "on tag wikis": 1,
            "on posts that are not in the data": 2,
        },
    }


def test_without_a_file_of_votes_the_score_says_how_they_went(bring, stack):
    stack.question(1, Score=4)
    stack.answer(2, Score=-2)
    (stack.path / "Votes.xml").unlink()
    bring("stackexchange")
    assert list(Comment.objects.order_by("seq").values_list("ups", "downs")) == [(4, 0), (0, 2)]


def test_a_post_of_a_deleted_user_has_no_author(bring, stack):
    stack.question(1)
    stack.answer(2, OwnerUserId=77, OwnerDisplayName="user77")
    bring("stackexchange")
    assert Comment.objects.get(seq=1).author.username == "Emmy-Noether"
    assert Comment.objects.get(seq=2).author is None


def test_a_comment_calls_those_who_take_part_by_their_names_here(bring, stack):
    stack.add("Users", Id=6, DisplayName="David Hilbert")
    stack.question(1)
    stack.answer(2, OwnerUserId=6)
    stack.add("Comments", Id=1, PostId=2, Text="@EmmyNoether: @Dav. @Emilie a@david.org", UserId=5)
    bring("stackexchange")
    called = "@Emmy-Noether: @David-Hilbert. @Emilie a@david.org"
    assert Comment.objects.get(depth=2).body == called


def test_all_questions_go_into_one_category_named_after_the_directory(bring, stack, tmp_path):
    stack.question(1)
    stack.question(2)
    site = tmp_path.parent / "gardening.stackexchange.com"
    tmp_path.rename(site)
    bring("stackexchange", site)
    assert list(Category.objects.values_list("name", "slug")) == [("Gardening", "gardening")]


def test_hostile_html_comes_harmless(bring, stack):
    stack.question(1, Body='<p onclick="x()">Hi<script>alert(1)</script><b onload=y()>you</b></p>')
    stack.add("Comments", Id=1, PostId=1, Text="<script>alert(1)</script> [x](javascript:alert(1))", UserId=5)
    bring("stackexchange")
    opening, comment = Comment.objects.order_by("seq")
    assert opening.body_html == "<p>Hi<strong>you</strong></p>"
    assert comment.body_html.startswith("<p>&lt;script&gt;alert(1)&lt;/script&gt;")
    assert "href" not in comment.body_html


def test_broken_rows_are_reported_with_their_line_and_the_rest_comes(bring, stack):
    stack.question(1)
    stack.line("Posts", '  <row Id="2" PostTypeId="2" ParentId="1" Body="no end')
    stack.answer(3)
    stack.line("Posts", "  <row Id=4 PostTypeId=2 />")
    stack.answer(5, Body="<p>Or so.</p>")
    stack.answer("six")
    stack.answer(7, to=99)
    stack.answer(8, CreationDate="never")
    stack.add("Comments", Id=1, PostId=8, Text="on a broken one", UserId=5)
    stack.add("Comments", Id=2, PostId=3, Text=" ", UserId=5)
    report = bring("stackexchange")
    assert list(Comment.objects.order_by("seq").values_list("body", flat=True)) == [
        "Why?",
        "Because.",
        "Or so.",
    ]
    assert report.warnings == [
        "Posts.xml, line 4: it is not XML (not well-formed (invalid token)).",
        "Posts.xml, line 6: it is not XML (not well-formed (invalid token)).",
        "Posts.xml, line 8: Id is 'six' instead of a number.",
        "Posts.xml, line 10: CreationDate is 'never' instead of a time.",
        "Comments.xml, line 4: Write something first: this contains no text to read.",
    ]
    assert report.skipped["comments"] == {"on what was skipped": 1, "broken, listed above": 1}
    assert report.skipped["answers"]["the opening of their topic is not here"] == 1


def test_a_file_that_ends_too_early_gives_what_it_has(bring, stack):
    stack.question(1)
    posts = stack.path / "Posts.xml"
    posts.write_text(posts.read_text().replace("</posts>", '<row Id="2" PostTypeId="2" Bo'))
    report = bring("stackexchange")
    assert Topic.objects.count() == 1
    assert report.warnings == ["Posts.xml, line 4: the file ends too early."]


def test_rows_may_share_a_line(bring, stack):
    stack.question(1)
    posts = stack.path / "Posts.xml"
    posts.write_text(posts.read_text().replace("\n", " "))
    bring("stackexchange")
    assert Topic.objects.count() == 1


def test_a_document_type_is_refused_before_it_unfolds(bring, stack):
    stack.question(1)
    posts = stack.path / "Posts.xml"
    bomb = '<!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n<posts>'
    posts.write_text(posts.read_text().replace("<posts>", bomb))
    with pytest.raises(OperatorError) as refused:
        bring("stackexchange")
    assert str(refused.value) == f"{posts} declares a document type. No real dump does, so it is not read."
    assert not Topic.objects.exists()


def test_two_users_of_one_name_are_two_members(bring, stack):
    stack.add("Users", Id=6, DisplayName="emmy noether")
    stack.add("Users", Id=6, DisplayName="again")
    report = bring("stackexchange")
    assert set(User.objects.values_list("username", flat=True)) == {"Emmy-Noether", "emmy-noether-6"}
    assert report.warnings == ["Users.xml, line 5: user 6 is there twice."]


def test_names_of_deleted_authors_stay_below_their_texts(bring, stack):
    question = {"Id": 1, "PostTypeId": 1, "Score": 0, "Title": "Why?", "Body": "<p>Why?</p>"}
    stack.add("Posts", **question, OwnerDisplayName="user12 & co")
    stack.add("Comments", Id=1, PostId=1, Text="Which?", UserDisplayName="user_3*")
    stack.add("Comments", Id=2, PostId=1, Text="This.", UserDisplayName="Emmy", UserId=5)
    bring("stackexchange")
    assert [comment.body_html for comment in Comment.objects.order_by("seq")] == [
        "<p>Why?</p>\n<p>— user12 &amp; co</p>",
        "<p>Which?</p>\n<p>— user_3*</p>",
        "<p>This.</p>",
    ]


@pytest.mark.parametrize("file", ["Posts.xml", "Users.xml", "Comments.xml"])
def test_nothing_is_written_if_a_file_is_not_xml(file, bring, stack):
    stack.question(1)
    (stack.path / file).write_text("What?")
    with pytest.raises(OperatorError, match=f"{file} is not an XML dump"):
        bring("stackexchange")
    assert not User.objects.exists()


def test_a_question_names_the_one_that_it_duplicates(bring, stack):
    stack.rows["PostLinks"] = []
    stack.question(1)
    stack.question(2, Title="Why <that>?", Tags="<time><space>")
    stack.add("PostLinks", PostId=2, RelatedPostId=1, LinkTypeId=3)
    stack.add("PostLinks", PostId=2, RelatedPostId=1, LinkTypeId=1)
    stack.add("PostLinks", PostId=2, RelatedPostId=9, LinkTypeId=3)
    report = bring("stackexchange")
    first, second = Comment.objects.order_by("pk")
    assert second.body == f"Why?\n\n*Duplicate of [Why is that?](/comments/{first.pk}/)*"
    assert report.added["links"] == 1
    assert report.skipped["links"] == {
        "links in texts, which are imported": 1,
        "on posts that are not in the data": 1,
    }
    assert report.added["tags"] == 2
    assert bring("stackexchange").added["links"] == 0
