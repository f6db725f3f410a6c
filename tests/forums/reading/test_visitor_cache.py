"""Visitors share cached pages, which are never out of date and contain no personal data."""

import gzip

from config.caching import visitor_cache
from forums.models import Category, Vote


def test_a_change_shows_at_once(visitor, limes, opening, say, ben, mod):
    address = limes.get_absolute_url()

    def says(text):
        return text in visitor.get(address).text

    assert not says("I think so too.")
    comment = say(opening)
    assert says("I think so too.")
    comment.edit(by=ben, body="I do not think so.")
    assert says("I do not think so.")
    assert not says("I think so too.")
    Vote.objects.cast(comment, by=mod, value=1)
    assert says('<span class="score">1</span>')
    limes.lock(by=mod)
    assert says("takes no more replies")
    limes.rename("Shall we plant oaks?")
    assert visitor.get(limes.get_absolute_url()).status_code == 200
    assert "plant oaks" in visitor.get("/").text


def test_lists_follow_what_happens(visitor, limes, town, open_topic):
    assert "plant limes" in visitor.get("/").text
    open_topic("Something else")
    assert "Something else" in visitor.get("/").text
    town.name = "Village"
    town.save()
    assert "Village" in visitor.get("/").text


def test_a_vote_on_a_reply_leaves_lists_cached(visitor, limes, opening, say, cleo, django_assert_num_queries):
    comment = say(opening)
    addresses = ("/", "/?list=top", "/c/town/", "/feed/latest/", "/u/Ben/?tab=comments")
    for address in addresses:
        visitor.get(address)
    Vote.objects.cast(comment, by=cleo, value=1)
    with django_assert_num_queries(0):
        for address in addresses:
            assert visitor.get(address).status_code == 200
    assert '<span class="score">1</span>' in visitor.get(limes.get_absolute_url()).text


def test_a_vote_on_an_opening_moves_its_topic_in_the_list_that_scores_order(
    visitor, limes, opening, open_topic, cleo, django_assert_num_queries
):
    oaks = open_topic("Shall we plant oaks?")
    addresses = ("/?list=top", "/c/town/?list=top")

    def order(address):
        text = visitor.get(address).text
        return sorted([limes, oaks], key=lambda topic: text.index(topic.get_absolute_url()))

    visitor.get("/")
    assert [order(address) for address in addresses] == [[oaks, limes]] * 2
    Vote.objects.cast(opening, by=cleo, value=1)
    assert [order(address) for address in addresses] == [[limes, oaks]] * 2
    with django_assert_num_queries(0):
        visitor.get("/")


def test_an_edited_reply_leaves_lists_cached_and_shows_wherever_its_text_does(
    visitor, limes, opening, say, ben, django_assert_num_queries
):
    comment = say(opening, "Limes drop honey.")
    shown = (
        limes.get_absolute_url(), f"/comments/{comment.pk}/history/", f"/feed/t/{limes.pk}/", "/u/Ben/?tab=comments",
    )  # fmt: skip
    lists = ("/", "/?list=top", "/c/town/")
    for address in shown:
        assert "Limes drop honey." in visitor.get(address).text
    for address in lists:
        visitor.get(address)
    comment.edit(by=ben, body="Limes drop nothing.")
    with django_assert_num_queries(0):
        for address in lists:
            visitor.get(address)
    for address in shown:
        assert "nothing" in visitor.get(address).text


def test_an_edited_opening_shows_in_lists_and_feeds(visitor, limes, opening, ada, mod):
    limes.pin(by=mod)
    for address in ("/", "/feed/latest/"):
        assert "What do you think?" in visitor.get(address).text
    opening.edit(by=ada, body="What does everybody think?", title="Shall we plant limes here?")
    for address in ("/", "/feed/latest/"):
        assert "What does everybody think?" in visitor.get(address).text
        assert "Shall we plant limes here?" in visitor.get(address).text


def test_what_becomes_private_is_gone_at_once(visitor, limes, town, stewards):
    assert visitor.get(limes.get_absolute_url()).status_code == 200
    assert visitor.get("/c/town/").status_code == 200
    town.see_groups = [stewards.pk]
    town.save()
    assert visitor.get(limes.get_absolute_url()).status_code == 404
    assert visitor.get("/c/town/").status_code == 404
    assert "plant limes" not in visitor.get("/").text


def test_members_and_visitors_never_share(visitor, sign_in, ada, limes):
    visitor.get("/")
    mine = sign_in(ada).get("/")
    assert "Signed in as" in mine.text
    assert "Signed in as" not in visitor.get("/").text
    assert "Signed in as" not in visitor.get(limes.get_absolute_url()).text


def test_a_reload_is_a_304_until_something_changes(visitor, limes, opening, say):
    address = limes.get_absolute_url()
    etag = visitor.get(address)["ETag"]
    assert visitor.get(address, headers={"if-none-match": etag}).status_code == 304
    say(opening)
    assert visitor.get(address, headers={"if-none-match": etag}).status_code == 200


def test_who_takes_gzip_gets_it_and_who_does_not_gets_the_same(visitor, limes):
    address = limes.get_absolute_url()
    packed = visitor.get(address, headers={"accept-encoding": "gzip"})
    plain = visitor.get(address)
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Security-Policy"] == plain["Content-Security-Policy"]


def test_invented_queries_are_answered_but_not_kept(visitor, limes, django_assert_num_queries):
    for address, queries in (("/?list=unanswered&utm=1", 1), ("/?list=unanswered", 0)):
        assert visitor.get(address).status_code == 200
        with django_assert_num_queries(queries):
            visitor.get(address)


def test_a_process_trusts_a_page_for_a_moment_only(visitor, limes, opening, say, monkeypatch):
    address = limes.get_absolute_url()
    visitor.get(address)
    monkeypatch.setattr(visitor_cache, "FRESH_SECONDS", 3600)
    say(opening)
    assert "I think so too." not in visitor.get(address).text
    monkeypatch.setattr(visitor_cache, "FRESH_SECONDS", 0)
    assert "I think so too." in visitor.get(address).text


def test_pages_that_set_cookies_are_not_kept(visitor):
    first = visitor.get("/accounts/login/")
    assert first.cookies
    assert visitor.get("/accounts/login/").headers.get("Cache-Control") != "private, no-cache"


def test_a_category_newer_than_the_cached_ones_is_found(visitor, limes, open_topic):
    assert visitor.get(limes.get_absolute_url()).status_code == 200
    # As if Redis had been away when the reply was stored: no cache tag changed.
    (room,) = Category.objects.bulk_create([Category(name="Room", slug="room")])
    assert visitor.get(open_topic("Elsewhere", category=room).get_absolute_url()).status_code == 200
