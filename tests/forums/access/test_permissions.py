"""Content that a member may not see does not exist for them at any address."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from forums.access.permissions import EVERY_MEMBER
from forums.models import Category, Comment, Topic
from forums.search import index


@pytest.fixture
def steward(cleo, stewards):
    cleo.groups.add(stewards)
    return cleo


@pytest.fixture
def secret(steward, vault, open_topic):
    """A topic in the vault, with one reply."""
    topic = open_topic("Whom to trust", author=steward, category=vault, body="The key is under the mat.")
    opening = topic.comments.get()
    topic.reply(author=steward, parent=opening, body="Which mat?", token=uuid4())
    return topic


def doors(topic):
    """Returns every address of the topic, with the data to post, or None to get it."""
    first, second = topic.comments.order_by("seq")
    yield topic.get_absolute_url(), None
    yield f"/t/{topic.pk}/", None
    yield f"{topic.get_absolute_url()}?branch=2", None
    yield f"/t/{topic.pk}/reply/", None
    yield f"/t/{topic.pk}/reply/?parent={second.pk}", None
    yield f"/comments/{second.pk}/reply/", None
    yield f"/t/{topic.pk}/reply/", {"body": "I am in", "token": str(uuid4()), "parent": first.pk}
    yield f"/t/{topic.pk}/read/", {"seq": 1}
    yield f"/t/{topic.pk}/seen/", {"seq": 1}
    yield "/drafts/save/", {"token": str(uuid4()), "parent": first.pk, "body": "I am in"}
    yield f"/mentions/?q=c&topic={topic.pk}", None
    yield f"/c/{topic.category.slug}/", None
    yield f"/feed/c/{topic.category.slug}/", None
    yield f"/feed/t/{topic.pk}/", None
    for verb in ("lock", "unlock", "pin", "unpin", "move"):
        yield f"/t/{topic.pk}/{verb}/", {"category": topic.category.slug}
    for comment in (first, second):
        for page in ("", "edit/", "history/", "delete/"):
            yield f"/comments/{comment.pk}/{page}", None
        for verb in ("vote/up/", "vote/down/", "vote/none/", "bookmark/", "forget/", "fold/", "unfold/",
                     "accept/", "unaccept/", "hide/", "restore/", "edit/", "delete/"):  # fmt: skip
            yield f"/comments/{comment.pk}/{verb}", {"body": "I am in"}


def ask(browser, address, posted):
    return browser.get(address) if posted is None else browser.post(address, posted)


def test_a_private_topic_is_not_there_for_an_outsider(sign_in, ben, secret):
    browser = sign_in(ben)
    for address, posted in doors(secret):
        answer = ask(browser, address, posted)
        assert answer.status_code == 404, address
        for word in ("Whom to trust", "under the mat", "Which mat", "Vault"):
            assert word not in answer.text, address
    assert set(secret.comments.values_list("body", flat=True)) == {"The key is under the mat.", "Which mat?"}


def test_the_same_doors_open_for_a_steward(sign_in, steward, secret):
    browser = sign_in(steward)
    for address, posted in doors(secret):
        if not address.startswith("/feed/"):  # feeds hold only public content
            assert ask(browser, address, posted).status_code != 404, address
        secret.comments.update(deleted_at=None, hidden_at=None, body="The key is under the mat.")
        Topic.objects.update(deleted_at=None)


def test_a_visitor_is_asked_to_sign_in_or_sees_nothing(visitor, secret):
    for address, posted in doors(secret):
        answer = ask(visitor, address, posted)
        assert answer.status_code in {302, 403, 404}, address
        assert answer.status_code != 302 or answer.url.startswith("/accounts/login/"), address
        # The page returns the text to its author, whether the topic exists or not.
        assert answer.status_code != 403 or "You are signed out." in answer.text, address


LISTS = (
    "/", "/?list=new", "/?list=top", "/c/", "/search/?q=mat", "/new/", "/u/Cleo/", "/u/Cleo/?tab=comments",
    "/feed/latest/", "/bookmarks/", "/drafts/",
)  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_lists_leave_private_things_out(sign_in, ben, steward, secret, address):
    words = ("Whom to trust", "under the mat", "Vault")
    assert not any(word in sign_in(ben).get(address).text for word in words)
    if not address.startswith(("/feed/", "/bookmarks/", "/drafts/")):
        assert any(word in sign_in(steward).get(address).text for word in words)


def test_bookmarks_and_drafts_of_what_became_private_are_gone(sign_in, ben, limes, opening, vault):
    browser = sign_in(ben)
    browser.post(f"/comments/{opening.pk}/bookmark/")
    browser.post("/drafts/save/", {"token": uuid4(), "parent": opening.pk, "body": "Half a thought"})
    assert "plant limes" in browser.get("/bookmarks/").text
    assert "Half a thought" in browser.get("/drafts/").text
    limes.move(vault)
    assert "plant limes" not in browser.get("/bookmarks/").text
    assert "Half a thought" not in browser.get("/drafts/").text


def test_a_child_is_never_wider_than_its_parent(vault, ben, steward):
    child = Category.objects.create(name="Shelf", slug="shelf", parent=vault)
    assert child in Category.objects.visible_to(steward)
    assert child not in Category.objects.visible_to(ben)


def test_a_category_for_members_is_hidden_from_visitors(ben):
    lounge = Category.objects.create(name="Lounge", slug="lounge", see_groups=[EVERY_MEMBER])
    assert lounge in Category.objects.visible_to(ben)
    assert lounge not in Category.objects.visible_to(AnonymousUser())


def test_who_may_not_post_cannot(sign_in, ben, steward, stewards, open_topic):
    board = Category.objects.create(
        name="Notices", slug="notices", post_groups=[stewards.pk], reply_groups=[stewards.pk]
    )
    sent = {"category": board.pk, "title": "News", "body": "Hear!", "token": str(uuid4())}
    assert sign_in(ben).post("/new/", sent).status_code == 400
    assert sign_in(steward).post("/new/", sent).status_code == 303
    notice = Topic.objects.get(title="News")
    reply = {"body": "So?", "token": str(uuid4()), "parent": notice.comments.get().pk}
    refused = sign_in(ben).post(f"/t/{notice.pk}/reply/", reply)
    assert (refused.status_code, "So?" in refused.text) == (403, True)
    assert sign_in(steward).post(f"/t/{notice.pk}/reply/", reply).status_code == 303


def test_only_authors_and_moderators_edit(sign_in, ben, cleo, mod, opening, say):
    comment = say(opening)
    page = f"/comments/{comment.pk}/edit/"
    assert sign_in(cleo).post(page, {"body": "Mine now"}).status_code == 403
    assert Comment.objects.get(pk=comment.pk).body == "I think so too."
    assert sign_in(ben).post(page, {"body": "Better"}).status_code == 303
    assert sign_in(mod).post(page, {"body": "Calmer", "reason": "Rude"}).status_code == 303
    assert Comment.objects.get(pk=comment.pk).body == "Calmer"


@pytest.mark.parametrize("verb", ["lock", "unlock", "pin", "unpin", "move"])
def test_only_moderators_change_topics(sign_in, ada, mod, limes, verb):
    posted = {"category": "town"}
    assert sign_in(ada).post(f"/t/{limes.pk}/{verb}/", posted).status_code == 403
    assert sign_in(mod).post(f"/t/{limes.pk}/{verb}/", posted).status_code == 303


def test_a_hidden_text_is_shown_to_moderators_alone(sign_in, ben, mod, visitor, limes, opening, say):
    rude = say(opening, "You nincompoop.")
    say(rude, "Well, well.")
    index.run()
    assert "You <mark>nincompoop</mark>" in visitor.get("/search/?q=nincompoop").text
    sign_in(mod).post(f"/comments/{rude.pk}/hide/", {"reason": "Rude"})
    for browser in (visitor, sign_in(ben)):
        page = browser.get(limes.get_absolute_url()).text
        assert "nincompoop" not in page
        assert "Hidden by a moderator: Rude." in page
        assert browser.get(f"/comments/{rude.pk}/history/").status_code == 404
        assert "<mark>" not in browser.get("/search/?q=nincompoop").text
        assert "nincompoop" not in browser.get(f"/feed/t/{limes.pk}/").text
    assert "nincompoop" in sign_in(mod).get(f"/comments/{rude.pk}/history/").text
    sign_in(mod).post(f"/comments/{rude.pk}/restore/")
    assert "nincompoop" in visitor.get(limes.get_absolute_url()).text


def test_a_hidden_topic_is_there_for_moderators_alone(sign_in, ben, mod, limes):
    assert sign_in(ben).get(limes.get_absolute_url()).status_code == 200
    Topic.objects.filter(pk=limes.pk).update(hidden_at=limes.created_at)
    assert sign_in(ben).get(limes.get_absolute_url()).status_code == 404
    assert sign_in(mod).get(limes.get_absolute_url()).status_code == 200


def test_the_suspended_are_visitors(sign_in, eve, limes, opening):
    sent = {"body": "Still here", "token": str(uuid4()), "parent": opening.pk}
    assert sign_in(eve).post(f"/t/{limes.pk}/reply/", sent).status_code == 403
    assert limes.comments.count() == 1
