"""Deciding cases: each act by moderators who may do it, once, with an outcome that others can see."""

import pytest

from accounts.models import Sanction, User
from forums.models import Action, Case, Comment, Notification, Topic
from forums.moderation import undoing
from forums.moderation.acts import comments
from forums.notifications import dispatch
from forums.tree import recount
from tests.cast import member
from tests.concurrency import run_concurrently

KEPT, HIDDEN = (False, True)


def said(answer) -> list[str]:
    """Returns the messages on the moderator's next page."""
    return [str(message) for message in answer.client.get("/moderation/").context["messages"]]


def press(browser, case, act, **sent):
    return browser.post(f"/moderation/{case.pk}/{act}/", sent)


ACTS = {
    "keep": ("item_kept", KEPT),
    "hide": ("comment_hidden", HIDDEN),
    "branch": ("branch_hidden", HIDDEN),
    "warn": ("member_warned", KEPT),
    "silence": ("member_silenced", KEPT),
    "suspend": ("member_suspended", KEPT),
    "remove": ("spammer_removed", HIDDEN),
}
SANCTIONS = ("warn", "silence", "suspend")
ROLES = {
    "chief": set(ACTS),
    "mod": set(ACTS),
    "gardener": {"keep", "hide", "branch"},
    "ada": set(),
    "ben": set(),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ROLES)
def test_each_act_is_for_those_who_may(request, sign_in, case, rude, rule, act, who):
    user = request.getfixturevalue(who)
    answer = press(sign_in(user), case, act, rule=rule.pk, silence="1", suspend="7")
    case.refresh_from_db()
    if act in ROLES[who]:
        verb, is_hidden = ACTS[act]
        assert (answer.status_code, case.outcome.verb, case.outcome.by) == (303, verb, user)
        assert Comment.objects.get(pk=rude.pk).is_hidden == is_hidden
    else:
        assert (answer.status_code, case.is_open) == (403, True)
        assert not Action.objects.exists()
        assert not Sanction.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_a_case_of_a_closed_room_is_not_there(
    sign_in, mod, chief, reported, open_topic, vault, cleo, stewards, rule, act
):
    cleo.groups.add(stewards)
    secret = reported(open_topic("Whom to trust", author=cleo, category=vault).comments.get(), by=chief)
    assert press(sign_in(mod), secret, act, rule=rule.pk).status_code == 404
    assert Case.objects.get(pk=secret.pk).is_open
    mod.groups.add(stewards)
    assert press(sign_in(mod), secret, act, rule=rule.pk, silence="1", suspend="1").status_code == 303


@pytest.mark.parametrize("act", ACTS)
def test_nobody_decides_what_concerns_themselves(sign_in, mod, reported, say, opening, rule, act):
    own = reported(say(opening, "My opinion.", author=mod))
    assert press(sign_in(mod), own, act, rule=rule.pk).status_code == 403
    assert Case.objects.get(pk=own.pk).is_open


@pytest.mark.parametrize("act", SANCTIONS)
def test_a_sanction_needs_a_ground_and_can_hide_along(sign_in, mod, case, rude, rule, ben, act):
    browser = sign_in(mod)
    assert said(press(browser, case, act, hide="on", silence="1", suspend="1")) == [
        "Please name a rule or a reason. The member will read it."
    ]
    assert (Comment.objects.get(pk=rude.pk).is_hidden, Sanction.objects.exists()) == (False, False)
    press(browser, case, act, hide="on", rule=rule.pk, silence="1", suspend="1")
    assert (Comment.objects.get(pk=rude.pk).is_hidden, Sanction.objects.get().member) == (True, ben)


def test_lengths_are_those_of_the_act(sign_in, mod, case, rule):
    press(sign_in(mod), case, "silence", rule=rule.pk, silence="3", suspend="30")
    sanction = Sanction.objects.get()
    assert (sanction.until - sanction.at).days in (2, 3)


def test_a_suspension_can_be_for_good_and_a_silence_has_an_end(sign_in, mod, case, rule, ben, reported):
    browser = sign_in(mod)
    assert (
        "is not one of the available choices"
        in said(press(browser, case, "silence", rule=rule.pk, silence="0"))[0]
    )
    for act in ("silence", "suspend"):
        assert said(press(browser, case, act, rule=rule.pk))[-1] == "Say for how long."
    assert not Sanction.objects.exists()
    press(browser, case, "suspend", rule=rule.pk, suspend="0")
    assert Sanction.objects.get().until is None


def test_moderators_are_not_offered_to_sanction_each_other(sign_in, mod, chief, reported, say, opening, rule):
    about = reported(say(opening, "Hear!", author=mod))
    browser = sign_in(chief)
    (entry,) = browser.get("/moderation/").context["queue"].entries
    assert [act.name for act in entry.offered if act.is_sanction] == []
    assert press(browser, about, "warn", rule=rule.pk).status_code == 403
    assert not Sanction.objects.exists()


def test_a_claim_keeps_others_from_deciding(sign_in, mod, gardener, case):
    first, other = sign_in(mod), sign_in(gardener)
    assert first.post(f"/moderation/{case.pk}/claim/").status_code == 303
    assert "Mod is looking at it" in other.get("/moderation/").text
    assert said(press(other, case, "keep")) == ["Mod is looking at this just now."]
    assert said(other.post(f"/moderation/{case.pk}/claim/")) == ["Mod is looking at this just now."]
    other.post(f"/moderation/{case.pk}/release/")
    assert Case.objects.get(pk=case.pk).claimed_by == mod
    first.post(f"/moderation/{case.pk}/release/")
    press(other, case, "keep")
    assert not Case.objects.get(pk=case.pk).is_open


def test_what_is_decided_is_decided_once(sign_in, mod, gardener, case):
    press(sign_in(mod), case, "keep")
    assert said(press(sign_in(gardener), case, "hide")) == ["Somebody else has decided this meanwhile."]
    assert Action.objects.count() == 1


def test_what_reports_have_hidden_is_hidden_by_a_moderator_from_then_on(
    sign_in, mod, reported, rude, regulars, rule, limes
):
    case = None
    for user in regulars[:3]:
        case = reported(rude, by=user)
    assert Comment.objects.get(pk=rude.pk).hidden_in.role == "trusted_reports"
    count = Topic.objects.get(pk=limes.pk).comment_count
    press(sign_in(mod), case, "hide", rule=rule.pk, reason="Rude indeed")
    hidden = Comment.objects.get(pk=rude.pk)
    assert (hidden.is_hidden, hidden.hidden_by, hidden.hidden_in.reason) == (True, mod, "Rude indeed")
    assert Topic.objects.get(pk=limes.pk).comment_count == count == 0
    undoing.undo(hidden.hidden_in, by=mod)
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert Topic.objects.get(pk=limes.pk).comment_count == 1


def test_what_was_held_is_approved_or_refused(sign_in, mod, say, opening):
    good, bad = say(opening, "Good."), say(opening, "Bad.")
    comments.hold(good)
    comments.hold(bad)
    press(sign_in(mod), good.cases.get(), "keep")
    press(sign_in(mod), bad.cases.get(), "hide")
    assert [Comment.objects.get(pk=each.pk).is_hidden for each in (good, bad)] == [False, True]
    assert not Case.objects.pending().exists()


def test_a_topic_that_reports_have_hidden_stays_so_by_a_moderators_act(
    sign_in, mod, reported, limes, regulars
):
    case = None
    for user in regulars[:3]:
        case = reported(limes, by=user)
    press(sign_in(mod), case, "hide", reason="An advertisement")
    topic = Topic.objects.get(pk=limes.pk)
    assert (topic.is_hidden, topic.hidden_by, topic.hidden_in.reason) == (True, mod, "An advertisement")


def test_what_its_author_has_deleted_can_be_closed(sign_in, mod, case, rude):
    rude.delete_by_author()
    browser = sign_in(mod)
    assert "deleted" in said(press(browser, case, "hide"))[0]
    press(browser, case, "keep")
    assert not Case.objects.get(pk=case.pk).is_open


def test_many_are_decided_at_once_and_what_is_refused_stays(
    sign_in, mod, gardener, reported, say, opening, rule
):
    cases = [reported(say(opening, f"Comment {n}")) for n in range(4)]
    cases[3].claim(gardener)
    answer = sign_in(mod).post(
        "/moderation/chosen/hide/", {"case": [case.pk for case in cases], "rule": rule.pk}
    )
    assert said(answer) == ["Gardener is looking at this just now.", "Hide: 3 of 4 chosen."]
    assert [Case.objects.get(pk=case.pk).is_open for case in cases] == [False, False, False, True]


def test_many_are_chosen_of_ones_own_alone(sign_in, gardener, ben, case, chief, reported, open_topic, vault):
    secret = reported(open_topic("Whom to trust", author=chief, category=vault))
    sign_in(gardener).post("/moderation/chosen/keep/", {"case": [case.pk, secret.pk, "x", "9" * 30]})
    assert list(Case.objects.pending()) == [secret]
    assert sign_in(ben).post("/moderation/chosen/keep/", {"case": [secret.pk]}).status_code == 403


@pytest.mark.parametrize("sent", [{"rule": "999"}, {"rule": "x"}, {"reason": "x" * 1001}, {"suspend": "5"}])
def test_a_form_that_makes_no_sense_decides_nothing(sign_in, mod, case, sent):
    answer = press(sign_in(mod), case, "hide", **sent)
    assert (answer.status_code, len(said(answer))) == (303, 1)
    assert Case.objects.get(pk=case.pk).is_open


def test_acts_have_their_names_and_are_posted(sign_in, mod, case):
    browser = sign_in(mod)
    assert press(browser, case, "applaud").status_code == 404
    assert browser.get(f"/moderation/{case.pk}/keep/").status_code == 405
    assert browser.post("/moderation/chosen/applaud/").status_code == 404
    assert browser.post(f"/moderation/{10**30}/keep/").status_code == 404


def test_one_comes_back_to_the_page_one_was_on_and_nowhere_else(sign_in, mod, case, reported, limes):
    browser, other = sign_in(mod), reported(limes)
    assert press(browser, case, "keep", next="/moderation/?why=reported").url == "/moderation/?why=reported"
    assert press(browser, other, "keep", next="https://evil.example/").url == "/moderation/"


def test_a_branch_goes_with_all_below_it(sign_in, mod, case, rude, say, rule):
    below = say(say(rude, "Well, well."), "Indeed.")
    press(sign_in(mod), case, "branch", rule=rule.pk)
    assert [Comment.objects.get(pk=each.pk).is_hidden for each in (rude, below)] == [True, True]
    assert recount.differences() == []


def test_the_opening_has_no_branch_of_its_own(sign_in, mod, reported, opening):
    case = reported(opening, by=None)
    browser = sign_in(mod)
    (entry,) = browser.get("/moderation/").context["queue"].entries
    assert "branch" not in [act.name for act in entry.offered]
    assert said(press(browser, case, "branch")) == [
        "This comment opens the topic. Please do it to the whole topic instead."
    ]


@pytest.mark.django_db(transaction=True)  # each batch has its own transaction
def test_a_spammer_goes_with_everything_and_comes_back_with_everything(
    sign_in, mod, ben, case, say, opening, rule
):
    other = say(opening, "Buy lamps!")
    press(sign_in(mod), case, "remove", rule=rule.pk)
    assert not Comment.objects.filter(author=ben, hidden_at=None).exists()
    assert sign_in(ben).get("/moderation/").status_code == 302
    undoing.undo(Case.objects.get(pk=case.pk).outcome, by=mod)
    assert not Comment.objects.get(pk=other.pk).is_hidden
    assert recount.differences() == []


def test_spammers_are_removed_by_the_dozen(sign_in, mod, reported, say, opening, rule):
    spammers = [member(f"Spammer{n}") for n in range(4)]
    cases = [reported(say(opening, "Buy!", author=each)) for each in spammers for _ in range(2)]
    answer = sign_in(mod).post(
        "/moderation/chosen/remove/", {"case": [case.pk for case in cases], "rule": rule.pk}
    )
    assert answer.status_code == 303
    assert not Case.objects.pending().exists()
    assert set(User.objects.exclude(suspended_at=None)) == set(spammers)
    assert Topic.objects.get().comment_count == 0
    assert recount.differences() == []


# --- Effects of a decision on other cases ---------------------------------------------------------


@pytest.fixture
def hidden_by_reports(reported, rude, regulars):
    """The case about Ben's reply, which enough trusted members have reported to hide it."""
    return [reported(rude, by=user) for user in regulars[:3]][-1]


@pytest.mark.parametrize("act", SANCTIONS)
def test_a_sanction_that_does_not_hide_shows_what_was_hidden_until_somebody_looked(
    sign_in, mod, rude, rule, hidden_by_reports, act
):
    assert Comment.objects.get(pk=rude.pk).is_hidden
    press(sign_in(mod), hidden_by_reports, act, rule=rule.pk, silence="1", suspend="1")
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert Case.objects.get().outcome.act.says.startswith("Member ")
    assert recount.differences() == []


def test_editing_shows_what_was_hidden_until_somebody_looked(sign_in, mod, rude, hidden_by_reports):
    sign_in(mod).post(f"/comments/{rude.pk}/edit/", {"body": "You dear person.", "reason": "Rude"})
    assert Case.objects.get().outcome.verb == "comment_edited"
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert recount.differences() == []


def test_editing_leaves_hidden_what_a_moderator_has_hidden(sign_in, mod, rude, case, rule):
    press(sign_in(mod), case, "hide", rule=rule.pk)
    sign_in(mod).post(f"/comments/{rude.pk}/edit/", {"body": "You dear person.", "reason": "Rude"})
    hidden = Comment.objects.get(pk=rude.pk)
    assert (hidden.body, hidden.is_hidden) == ("You dear person.", True)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/t/{topic}/rename/", {"title": "Trees"}),
        ("/comments/{opening}/edit/", {"title": "Trees", "body": "What do you think?", "reason": "Rude"}),
    ],
)
def test_another_title_shows_a_topic_that_was_hidden_until_somebody_looked(
    sign_in, mod, reported, limes, opening, regulars, address, sent
):
    for user in regulars[:3]:
        reported(limes, by=user)
    assert Topic.objects.get(pk=limes.pk).is_hidden
    sign_in(mod).post(address.format(topic=limes.pk, opening=opening.pk), sent)
    topic = Topic.objects.get(pk=limes.pk)
    assert (topic.title, topic.is_hidden, Case.objects.get().is_open) == ("Trees", False, False)


def test_a_topics_opening_can_be_edited_from_its_case(sign_in, mod, reported, limes, opening):
    reported(limes)
    assert f'href="/comments/{opening.pk}/edit/" data-letter="e"' in sign_in(mod).get("/moderation/").text


def test_nobody_edits_what_somebody_else_is_looking_at(sign_in, mod, gardener, case, rude, limes, reported):
    case.claim(gardener)
    sent = {"body": "You dear person.", "reason": "Rude"}
    answer = sign_in(mod).post(f"/comments/{rude.pk}/edit/", sent)
    assert (answer.status_code, "Gardener is looking at this just now." in answer.text) == (409, True)
    assert (Comment.objects.get(pk=rude.pk).body, Case.objects.get().is_open) == (rude.body, True)
    assert sign_in(gardener).post(f"/comments/{rude.pk}/edit/", sent).status_code == 303
    assert not Case.objects.get().is_open


def test_nobody_claims_what_concerns_themselves(sign_in, mod, gardener, reported, say, opening):
    own = reported(say(opening, "My opinion.", author=mod))
    assert sign_in(mod).post(f"/moderation/{own.pk}/claim/").status_code == 403
    assert Case.objects.get(pk=own.pk).claimed_by is None
    assert sign_in(gardener).post(f"/moderation/{own.pk}/claim/").status_code == 303
    assert Case.objects.get(pk=own.pk).claimed_by == gardener


def test_of_what_its_author_has_deleted_the_reporters_hear_that_it_is_gone(
    sign_in, mod, case, rude, cleo, rule
):
    rude.delete_by_author()
    browser = sign_in(mod)
    page = browser.get("/moderation/")
    (entry,) = page.context["queue"].entries
    offered = ["keep", "warn", "silence", "suspend", "remove"]
    assert [act.name for act in entry.offered] == offered
    assert (entry.offered[0].says, 'name="hide"' in page.text) == ("Close: its author has deleted it", False)
    press(browser, case, "keep")
    dispatch.dispatch_events()
    assert Notification.objects.get(member=cleo, kind="moderated").words == (
        "What you have reported was looked at. Taken away by its author."
    )
    assert "Taken away by its author" in sign_in(cleo).get("/reports/").text


def test_the_author_of_what_is_gone_can_be_warned_all_the_same(sign_in, mod, case, rude, rule, ben):
    rude.delete_by_author()
    press(sign_in(mod), case, "warn", rule=rule.pk, hide="on")
    assert (Sanction.objects.get().member, Case.objects.get().is_open) == (ben, False)


def test_a_warning_for_a_topic_names_it_and_leaves_the_authors_profile_to_be_looked_at(
    sign_in, mod, reported, limes, ada, ben, rule
):
    profile, topic = reported(ada, by=ben), reported(limes)
    press(sign_in(mod), topic, "warn", rule=rule.pk)
    warning = Action.objects.get(verb="member_warned")
    assert (warning.topic, warning.member, warning.what) == (limes, ada, f"topic {limes.pk}")
    assert list(Case.objects.pending()) == [profile]


# --- Many clicks ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("which", ["ben", "rude", "limes"])
def test_of_many_presses_one_warns(request, sign_in, mod, reported, ada, rule, which):
    case = reported(request.getfixturevalue(which))
    browsers = [sign_in(mod) for _ in range(4)]
    answers = run_concurrently(
        *[lambda each=each: press(each, case, "warn", rule=rule.pk) for each in browsers]
    )
    assert [answer.status_code for answer in answers] == [303] * 4
    assert (Sanction.objects.count(), Action.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_the_same_spammer_do_it_once(sign_in, mod, chief, reported, rude, say, opening, ben):
    cases = [reported(rude), reported(say(opening, "And lamps."))]
    browsers = [sign_in(mod), sign_in(mod), sign_in(chief)]
    presses = zip(browsers, [cases[0], cases[0], cases[1]], strict=True)
    run_concurrently(
        *[lambda one=one, case=case: press(one, case, "remove", reason="Spam") for one, case in presses]
    )
    (removal,) = Action.objects.all()
    assert (Sanction.objects.count(), Case.objects.pending().count()) == (1, 0)
    undoing.undo(removal, by=mod)
    assert not User.objects.get(pk=ben.pk).is_suspended
    assert not Comment.objects.exclude(hidden_at=None).exists()
    assert recount.differences() == []
