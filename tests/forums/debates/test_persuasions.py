"""A member who changed sides can name the comments that moved them. Others see numbers, and names only by agreement."""

import pytest

from accounts.profiles import deletion, export
from forums.models import Comment, Persuasion, Vote
from forums.tree import recount
from tests.cast import member


@pytest.fixture
def arguments(running, opening, say, ben, cleo):
    """Four comments of Ben and one of Cleo in the running debate."""
    return [*(say(opening, f"Argument {number}.") for number in range(4)), say(opening, "Mine.", author=cleo)]


@pytest.fixture
def name(running, sign_in, stand):
    """Lets a member change from for to against, and name comments: `name(cleo, [comment], is_named=True)`."""

    def name(who, comments, is_named=False):
        for side in ("for", "against"):
            stand(running, who, side)
        address = f"/t/{running.pk}/debate/moved/"
        for comment in comments:
            Vote.objects.cast(comment, by=who, value=1)  # so that the form offers it
        sent = {"comments": [comment.pk for comment in comments]} | ({"is_named": "on"} if is_named else {})
        return sign_in(who).post(address, sent)

    return name


def persuaded(comment):
    return Comment.objects.values_list("persuaded", flat=True).get(pk=comment.pk)


def test_a_member_is_asked_once_they_have_changed_sides(running, limes, stand, sign_in, cleo, visitor):
    browser, question = sign_in(cleo), 'class="help" hidden>You have changed sides.'
    address = f"/t/{running.pk}/debate/moved/"
    stand(running, cleo, "for")
    assert question in browser.get(limes.get_absolute_url()).text
    assert browser.get(address).status_code == 403
    stand(running, cleo, "against")
    page = browser.get(limes.get_absolute_url()).text
    assert question not in page and f'href="{address}"' in page
    assert "from “for” to “against”" in browser.get(address).text
    assert address not in visitor.get(limes.get_absolute_url()).text


def test_comments_are_named_and_withdrawn(running, limes, arguments, name, sign_in, cleo):
    first, second, third, *_ = arguments
    answer = name(cleo, [first, second])
    assert (answer.status_code, answer.url) == (303, f"{limes.get_absolute_url()}#debate")
    assert [persuaded(each) for each in (first, second, third)] == [1, 1, 0]
    page = sign_in(cleo).get(f"/t/{running.pk}/debate/moved/").text
    assert page.count("checked") == 2
    address, link = f"/t/{running.pk}/debate/moved/", f"https://example.org/comments/{third.pk}/"
    sign_in(cleo).post(address, {"comments": [second.pk], "link": link})
    assert [persuaded(each) for each in (first, second, third)] == [0, 1, 1]
    sign_in(cleo).post(address, {})
    assert Persuasion.objects.count() == 0
    assert [persuaded(each) for each in (first, second, third)] == [0, 0, 0]


def test_more_than_three_and_ones_own_comments_are_refused(
    running, arguments, name, open_topic, sign_in, cleo
):
    other = open_topic("Bees?").comments.get()
    answer = name(cleo, arguments[:4])
    assert answer.status_code == 400 and "Choose at most 3 comments." in answer.text
    for link in (f"/comments/{arguments[4].pk}/", f"/comments/{other.pk}/", "/t/1/"):
        answer = sign_in(cleo).post(f"/t/{running.pk}/debate/moved/", {"link": link})
        assert answer.status_code == 400 and "That is no link to a comment by somebody else" in answer.text
    assert Persuasion.objects.count() == 0


def test_a_number_is_shown_from_three_on_and_names_only_by_agreement(
    running, limes, arguments, name, visitor, mod
):
    comment, *_ = arguments
    dot, fay, gus = (member(each) for each in ("Dot", "Fay", "Gus"))
    address = f"/comments/{comment.pk}/moved/"
    for who, is_named in ((dot, True), (fay, False)):
        name(who, [comment], is_named)
    assert "moved 2" not in visitor.get(limes.get_absolute_url()).text
    assert visitor.get(address).status_code == 404
    name(gus, [comment])
    page = visitor.get(limes.get_absolute_url()).text
    assert f'<p class="help by-side"><a href="{address}">moved 3</a></p>' in page
    page = visitor.get(address).text
    assert "3 from “For” to “Against”" in page
    assert [name in page for name in ("Dot", "Fay", "Gus")] == [True, False, False]
    running.end(by=mod)
    page = visitor.get(running.summary_address).text
    assert f'<li>3 from “For” to “Against”: <a href="/comments/{comment.pk}/">Ben, ' in page
    comment.delete_by_author()
    assert visitor.get(address).status_code == 404
    assert "What changed minds" not in visitor.get(running.summary_address).text


def test_members_take_what_they_named_along_and_leave_nothing(
    running, limes, arguments, name, stand, cleo, fresh
):
    comment, other, *_ = arguments
    name(cleo, [comment, other], is_named=True)
    stand(running, cleo, "undecided")
    name(cleo, [comment])  # from for to against again: the comment counts once
    assert persuaded(comment) == 1
    assert [
        (each["comment"], each["came"], each["change__stand"]) for each in export._parts["persuasions"](cleo)
    ] == [
        (other.pk, "for", "against"),
        (comment.pk, "for", "against"),
    ]
    assert recount.differences() == []
    version = fresh(limes).version
    deletion.delete(cleo)
    assert (Persuasion.objects.count(), persuaded(comment), persuaded(other)) == (0, 0, 0)
    assert fresh(limes).version > version
