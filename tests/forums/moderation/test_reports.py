"""Reports of a text form one case, which a moderator's act decides."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from forums.models import Action, Case, Comment, Report, Topic
from forums.models.moderation.action import NotDone
from forums.moderation.acts import comments
from forums.moderation.reports import keep, report
from forums.tree import recount


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


def test_reports_of_one_thing_are_one_case(rude, ada, cleo, rule):
    report(rude, by=ada, rule=rule, words="Look")
    report(rude, by=cleo, rule=rule)
    case = Case.objects.get()
    assert (case.reports_count, case.item, case.concerned) == (2, rude, rude.author)
    assert not Case.objects.miscounted().exists()


def test_a_member_reports_once(rude, ada, rule):
    report(rude, by=ada, rule=rule)
    with pytest.raises(NotDone, match="already"):
        report(rude, by=ada, rule=rule)
    assert (Report.objects.count(), Case.objects.get().reports_count) == (1, 1)


def test_nobody_reports_themselves(rude, ben, limes, ada, rule):
    for item, by in ((rude, ben), (limes, ada), (ben, ben)):
        with pytest.raises(NotDone, match="your own texts"):
            report(item, by=by, rule=rule)
    assert not Case.objects.exists()


def test_topics_and_members_have_cases_too(limes, ben, cleo, rule):
    report(limes, by=ben, rule=rule)
    report(ben, by=cleo, rule=rule)
    assert [case.kind for case in Case.objects.order_by("pk")] == ["topic", "member"]


def test_enough_reports_of_trusted_members_hide_until_a_moderator_looks(rude, regulars, rule, mod, ada):
    for each in regulars[:2]:
        report(rude, by=each, rule=rule)
    report(rude, by=ada, rule=rule)  # a new member, whose report does not count among the three
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    report(rude, by=regulars[2], rule=rule)
    assert Comment.objects.get(pk=rude.pk).is_hidden
    entry = Action.objects.get()
    assert (entry.verb, entry.role, entry.by, entry.is_automated) == (
        "comment_hidden", "trusted_reports", None, True,
    )  # fmt: skip
    case = Case.objects.get()
    assert case.is_open
    keep(case, by=mod)
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert Case.objects.get().outcome.verb == "item_kept"
    assert recount.differences() == []


def test_what_a_moderator_has_kept_is_not_hidden_by_reports_again(rude, regulars, rule, mod, settings):
    settings.REPORTS_TO_HIDE = 1
    report(rude, by=regulars[0], rule=rule)
    keep(Case.objects.get(), by=mod)
    report(rude, by=regulars[1], rule=rule)
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert Case.objects.pending().count() == 1


def test_what_its_author_deletes_as_reports_hide_it_can_still_be_closed(
    rude, open_topic, regulars, rule, mod
):
    unanswered = open_topic("Shall we plant elms?")
    found = [rude, unanswered.comments.get()]  # loaded by the members' browsers before the comment is hidden
    for item in (Comment.objects.get(pk=rude.pk), unanswered):
        for each in regulars[:3]:
            report(item, by=each, rule=rule)
    for comment in found:
        comment.delete_by_author()
    for case in Case.objects.order_by("pk"):
        assert keep(case, by=mod).verb == "item_gone"
    assert not Case.objects.pending().exists()
    assert not Action.objects.filter(verb__endswith="_restored").exists()


def test_a_topic_is_hidden_by_reports_as_well(limes, regulars, rule, mod):
    for each in regulars[:3]:
        report(limes, by=each, rule=rule)
    assert Topic.objects.get().is_hidden
    keep(Case.objects.get(), by=mod)
    assert not Topic.objects.get().is_hidden


def test_hiding_on_the_page_ends_the_case(rude, ada, rule, mod):
    report(rude, by=ada, rule=rule)
    action = comments.hide(rude, by=mod, rule=rule)
    case = Case.objects.get()
    assert (case.is_open, case.outcome) == (False, action)
    with pytest.raises(NotDone, match="meanwhile"):
        keep(case, by=mod)


def test_what_is_held_is_read_once_it_is_kept(rude, mod):
    assert comments.hold(rude, reason="A first comment").is_automated
    assert Comment.objects.get(pk=rude.pk).is_hidden
    case = Case.objects.get()
    assert (case.why, case.is_open) == ("held", True)
    keep(case, by=mod)
    assert not Comment.objects.get(pk=rude.pk).is_hidden


def test_a_claim_keeps_others_away_for_a_while(rude, ada, rule, mod, cleo):
    report(rude, by=ada, rule=rule)
    case = Case.objects.get()
    assert case.claim(mod)
    assert case.claim(mod)
    assert not case.claim(cleo)
    assert case.claimant == mod
    Case.objects.update(claimed_at=timezone.now() - timedelta(minutes=16))
    case.refresh_from_db()
    assert case.claimant is None
    assert case.claim(cleo)
    case.release(mod)
    assert Case.objects.get().claimed_by == cleo
    case.release(cleo)
    assert Case.objects.get().claimed_by is None


def test_a_claim_of_one_whose_account_has_gone_names_nobody(rude, ada, rule, mod, cleo):
    report(rude, by=ada, rule=rule)
    case = Case.objects.get()
    assert case.claim(cleo)
    cleo.delete()
    assert not case.claim(mod)
    assert case.claim_refusal == "Somebody else is looking at this just now."


def test_cases_wait_for_those_who_may_decide_them(
    rude, ada, ben, rule, mod, gardener, cleo, open_topic, town
):
    meadow = type(town).objects.create(name="Meadow", slug="meadow")
    elsewhere = open_topic(category=meadow)
    for item in (rude, elsewhere, ada):
        report(item, by=cleo, rule=rule)
    kinds = {
        who.username: [case.kind for case in Case.objects.pending_for(who)] for who in (mod, gardener, ben)
    }
    assert kinds == {"Mod": ["comment", "topic", "member"], "Gardener": ["comment"], "Ben": []}


def test_nobody_decides_about_themselves(opening, say, mod, gardener, ada, rule):
    own = say(opening, "Modding is hard", author=mod)
    report(own, by=ada, rule=rule)
    assert list(Case.objects.pending_for(mod)) == []
    assert len(Case.objects.pending_for(gardener)) == 1


def test_a_recount_finds_and_mends_a_case_that_counts_wrong(rude, ada, rule, capsys):
    report(rude, by=ada, rule=rule)
    Case.objects.update(reports_count=7)
    call_command("recount")
    assert Case.objects.get().reports_count == 1
    assert f"case {Case.objects.get().pk}: reports_count was 7, counted 1" in capsys.readouterr().out


def test_restoring_decides_like_keeping(rude, regulars, rule, mod, settings):
    settings.REPORTS_TO_HIDE = 1
    report(rude, by=regulars[0], rule=rule)
    restored = comments.restore(Comment.objects.get(pk=rude.pk), by=mod)
    assert Case.objects.get().outcome == restored
    report(rude, by=regulars[1], rule=rule)
    assert not Comment.objects.get(pk=rude.pk).is_hidden
