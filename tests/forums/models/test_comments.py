from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.caching import cache_tags
from forums.live import streams
from forums.models import Comment, Revision, Topic, Vote
from forums.reading import revisions


@pytest.fixture
def comment(opening, say):
    return say(opening, "Limes smell of honey in June.")


def score_of(comment):
    comment.refresh_from_db()
    return comment.ups, comment.downs, comment.score


def test_a_vote_counts_once_can_turn_and_be_taken_back(sign_in, cleo, comment):
    browser = sign_in(cleo)
    for verb, expected in [("up", (1, 0, 1)), ("up", (1, 0, 1)), ("down", (0, 1, -1)), ("none", (0, 0, 0))]:
        answer = browser.post(f"/comments/{comment.pk}/vote/{verb}/", headers={"accept": "application/json"})
        assert answer.json()["score"] == expected[2]
        assert score_of(comment) == expected


def test_a_vote_or_an_edit_that_changes_nothing_writes_and_publishes_nothing(
    limes, opening, comment, cleo, ben, ada, monkeypatch
):
    Vote.objects.cast(comment, by=cleo, value=1)
    limes.refresh_from_db()
    marks = cache_tags.read(
        cache_tags.of_topic(limes.pk), cache_tags.LISTS, cache_tags.SCORES, cache_tags.TEXTS
    )
    published = []
    monkeypatch.setattr(streams, "send", lambda messages, trace: published.append(messages))
    Vote.objects.cast(comment, by=cleo, value=1)
    Vote.objects.cast(opening, by=cleo, value=0)
    comment.edit(by=ben, body=comment.body)
    opening.edit(by=ada, body=opening.body, title=limes.title)
    assert published == []
    assert (
        cache_tags.read(cache_tags.of_topic(limes.pk), cache_tags.LISTS, cache_tags.SCORES, cache_tags.TEXTS)
        == marks
    )
    assert Topic.objects.get(pk=limes.pk).version == limes.version
    Vote.objects.cast(comment, by=cleo, value=0)
    assert list(published[0]) == [streams.topic(limes.pk)]
    assert Topic.objects.get(pk=limes.pk).version == limes.version + 1


def test_a_vote_costs_five_queries_and_three_if_it_changes_nothing(comment, opening, cleo):
    for about in (comment, opening):
        loaded = Comment.objects.select_related("topic").get(pk=about.pk)
        costs = []
        for value in (1, -1, -1, 0, 0):
            with CaptureQueriesContext(connection) as queries:
                Vote.objects.cast(loaded, by=cleo, value=value)
            costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
        assert costs == [5, 5, 3, 5, 3]


def test_nobody_votes_on_their_own(sign_in, ben, comment):
    assert sign_in(ben).post(f"/comments/{comment.pk}/vote/up/").status_code == 403
    assert score_of(comment) == (0, 0, 0)


def test_a_visitors_vote_leads_to_signing_in(visitor, comment):
    for answer in (
        visitor.get(f"/comments/{comment.pk}/vote/up/"),
        visitor.post(f"/comments/{comment.pk}/vote/up/"),
    ):
        assert answer.status_code == 302
        assert answer.url == f"/accounts/login/?to=vote-up&next=/comments/{comment.pk}/"
    assert score_of(comment) == (0, 0, 0)


def test_votes_on_the_opening_are_the_topics_score(limes, opening, cleo):
    Vote.objects.cast(opening, by=cleo, value=1)
    limes.refresh_from_db()
    assert limes.score == 1
    Vote.objects.cast(opening, by=cleo, value=-1)
    limes.refresh_from_db()
    assert limes.score == -1


def test_a_locked_topic_can_still_be_voted_in(sign_in, cleo, mod, limes, comment):
    limes.lock(by=mod)
    assert sign_in(cleo).post(f"/comments/{comment.pk}/vote/up/").status_code == 303
    assert score_of(comment) == (1, 0, 1)


@pytest.mark.parametrize(
    ("ups", "downs", "best"),
    # Lower ends of the interval by Wilson's formula (1927), calculated by hand to four digits.
    [(0, 0, 0.0), (1, 0, 0.2065), (10, 0, 0.7225), (5, 5, 0.2366), (0, 3, 0.0), (100, 10, 0.8407)],
)
def test_best_is_the_lower_end_of_the_wilson_interval(comment, ups, downs, best):
    Comment.objects.filter(pk=comment.pk).update(ups=ups, downs=downs)
    comment.refresh_from_db()
    assert round(comment.best, 4) == best


def test_an_edit_keeps_what_was_said_before(sign_in, ben, visitor, comment):
    sign_in(ben).post(f"/comments/{comment.pk}/edit/", {"body": "Limes smell of honey in July."})
    comment.refresh_from_db()
    assert comment.body_html == "<p>Limes smell of honey in July.</p>"
    history = visitor.get(f"/comments/{comment.pk}/history/").text
    assert "<del>June</del>" in history
    assert "<ins>July</ins>" in history
    assert "in June." in history


def test_an_edit_that_changes_nothing_leaves_no_trace(sign_in, ben, comment):
    sign_in(ben).post(f"/comments/{comment.pk}/edit/", {"body": comment.body})
    comment.refresh_from_db()
    assert comment.edited_at is None
    assert Revision.objects.count() == 0


def test_a_refused_edit_comes_back_filled_in(sign_in, ben, comment):
    answer = sign_in(ben).post(f"/comments/{comment.pk}/edit/", {"body": "Kept" + "x" * 40_000})
    assert answer.status_code == 400
    assert "Keptxxx" in answer.text
    comment.refresh_from_db()
    assert comment.body == "Limes smell of honey in June."


def test_editing_the_opening_renames_the_topic(sign_in, ada, limes, opening):
    sign_in(ada).post(f"/comments/{opening.pk}/edit/", {"title": "Shall we plant oaks?", "body": "Or elms?"})
    limes.refresh_from_db()
    assert (limes.title, limes.slug, limes.excerpt) == (
        "Shall we plant oaks?",
        "shall-we-plant-oaks",
        "Or elms?",
    )
    old = sign_in(ada).get(f"/t/{limes.pk}/shall-we-plant-limes/?sort=new")
    assert (old.status_code, old.url) == (301, f"{limes.get_absolute_url()}?sort=new")


def test_a_deleted_comment_leaves_a_placeholder_while_it_has_replies(
    sign_in, ben, visitor, limes, comment, say
):
    reply = say(comment, "Of linden honey, to be exact.")
    sign_in(ben).post(f"/comments/{comment.pk}/delete/")
    page = visitor.get(limes.get_absolute_url()).text
    assert "smell of honey" not in page
    assert "Deleted by its author." in page
    assert "linden honey" in page
    sign_in(ben).post(f"/comments/{reply.pk}/delete/")
    page = visitor.get(limes.get_absolute_url()).text
    assert "Deleted by its author." not in page
    limes.refresh_from_db()
    assert limes.comment_count == 0
    assert set(limes.comments.values_list("descendants", flat=True)) == {0}


def test_deleting_takes_the_text_and_its_history_for_good(sign_in, ben, comment):
    browser = sign_in(ben)
    browser.post(f"/comments/{comment.pk}/edit/", {"body": "Second thoughts"})
    browser.post(f"/comments/{comment.pk}/delete/")
    comment.refresh_from_db()
    assert (comment.body, comment.body_html, Revision.objects.count()) == ("", "", 0)
    assert browser.get(f"/comments/{comment.pk}/history/").status_code == 404
    assert browser.post(f"/comments/{comment.pk}/delete/").status_code == 403


def test_an_unanswered_topic_goes_with_its_opening(sign_in, ada, visitor, limes, opening):
    assert sign_in(ada).post(f"/comments/{opening.pk}/delete/").url == "/c/town/"
    assert visitor.get(limes.get_absolute_url()).status_code == 404
    assert "plant limes" not in visitor.get("/").text


def test_an_answered_topic_outlives_its_opening(sign_in, ada, ben, visitor, limes, opening, comment):
    sign_in(ada).post(f"/comments/{opening.pk}/delete/")
    page = visitor.get(limes.get_absolute_url()).text
    assert "smell of honey" in page
    assert "What do you think?" not in page
    sent = {"body": "We go on.", "token": str(uuid4()), "parent": opening.pk}
    assert sign_in(ben).post(f"/t/{limes.pk}/reply/", sent).status_code == 303


def test_the_asker_marks_what_answered(sign_in, ada, cleo, visitor, limes, comment):
    assert sign_in(cleo).post(f"/comments/{comment.pk}/accept/").status_code == 403
    assert sign_in(ada).post(f"/comments/{comment.pk}/accept/").status_code == 303
    assert "accepted answer" in visitor.get(limes.get_absolute_url()).text
    sign_in(ada).post(f"/comments/{comment.pk}/unaccept/")
    assert "accepted answer" not in visitor.get(limes.get_absolute_url()).text


def test_a_member_who_left_has_no_name(ben, visitor, limes, comment):
    from accounts.profiles import deletion

    deletion.delete(ben)
    page = visitor.get(limes.get_absolute_url()).text
    assert "smell of honey" in page
    assert "deleted member" in page
    assert "/u/Ben/" not in page
    assert f"deleted-{ben.pk}" not in page


def test_comparing_finds_the_words_that_changed():
    assert revisions.compare("one two\nthree\n", "one two\nfour three\n") == [
        ("same", "one two\n"),
        ("new", "four "),
        ("same", "three\n"),
    ]


def test_comparing_two_long_different_texts_gives_up_on_words():
    old, new = "a b " * 9_000, "c d " * 9_000
    assert revisions.compare(old, new) == [("old", old), ("new", new)]


def test_topics_keep_their_order_in_lists(visitor, limes, opening, open_topic, say, mod):
    other = open_topic("Second")
    assert _titles(visitor, "/") == ["Second", limes.title]
    say(opening)
    assert _titles(visitor, "/") == [limes.title, "Second"]
    assert _titles(visitor, "/?list=new") == ["Second", limes.title]
    assert _titles(visitor, "/?list=unanswered") == ["Second"]
    other.pin(by=mod)
    assert _titles(visitor, "/") == ["Second", limes.title]
    Vote.objects.cast(opening, by=mod, value=1)
    assert _titles(visitor, "/?list=top") == [limes.title, "Second"]


def test_pages_of_a_list_follow_each_other_without_gap(visitor, open_topic):
    for number in range(65):
        open_topic(f"No {number:02}")
    seen, address = [], "/"
    while address:
        seen += _titles(visitor, address)
        page = visitor.get(address).text
        older = page.partition('rel="next" href="')[2].partition('"')[0]
        address = "/" + older.replace("&amp;", "&") if older else ""
    assert seen == [f"No {number:02}" for number in reversed(range(65))]


@pytest.mark.parametrize(
    "query",
    ["list=worst", "list=mine", "period=age", "before=x", "before=2026_1", "before=_", "before=1_%00"],
)
def test_lists_that_cannot_be_are_refused(visitor, limes, query):
    assert visitor.get(f"/?{query}").status_code == 400


def _titles(browser, address):
    page = browser.get(address).text
    titles = {topic.title for topic in Topic.objects.all()}
    places = {page.find(f">{title}</a>"): title for title in titles}
    return [places[place] for place in sorted(places) if place >= 0]


def test_white_space_that_means_something_stays(visitor, limes, opening, say):
    say(opening, "*a* **b**\n\n```python\nif a:\n    b()\n```")
    page = visitor.get(limes.get_absolute_url()).text
    assert "<em>a</em> <strong>b</strong>" in page
    assert "\n    " in page[page.index("<code") : page.index("</code>")]
