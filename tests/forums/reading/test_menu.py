"""The menu of a comment is a page of its own, with what this viewer can do now."""

import re
from html import unescape

import pytest

from forums.models import Watch
from forums.moderation.acts import comments

WATCH = ["Watch this branch", "Follow it quietly", "Mute it"]
REPORT, MODERATE = "Report", ["Slow mode", "Report", "Hide or moderate \N{HORIZONTAL ELLIPSIS}"]


def items(client, comment):
    """The words of all links and buttons of the menu."""
    page = client.get(f"/comments/{comment.pk}/menu/").text
    menu = page.partition('<div class="menu on-page">')[2].partition("</main>")[0]
    return [unescape(words) for words in re.findall(r">([^<>]+)</(?:a|button)>", menu)]


@pytest.mark.parametrize(
    ("who", "in_the_menu"),
    [
        ("ada", ["Link to this text", "Answers the topic", *WATCH, REPORT]),
        ("ben", ["Link to this text", "Edit", *WATCH, "Delete"]),
        ("cleo", ["Link to this text", *WATCH, REPORT]),
        ("mod", ["Link to this text", "Answers the topic", *WATCH, *MODERATE]),
    ],
)
def test_the_menu_of_a_reply_offers_what_the_viewer_may_do(
    who, in_the_menu, request, opening, say, ben, sign_in
):
    reply = say(opening, author=ben)
    assert items(sign_in(request.getfixturevalue(who)), reply) == in_the_menu


def test_the_menu_of_the_opening_has_nothing_that_is_for_branches(opening, ada, mod, sign_in):
    assert items(sign_in(ada), opening) == ["Link to this text", "Edit", "Delete"]
    assert items(sign_in(mod), opening) == ["Link to this text", *MODERATE[1:]]


def test_the_menu_shows_what_was_chosen_and_its_buttons_lead_back_to_the_comment(
    opening, say, ada, ben, sign_in
):
    reply = say(opening, author=ben)
    Watch.objects.choose(ada, "muted", comment=reply)
    reply.topic.accept(reply)
    page = sign_in(ada).get(f"/comments/{reply.pk}/menu/").text
    assert re.findall(r'formaction="([^"]+)" aria-pressed="true"', page) == [
        f"/comments/{reply.pk}/unaccept/",
        f"/comments/{reply.pk}/watch/muted/",
    ]
    assert f'formaction="/comments/{reply.pk}/watch/none/"' in page
    assert f'name="next" value="/comments/{reply.pk}/"' in page


def test_a_comment_that_is_gone_has_no_menu_and_visitors_sign_in_first(opening, say, mod, visitor, sign_in):
    reply = say(opening)
    address = f"/comments/{reply.pk}/menu/"
    assert visitor.get(address).url == f"/accounts/login/?next={address}"
    assert sign_in(mod).get(address).status_code == 200
    comments.hide(reply, by=mod, reason="Rude.")
    assert sign_in(mod).get(address).status_code == 404
