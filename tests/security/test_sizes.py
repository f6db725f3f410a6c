"""Answers have limits in bytes: with texts of the greatest size, they leave some out and link to them."""

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from forums.live.connections import updates
from forums.live.delivery.message import LARGEST
from forums.markup import size
from forums.models import Action, Case, Comment, Notification, OutgoingMail, Revision, Topic
from forums.notifications.mail import compose
from forums.search import index
from polls.models import Poll
from polls.results import live_updates

pytestmark = pytest.mark.django_db
HTML = f"<p>{'<em>long</em> ' * 3_800}{'words ' * 15_000}</p>"
"""A text that is nearly as large as one can be."""
SMALL = 200_000
"""Bytes of a page that shows only excerpts."""


@pytest.fixture
def many(limes, opening, say, ben):
    """Writes replies by Ben whose texts are of the greatest size: `many(number)`."""

    def many(number):
        comments = [say(opening, "short") for _ in range(number)]
        Comment.objects.filter(pk__in=[each.pk for each in comments]).update(
            body="long " * 7_900, body_html=HTML
        )
        return comments

    return many


def test_the_text_of_these_tests_is_as_large_as_one_can_be():
    assert size.LARGEST * 0.9 < size.size(HTML) <= size.LARGEST
    assert size.MOST_ELEMENTS * 0.9 < size.elements(HTML) <= size.MOST_ELEMENTS


def test_an_answer_with_changes_continues_in_others(limes, many, visitor):
    comments = many(12)
    Comment.objects.filter(topic=limes).update(changed_in=5, written_in=5)
    Topic.objects.filter(pk=limes.pk).update(version=9)
    address, parts = f"/t/{limes.pk}/changes/?since=1", []
    while True:
        answer = visitor.get(address)
        assert len(answer.content) < size.PAGE + size.LARGEST * 1.2
        parts.append([each["id"] for each in answer.json()["comments"]])
        if "more" not in answer.json():
            break
        address = f"/t/{limes.pk}/changes/?since=1&after={answer.json()['more']}"
    assert sorted(pk for part in parts for pk in part if pk != limes.comments.get(seq=1).pk) == [
        comment.pk for comment in comments
    ]
    assert len(parts) == 4


def test_votes_on_large_texts_need_one_answer(limes, many, visitor):
    many(12)
    Comment.objects.filter(topic=limes).update(changed_in=5, written_in=1)
    Topic.objects.filter(pk=limes.pk).update(version=9)
    answer = visitor.get(f"/t/{limes.pk}/changes/?since=1").json()
    assert (len(answer["comments"]), answer.get("more")) == (13, None)


def test_pages_with_excerpts_do_not_grow_with_the_texts(many, opening, ben, ada, sign_in):
    comments = many(25)
    browser = sign_in(ada)
    for comment in comments:
        ada.bookmarks.create(comment=comment)
        ada.drafts.create(token=comment.token, topic=comment.topic, parent=comment, body="x" * 39_000)
        Notification.objects.create(
            kind="replied", member=ada, actor=ben, comment=comment, topic=comment.topic, once=str(comment.pk)
        )
    index.run()
    for path in ("/u/Ben/?tab=comments", "/bookmarks/", "/notifications/", "/drafts/", "/search/?q=short"):
        assert len(browser.get(path).content) < SMALL, path
    assert "long long long" in browser.get("/bookmarks/").text


def test_a_mail_has_excerpts_of_the_first_topics_and_counts_the_others(many, open_topic, ada, ben):
    notes = []
    for comment in many(19):
        topic = open_topic("Another")
        comment = topic.comments.get()
        Comment.objects.filter(pk=comment.pk).update(
            author=ben, body_html=f"<p>{'木木木木木木木 ' * 300}</p>"
        )
        notes.append(
            Notification.objects.create(
                kind="replied", member=ada, actor=ben, comment=comment, topic=topic, once=str(comment.pk)
            )
        )
    mail = OutgoingMail.objects.create(member=ada, notifications=[note.pk for note in notes])
    message = compose.write(mail)
    assert message.body.count("Another") == 15
    assert "more topics: http" in message.body
    assert len(message.message().as_bytes()) < 5 * compose.BYTES


def test_the_history_continues_on_other_pages(many, visitor):
    (comment,) = many(1)
    for number in range(20):
        Revision.objects.create(
            comment=comment, body=f"{number} " * 15_000, written_at=timezone.now(), replaced_by=comment.author
        )
    address, numbers = f"/comments/{comment.pk}/history/", []
    while address:
        page = visitor.get(address)
        assert len(page.content) < size.PAGE + SMALL
        numbers += [version.number for version in page.context["versions"]]
        address = page.context["older"] and f"/comments/{comment.pk}/history/{page.context['older']}"
    assert numbers == list(range(21, 0, -1))


def test_the_queue_shows_the_first_texts_and_links_to_the_others(many, mod, sign_in):
    cases = [Case.objects.create(comment=comment) for comment in many(10)]
    page = sign_in(mod).get("/moderation/").text
    assert len(page) < size.PAGE + size.LARGEST + SMALL
    assert page.count("Read the text") == 6
    last = sign_in(mod).get(cases[-1].get_absolute_url()).text
    assert ("Read the text" in last, last.count("<em>long</em>")) == (False, 3_800)


def test_the_page_of_an_act_says_how_many_texts_it_leaves_out(many, limes, mod, ben, sign_in):
    action = Action.objects.create(
        verb="branch_hidden", topic=limes, category=limes.category, by=mod, what="a branch"
    )
    pks = [comment.pk for comment in many(10)]
    Comment.objects.filter(pk__in=pks).update(hidden_in=action, hidden_at=timezone.now())
    page = sign_in(mod).get(action.get_absolute_url()).text
    assert len(page) < size.PAGE + size.LARGEST + SMALL
    assert "6 more texts are not shown here." in page


def test_a_frame_leaves_out_results_that_are_too_large(limes, ada, monkeypatch):
    monkeypatch.setattr(live_updates, "LARGEST", 3_000)
    polls = []
    for _ in range(4):
        poll = Poll.objects.create(
            topic=limes, author=ada, question="?", method="one", results_show="always", token=uuid4()
        )
        for number in range(6):
            poll.options.create(wording=f"Option {number}", position=number)
        polls.append({"poll": poll.pk})
    stream = type("Stream", (), {"step": 0})
    batch = [json.loads(versions[""]) for versions in live_updates.counted(polls, stream)]
    assert [each["poll"] for each in batch] == [each["poll"] for each in polls]
    assert 0 < len([each for each in batch if "results" in each]) < 4
    assert "results" in json.loads(live_updates.state(polls[-1]["poll"])[""])


def test_a_frame_leaves_out_changes_that_are_too_large(limes, many):
    many(2)
    Comment.objects.filter(topic=limes).update(changed_in=5, written_in=5)
    Topic.objects.filter(pk=limes.pk).update(version=9)
    ((version, texts),) = updates.missed([(limes.pk, 1)])
    assert (version, texts) == (float("inf"), {})
    assert LARGEST < size.LARGEST
