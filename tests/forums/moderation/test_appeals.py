"""Appeals against moderators' decisions: one for each decision, decided by another moderator."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Sanction, Trust, User
from forums.models import Action, Appeal, Case, Category, Comment, Notification, PendingPost
from forums.models.moderation.action import Overtaken
from forums.moderation import appeals as appeal_rules
from forums.moderation import reports, undoing
from forums.moderation.acts import branches, comments, members, pending, topics
from forums.notifications import dispatch
from forums.posting import publish
from tests.cast import member

WHY = {"reason": "Kindly meant"}


@pytest.fixture
def second_mod(mod):
    user = member("Second")
    user.groups.set(mod.groups.all())
    return user


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


@pytest.fixture
def lane(db):
    """A category whose only moderator is Lara."""
    lara, group = member("Lara"), Group.objects.create(name="Of the lane")
    lara.groups.add(group)
    return Category.objects.create(name="Lane", slug="lane", moderator_groups=[group.pk])


def again(comment):
    return Comment.objects.with_context().get(pk=comment.pk)


def decide(browser, appeal, how="grant"):
    return browser.post(f"{appeal.get_absolute_url()}{how}/", WHY)


def heard(**said):
    dispatch.dispatch_events()
    return sorted(note.member.username for note in Notification.objects.filter(kind="moderated", **said))


@pytest.fixture
def hidden_by_reports(rude, regulars, rule):
    for user in regulars[:3]:
        reports.report(again(rude), by=user, rule=rule)
    return Action.objects.get()


def test_what_reports_had_hidden_and_a_moderator_upheld_is_appealed_once_and_not_decided_by_them(
    sign_in, ben, mod, second_mod, rude, rule, hidden_by_reports
):
    appeal = appeal_rules.appeal(hidden_by_reports, by=ben, words="A joke")
    upheld = reports.uphold(Case.objects.get(), by=mod, rule=rule)
    appeal.refresh_from_db()
    assert appeal.action == upheld
    author = sign_in(ben)
    for action in (hidden_by_reports, upheld):
        assert author.post(f"{action.get_absolute_url()}appeal/", {"words": "Again"}).status_code == 409
    assert decide(sign_in(mod), appeal).status_code == 403
    assert decide(sign_in(second_mod), appeal).status_code == 303
    assert not again(rude).is_hidden
    assert Action.objects.get(pk=upheld.pk).is_undone
    assert not Appeal.objects.pending().exists()


def test_only_what_holds_now_is_appealed_against(sign_in, ben, mod, rule, rude, hidden_by_reports):
    upheld = reports.uphold(Case.objects.get(), by=mod, rule=rule)
    author, sent = sign_in(ben), {"words": "A joke"}
    assert author.post(f"{hidden_by_reports.get_absolute_url()}appeal/", sent).status_code == 409
    assert "something else has been decided since" in author.get(hidden_by_reports.get_absolute_url()).text
    assert author.post(f"{upheld.get_absolute_url()}appeal/", sent).status_code == 303


def test_only_what_holds_now_is_undone(mod, second_mod, rule, rude, hidden_by_reports):
    upheld = reports.uphold(Case.objects.get(), by=mod, rule=rule)
    with pytest.raises(Overtaken):
        undoing.undo(hidden_by_reports, by=second_mod)
    assert again(rude).is_hidden
    assert undoing.undo(upheld, by=second_mod).verb == "comment_restored"
    assert not again(rude).is_hidden


def test_an_appeal_against_what_has_ended_meanwhile_is_granted_all_the_same(
    sign_in, ben, mod, second_mod, rule
):
    action = members.silence(ben, by=mod, rule=rule, until=timezone.now() + timedelta(days=1))
    appeal = appeal_rules.appeal(action, by=ben, words="A joke")
    ago = timezone.now() - timedelta(days=1)
    Sanction.objects.update(at=ago - timedelta(days=1), until=ago)
    assert decide(sign_in(second_mod), appeal).status_code == 303
    appeal.refresh_from_db()
    assert (appeal.is_granted, appeal.decision.reason) == (True, "Kindly meant")


def test_an_appeal_ends_when_what_it_is_about_is_undone(sign_in, ben, cleo, mod, second_mod, rude, say):
    say(rude, "Well said!", author=cleo)
    action = branches.hide(again(rude), by=mod, reason="Rude")
    appeals = [appeal_rules.appeal(action, by=user, words="A joke") for user in (ben, cleo)]
    undone = undoing.undo(action, by=mod, reason="By mistake")
    for appeal in appeals:
        appeal.refresh_from_db()
        assert (appeal.is_granted, appeal.decision) == (True, undone)
    assert heard(words__startswith="Branch restored") == ["Ben", "Cleo"]
    assert "By mistake" in sign_in(cleo).get(appeals[1].get_absolute_url()).text
    assert decide(sign_in(second_mod), appeals[0]).status_code == 409


def test_all_who_appealed_hear_that_it_is_granted(sign_in, ben, cleo, ada, mod, second_mod, rude, say):
    for user in (cleo, ada):
        say(rude, "Well said!", author=user)
    action = branches.hide(again(rude), by=mod, reason="Rude")
    first, _ = [appeal_rules.appeal(action, by=user, words="A joke") for user in (ben, cleo)]
    decide(sign_in(second_mod), first)
    assert heard(words__startswith="Appeal granted") == ["Ben", "Cleo"]
    assert not Appeal.objects.pending().exists()


def test_a_refusal_is_told_to_the_one_who_asked(sign_in, ben, cleo, mod, second_mod, rude, say):
    say(rude, "Well said!", author=cleo)
    action = branches.hide(again(rude), by=mod, reason="Rude")
    first, other = [appeal_rules.appeal(action, by=user, words="A joke") for user in (ben, cleo)]
    decide(sign_in(second_mod), first, "refuse")
    assert heard(words__startswith="Appeal refused") == ["Ben"]
    assert list(Appeal.objects.pending()) == [other]


def test_an_appeal_goes_with_its_topic(sign_in, ben, mod, gardener, lane, limes, rude, rule):
    appeal = appeal_rules.appeal(comments.hide(again(rude), by=mod, rule=rule), by=ben, words="A joke")
    old, new = sign_in(gardener), sign_in(User.objects.get(username="Lara"))
    assert ("A joke" in old.get("/moderation/").text, new.get(appeal.get_absolute_url()).status_code) == (
        True,
        404,
    )
    topics.move(limes, lane, by=mod)
    for page in ("/moderation/", "/appeals/"):
        assert ["A joke" in browser.get(page).text for browser in (old, new)] == [False, True]
    assert (decide(old, appeal).status_code, decide(new, appeal).status_code) == (404, 303)
    assert not again(rude).is_hidden


def test_the_only_moderator_of_the_site_leaves_it_to_those_of_the_category(ben, mod, gardener, rude, rule):
    appeal = appeal_rules.appeal(comments.hide(again(rude), by=mod, rule=rule), by=ben, words="A joke")
    assert [appeal_rules.may_decide(user, appeal) for user in (mod, gardener)] == [False, True]


@pytest.mark.parametrize("page", ["/appeals/", "/moderation/"])
def test_many_against_what_one_did_cost_no_more_queries_than_one(
    page, sign_in, ben, mod, second_mod, gardener, opening, say, django_assert_num_queries
):
    def appeal_against_hiding(word):
        hiding = comments.hide(again(say(opening, word)), by=mod, reason="Rude")
        return appeal_rules.appeal(hiding, by=ben, words="A joke")

    browser = sign_in(mod)
    appeal_against_hiding("nincompoop")
    browser.get(page)
    with CaptureQueriesContext(connection) as asked:
        browser.get(page)
    for word in ("blockhead", "dunce", "oaf"):
        last = appeal_against_hiding(word)
    with django_assert_num_queries(len(asked)):
        answer = browser.get(page)
    assert last.get_absolute_url() not in answer.text
    assert last.get_absolute_url() in sign_in(second_mod).get(page).text


def test_sanctions_are_for_moderators_of_the_site(sign_in, ben, mod, gardener, rude, rule):
    action = members.warn(ben, by=mod, rule=rule, comment=again(rude))
    appeal = appeal_rules.appeal(action, by=ben, words="A joke")
    assert [appeal_rules.may_decide(user, appeal) for user in (mod, gardener)] == [True, False]
    assert decide(sign_in(gardener), appeal, "refuse").status_code == 404
    assert decide(sign_in(mod), appeal, "refuse").status_code == 303


def test_of_two_moderators_the_other_decides_where_one_appeals(opening, say, mod, second_mod, rule):
    own = say(opening, "You nincompoop.", author=second_mod)
    appeal = appeal_rules.appeal(comments.hide(again(own), by=mod, rule=rule), by=second_mod, words="A joke")
    assert [appeal_rules.may_decide(user, appeal) for user in (mod, second_mod)] == [True, False]


def test_moderators_show_the_second_factor_to_read_appeals(
    sign_in, ben, mod, second_mod, rude, rule, settings
):
    appeal = appeal_rules.appeal(comments.hide(again(rude), by=mod, rule=rule), by=ben, words="A joke")
    settings.STAFF_MFA_REQUIRED = True
    for address in ("/appeals/", appeal.get_absolute_url()):
        assert sign_in(second_mod).get(address).url == "/accounts/2fa/"
        assert "A joke" in sign_in(ben).get(appeal.get_absolute_url()).text
    assert decide(sign_in(second_mod), appeal).url == "/accounts/2fa/"
    assert not Appeal.objects.exclude(decided_at=None).exists()


# --- Texts that were refused ------------------------------------------------------------------------


@pytest.fixture
def refused(limes, opening, mod) -> PendingPost:
    text = {"parent": opening, "body": "See https://shop.example/lamps please", "token": uuid4()}
    post = publish.reply(limes, author=member("Nia", trust=Trust.NEW), **text).pending
    pending.refuse(post, by=mod, reason="An advertisement")
    return PendingPost.objects.get(pk=post.pk)


def test_a_refused_text_is_posted_when_its_author_appeals_with_success(
    sign_in, mod, second_mod, refused, limes
):
    author = sign_in(refused.author)
    entry = refused.decision.get_absolute_url()
    assert entry in author.get(refused.get_absolute_url()).text
    assert author.post(f"{entry}appeal/", {"words": "They are mine"}).status_code == 303
    appeal = Appeal.objects.get()
    assert decide(sign_in(mod), appeal).status_code == 403
    other = sign_in(second_mod)
    assert refused.get_absolute_url() in other.get(appeal.get_absolute_url()).text
    assert decide(other, appeal).status_code == 303
    posted = limes.comments.get(seq=2)
    refused.refresh_from_db()
    assert (posted.author, posted.body, refused.comment) == (refused.author, refused.body, posted)
    assert refused.is_approved


def test_a_refused_text_has_to_have_a_place_still(sign_in, second_mod, refused, opening):
    appeal = appeal_rules.appeal(refused.decision, by=refused.author, words="They are mine")
    again(opening).delete_by_author()
    answer = decide(sign_in(second_mod), appeal)
    assert (answer.status_code, "has been deleted meanwhile" in answer.text) == (409, True)
    assert not Comment.objects.filter(body=refused.body).exists()
    appeal.refresh_from_db()
    assert not appeal.is_decided


def refused_topic(category, by):
    nia = member("Nia", trust=Trust.NEW)
    said = {"title": "Lamps", "body": "See https://shop.example/lamps please", "token": uuid4()}
    post = publish.open_topic(author=nia, category=category, **said).pending
    pending.refuse(post, by=by, reason="Lamps again")
    return appeal_rules.appeal(Action.objects.get(), by=nia, words="They are mine")


def test_about_a_text_that_was_to_open_a_topic_decide_those_of_its_category(sign_in, lane, mod):
    appeal = refused_topic(lane, by=mod)
    lara = sign_in(User.objects.get(username="Lara"))
    assert decide(lara, appeal).status_code == 303
    assert lane.topics.get().title == "Lamps"


def test_what_is_said_of_a_text_that_was_to_open_a_topic_read_those_who_see_the_category(
    visitor, lane, mod, second_mod, stewards
):
    appeal = refused_topic(lane, by=mod)
    decision = appeal_rules.refuse(appeal, by=second_mod, reason="Lamps they are")
    assert decision.category == lane
    assert "Lamps they are" in visitor.get(decision.get_absolute_url()).text
    lane.see_groups = [stewards.pk]
    lane.save()
    assert "Lamps they are" not in visitor.get(decision.get_absolute_url()).text


def test_what_its_author_has_sent_again_is_not_posted_twice(second_mod, refused):
    appeal = appeal_rules.appeal(refused.decision, by=refused.author, words="They are mine")
    refused.back_to_draft()
    with pytest.raises(Overtaken):
        undoing.undo(refused.decision, by=second_mod)
    assert appeal_rules.grant(appeal, by=second_mod, reason="So they are").verb == "appeal_granted"
    assert not Comment.objects.filter(body=refused.body).exists()
