from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from config.caching.evictable import cache
from config.caching.recent_values import RecentValues
from forums.access.refusal import Refused
from forums.models import Comment, Draft, Topic
from forums.models.discussion import paths
from forums.moderation.acts import splitting
from forums.reading import comment_html, shared_page, topic_page


def reply_url(topic):
    return reverse("comment-add", args=[topic.pk])


def test_a_topic_begins_with_its_opening(limes, ada):
    opening = limes.comments.get()
    assert (opening.seq, opening.parent, opening.depth, opening.path) == (1, None, 0, "")
    assert (limes.last_seq, limes.comment_count, limes.excerpt) == (1, 0, "What do you think?")
    assert limes.last_author == ada


def test_replies_are_numbered_in_order_and_know_their_place(limes, opening, say):
    first = say(opening)
    second = say(first)
    third = say(opening)
    assert [comment.seq for comment in (first, second, third)] == [2, 3, 4]
    assert second.path == paths.component(2) + paths.component(3)
    assert (first.depth, second.depth, third.depth) == (1, 2, 1)
    first.refresh_from_db()
    limes.refresh_from_db()
    assert first.descendants == 1
    assert (limes.comment_count, limes.last_seq) == (3, 4)


def test_a_reply_sent_twice_is_stored_once(sign_in, ben, limes, opening):
    sent = {"body": "Once.", "token": str(uuid4()), "parent": opening.pk}
    browser = sign_in(ben)
    answers = [browser.post(reply_url(limes), sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].url == answers[1].url
    assert limes.comments.filter(body="Once.").count() == 1
    limes.refresh_from_db()
    assert (limes.last_seq, limes.comment_count) == (2, 1)


@pytest.mark.parametrize("author", ["ada", "ben", "mod"])
@pytest.mark.parametrize("place", ["opening", "deleted opening", "comment"])
def test_the_answer_to_a_script_is_the_row_of_the_page(
    sign_in, request, limes, opening, say, cleo, author, place, monkeypatch
):
    member, parent = request.getfixturevalue(author), opening
    if place == "deleted opening":
        say(opening)
        opening.delete_by_author()
    elif place != "opening":
        parent = say(opening, author=cleo)
    browser, token = sign_in(member), str(uuid4())
    for _ in range(2):  # the second time it is resent
        sent = {"body": "*Why?*", "token": token, "parent": parent.pk}
        answer = browser.post(reply_url(limes), sent, headers={"accept": "text/x-row"})
        comment = limes.comments.get(body="*Why?*")
        monkeypatch.setattr(comment_html, "_recent", RecentValues(10, 60))
        facts = comment_html.Facts.of(*shared_page.load_comments((comment.pk,)))
        assert comment_html.of([facts], limes, pytest.fail)  # other readers do not render it again
        monkeypatch.setattr(comment_html, "_recent", RecentValues(10, 60))
        cache.clear()
        assert (answer.status_code, answer.text) == (201, topic_page.single(limes, comment.pk, member))


def test_a_topic_opened_twice_is_opened_once(sign_in, ada, town):
    sent = {"category": town.pk, "title": "Only one", "body": "Of these.", "token": str(uuid4())}
    browser = sign_in(ada)
    assert browser.post("/new/", sent).url == browser.post("/new/", sent).url
    assert Topic.objects.filter(title="Only one").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_replies_at_once_get_a_number_each(limes, opening, ben):
    token = uuid4()

    def write(number):
        try:
            topic = Topic.objects.get(pk=limes.pk)
            # Every third text is sent twice, like a double click.
            body, own = (f"No. {number}", uuid4()) if number % 3 else ("Once", token)
            topic.reply(author=ben, parent=opening, body=body, token=own)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    assert sorted(limes.comments.values_list("seq", flat=True)) == list(range(1, 19))
    limes.refresh_from_db()
    assert (limes.last_seq, limes.comment_count) == (18, 17)


def test_a_locked_topic_takes_replies_of_moderators_only(sign_in, ben, mod, limes, opening):
    limes.lock(by=mod)
    sent = {"body": "One more thing.", "token": str(uuid4()), "parent": opening.pk}
    refused = sign_in(ben).post(reply_url(limes), sent)
    assert refused.status_code == 403
    assert "One more thing." in refused.text
    assert sign_in(mod).post(reply_url(limes), sent | {"token": str(uuid4())}).status_code == 303


def test_locking_wins_over_a_reply_under_way(limes, opening, mod, say):
    stale = Topic.objects.get(pk=limes.pk)
    limes.lock(by=mod)
    opening.topic = stale
    with pytest.raises(Refused):
        say(opening)
    assert limes.comments.count() == 1


def test_a_reply_to_what_has_been_deleted_comes_back_filled_in(sign_in, ben, ada, limes, opening, say):
    first = say(opening, author=ada)
    say(first)
    first.delete_by_author()
    sent = {"body": "But why?", "token": str(uuid4()), "parent": first.pk}
    refused = sign_in(ben).post(reply_url(limes), sent)
    assert refused.status_code == 409
    assert "But why?" in refused.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"body": ""}, 400),
        ({"body": "  \n "}, 400),
        ({"body": "x" * 40_001}, 400),
        ({"body": "a\x00b"}, 400),
        ({"token": "not a token"}, 400),
        ({"token": ""}, 400),
        ({"parent": "999999999"}, 404),
        ({"parent": "first"}, 404),
        ({"parent": "9" * 40}, 404),
        ({"body": "b" * 1_000_000}, 413),
    ],
)
def test_what_cannot_be_a_reply_is_refused(sign_in, ben, limes, opening, sent, status):
    sound = {"body": "Fine.", "token": str(uuid4()), "parent": opening.pk}
    browser = sign_in(ben)
    assert browser.post(reply_url(limes), sound | sent).status_code == status
    assert limes.comments.count() == 1
    assert browser.post(reply_url(limes), sound).status_code == 303


def test_a_reply_follows_the_comment_that_it_answers_to_another_topic(sign_in, ben, ada, limes, opening, mod):
    """The form was opened before a moderator made a topic of the branch."""
    moved = limes.reply(author=ada, parent=opening, body="Besides", token=uuid4())
    splitting.split(moved, "Another matter", by=mod)
    new = Topic.objects.get(title="Another matter")
    browser, sent = sign_in(ben), {"body": "Hello?", "token": str(uuid4()), "parent": moved.pk}
    assert browser.post("/drafts/save/", sent).json() == {"kept": True}
    assert ben.drafts.get().topic == new
    assert browser.post(reply_url(limes), sent).status_code == 303
    assert Comment.objects.get(body="Hello?").topic == new
    assert ben.drafts.count() == 0


def test_a_signed_out_writer_gets_the_text_back(visitor, limes, opening):
    sent = {"body": "A long thought.", "token": str(uuid4()), "parent": opening.pk}
    answer = visitor.post(reply_url(limes), sent)
    assert answer.status_code == 403
    assert "A long thought." in answer.text
    assert "Sign in in another tab" in answer.text


def test_a_chain_of_a_thousand_replies_works(limes, opening, ben, sign_in):
    above = chain(limes, opening, ben, 995)
    for _ in range(5):
        above = limes.reply(author=ben, parent=above, body="And then?", token=uuid4())
    assert (above.depth, len(above.path)) == (1_000, 4_000)
    first = limes.comments.get(seq=2)
    assert first.descendants == 999
    browser = sign_in(ben)
    found = browser.get(above.get_absolute_url(), follow=True)
    assert f'id="comment-{above.pk}"' in found.text
    assert browser.get(limes.get_absolute_url()).text.count('<ol class="thread"') <= 9


def chain(topic, above, author, length):
    """Inserts a chain of `length` comments, each a reply to the one before. Returns the last."""
    for depth in range(1, length + 1):
        seq = depth + 1
        above = Comment(
            topic=topic, seq=seq, parent=above, depth=depth, path=above.path + paths.component(seq),
            author=author, body="And then?", body_html="<p>And then?</p>", descendants=length - depth,
        )  # fmt: skip
        above.save(force_insert=True)
    Topic.objects.filter(pk=topic.pk).update(last_seq=length + 1, comment_count=length)
    return above


def test_a_draft_is_kept_restored_and_gone_once_sent(sign_in, ben, limes, opening):
    browser, token = sign_in(ben), str(uuid4())
    place = {"parent": opening.pk, "token": token}
    assert browser.post("/drafts/save/", place | {"body": "Half a th"}).json() == {"kept": True}
    for page in (limes.get_absolute_url(), reply_url(limes), ben.drafts.get().get_absolute_url()):
        html = browser.get(page, follow=True).text
        assert f'name="token" value="{token}"' in html and ">\nHalf a th</textarea>" in html
    assert "Half a th" in browser.get("/drafts/").text
    browser.post(reply_url(limes), {"body": "Half a thought.", "token": token, "parent": opening.pk})
    assert Draft.objects.count() == 0
    # A draft that was saved while the reply was being stored must not come back.
    late = browser.post("/drafts/save/", place | {"body": "Half a though"})
    assert late.json() == {"kept": False}
    assert Draft.objects.count() == 0


def test_two_replies_to_one_comment_have_a_draft_each(sign_in, ben, limes, opening):
    browser, first, second = sign_in(ben), str(uuid4()), str(uuid4())
    for token, body in ((first, "One thing"), (second, "Another")):
        browser.post("/drafts/save/", {"parent": opening.pk, "token": token, "body": body})
    assert "Another" in browser.get(limes.get_absolute_url()).text
    browser.post(reply_url(limes), {"parent": opening.pk, "token": second, "body": "Another"})
    assert [draft.body for draft in ben.drafts.all()] == ["One thing"]
    assert "One thing" in browser.get(limes.get_absolute_url()).text


def test_two_new_topics_have_a_draft_each(sign_in, ben, town):
    browser, first, second = sign_in(ben), str(uuid4()), str(uuid4())
    for token, title in ((first, "Trees"), (second, "Benches")):
        browser.post("/drafts/save/", {"token": token, "title": title, "body": "Some", "category": town.pk})
    assert browser.get("/new/").context["form"]["title"].value() == "Benches"
    other = ben.drafts.get(token=first).get_absolute_url()
    assert other in browser.get("/drafts/").text
    assert browser.get(other).context["form"]["title"].value() == "Trees"
    sent = {"token": second, "title": "Benches", "body": "Some", "category": town.pk}
    assert browser.post("/new/", sent).status_code == 303
    assert [draft.title for draft in ben.drafts.all()] == ["Trees"]


def test_an_address_opens_no_draft_of_somebody_else(sign_in, ben, cleo, limes, opening):
    Draft.objects.keep(ben, token=uuid4(), parent=opening, body="Not for others")
    Draft.objects.keep(ben, token=uuid4(), body="Nor this")
    for draft in ben.drafts.all():
        assert sign_in(ben).get(draft.get_absolute_url()).context["form"]["body"].value() == draft.body
        assert draft.body not in sign_in(cleo).get(draft.get_absolute_url()).text


def test_nobody_else_sees_a_draft(sign_in, ben, cleo, limes, opening):
    place = {"token": uuid4(), "parent": opening.pk, "body": "Not for others"}
    sign_in(ben).post("/drafts/save/", place)
    assert "Not for others" in sign_in(ben).get(limes.get_absolute_url()).text
    assert "Not for others" not in sign_in(cleo).get(limes.get_absolute_url()).text


def test_a_text_that_renders_to_too_much_comes_back_in_the_form(sign_in, ben, limes, opening):
    body = "- [ ] a\n" * 5_000
    answer = sign_in(ben).post(reply_url(limes), {"body": body, "parent": opening.pk, "token": uuid4()})
    assert answer.status_code == 400
    assert "Your text is too large when it is shown" in answer.content.decode()
    assert answer.content.decode().count("- [ ] a") == 5_000
    assert limes.comments.count() == 1
