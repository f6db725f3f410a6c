"""Pages of moderation for members: reports, the log, their own hidden texts, appeals."""

from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import User
from forums.access import acts
from forums.models import Action, Appeal, Case, Comment, PendingPost, Report, Rule, Topic
from forums.moderation.acts import branches, comments, log, pending, topics
from forums.moderation.reports import keep


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


@pytest.fixture
def hidden(rude, mod, rule):
    return comments.hide(rude, by=mod, rule=rule, reason="He is no nincompoop.")


# --- Rules and reports -----------------------------------------------------------------------------


def test_a_new_forum_has_rules_and_moderators(db, django_user_model):
    """Tests that commit empty all tables, so the rules are created again by the function of the migration."""
    from importlib import import_module

    from django.apps import apps
    from django.contrib.auth.models import Group

    Rule.objects.all().delete()
    Group.objects.all().delete()
    import_module("forums.migrations.0006_moderation_begins").begin(apps, None)
    assert [rule.position for rule in Rule.objects.in_force()] == [1, 2, 3, 4, 5]
    ada = django_user_model.objects.create(username="Ada")
    ada.groups.add(Group.objects.get(name="Moderators"))
    assert ada.is_moderator


def test_rules_are_public_and_one_out_of_force_is_not_shown(visitor, rule):
    assert "Stay with the topic." in visitor.get("/rules/").text
    Rule.objects.filter(pk=rule.pk).update(is_active=False)
    assert "Stay with the topic." not in visitor.get("/rules/?1").text


def addresses(comment, member):
    return [
        f"/comments/{comment.pk}/report/",
        f"/t/{comment.topic_id}/report/",
        f"/u/{member.username}/report/",
    ]


@pytest.mark.parametrize("kind", ["comment", "topic", "member"])
def test_a_member_reports_without_scripts(sign_in, cleo, ben, rude, rule, kind):
    address = dict(zip(["comment", "topic", "member"], addresses(rude, ben), strict=True))[kind]
    browser = sign_in(cleo)
    assert "Off topic" in browser.get(address).text or rule.title in browser.get(address).text
    answer = browser.post(address, {"rule": rule.pk, "words": "<script>alert(1)</script>"})
    assert answer.status_code == 303
    assert Report.objects.get().kind == kind
    again = browser.post(address, {"rule": rule.pk})
    assert (again.status_code, "already" in again.text) == (409, True)
    own = browser.get("/reports/").text
    assert "&lt;script&gt;" in own
    assert "A moderator will decide." in own


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"rule": "999999"},
        {"rule": "x"},
        {"words": "x" * 1001},
        {"words": "\x00"},
        {"rule": "9" * 40},
    ],
)
def test_a_report_that_makes_no_sense_is_refused_with_a_sentence(sign_in, cleo, rude, rule, sent):
    answer = sign_in(cleo).post(f"/comments/{rude.pk}/report/", sent)
    assert answer.status_code == 400
    assert not Report.objects.exists()
    assert not Case.objects.exists()


def test_a_visitor_is_asked_to_sign_in_and_the_silenced_do_not_report(
    visitor, sign_in, cleo, mod, ben, rude, rule
):
    from datetime import timedelta

    from django.utils import timezone

    for address in addresses(rude, ben):
        assert visitor.get(address).url.startswith("/accounts/login/")
        assert visitor.post(address, {"rule": rule.pk}).status_code in {302, 403}
    cleo.silence(by=mod, reason="Calm down", until=timezone.now() + timedelta(days=1))
    for address in addresses(rude, ben):
        assert sign_in(cleo).post(address, {"rule": rule.pk}).status_code == 403
    assert not Report.objects.exists()


def test_one_cannot_report_oneself_nor_what_is_gone(sign_in, ben, cleo, rude, rule, mod):
    assert sign_in(ben).post(f"/comments/{rude.pk}/report/", {"rule": rule.pk}).status_code == 409
    comments.hide(rude, by=mod)
    assert sign_in(cleo).post(f"/comments/{rude.pk}/report/", {"rule": rule.pk}).status_code == 409
    assert not Case.objects.exists()


def test_whoever_has_reported_reads_what_was_decided(sign_in, cleo, ada, rude, rule, mod):
    for who in (cleo, ada):
        sign_in(who).post(f"/comments/{rude.pk}/report/", {"rule": rule.pk})
    keep(Case.objects.get(), by=mod)
    assert "found nothing against the rules" in sign_in(cleo).get("/reports/").text
    from forums.models import OutboxEvent

    told = OutboxEvent.objects.get(kind=OutboxEvent.Kind.MEMBERS_NOTIFIED)
    assert sorted(told.facts["members"]) == sorted([cleo.pk, ada.pk])
    assert "stays" in told.facts["words"]


# --- The log ---------------------------------------------------------------------------------------


def test_anybody_reads_the_log(visitor, hidden, limes, mod, ben):
    page = visitor.get("/modlog/").text
    for words in (
        "Comment hidden",
        "For rule 2: off topic",
        "by a moderator",
        limes.title,
        "He is no nincompoop.",
    ):
        assert words in page
    main = page[page.index("<main") : page.index("</main")]
    assert "Mod" not in main.replace("Moderat", "").replace("moderat", "")
    assert "Ben" not in main
    assert "Comment hidden" in visitor.get("/feed/modlog/").text


def test_a_site_may_name_its_moderators(visitor, hidden, mod, settings):
    settings.NAME_MODERATORS = True
    assert "<dd>Mod</dd>" in visitor.get(hidden.get_absolute_url()).text


def test_titles_reasons_and_places_are_for_those_who_may_see_them(
    visitor, sign_in, mod, ben, hidden, limes, vault
):
    for address in ("/modlog/", hidden.get_absolute_url(), "/feed/modlog/"):
        assert limes.title in visitor.get(address).text
    limes.move(vault)
    Topic.objects.filter(pk=limes.pk).update(category=vault)
    for address in ("/modlog/", hidden.get_absolute_url(), "/feed/modlog/"):
        page = visitor.get(address).text
        assert "Comment hidden" in page
        for word in (limes.title, limes.slug, "Vault", "nincompoop"):
            assert word not in page, (address, word)


def test_why_a_topic_was_refused_is_for_those_who_may_see_its_category(
    visitor, sign_in, mod, cleo, ben, vault, stewards
):
    for each in (mod, cleo):
        each.groups.add(stewards)
    post, _ = PendingPost.objects.keep(
        author=ben, token=uuid4(), category=vault, title="Gold", body="Where is it?", why="first"
    )
    action = pending.refuse(post, by=User.objects.get(pk=mod.pk), reason="The gold is under the mat")
    for address in ("/modlog/", action.get_absolute_url(), "/feed/modlog/"):
        page = visitor.get(address).text
        assert ("Text refused" in page, "under the mat" in page) == (True, False), address
    for reader in (cleo, ben, mod):
        assert "under the mat" in sign_in(reader).get(action.get_absolute_url()).text


def test_a_text_is_read_by_those_who_moderate_where_it_stands_now(
    sign_in, ada, mod, gardener, limes, opening, vault, stewards
):
    mod.groups.add(stewards)
    mod = User.objects.get(pk=mod.pk)
    action = topics.hide(limes, by=mod, reason="For a look")
    topics.restore(limes, by=mod)
    assert "What do you think?" in sign_in(gardener).get(action.get_absolute_url()).text
    topics.move(limes, vault, by=mod)
    opening.edit(by=ada, body="Limes for the vault")
    for reader, reads in ((gardener, False), (mod, True), (ada, True)):
        assert ("Limes for the vault" in sign_in(reader).get(action.get_absolute_url()).text) is reads, reader


def test_a_hidden_topic_keeps_its_entry_without_its_title(visitor, sign_in, mod, limes, rule):
    action = topics.hide(limes, by=mod, rule=rule, reason="Limes are not for this town")
    for address in ("/modlog/", action.get_absolute_url(), "/feed/modlog/"):
        page = visitor.get(address).text
        assert "Topic hidden" in page
        assert "off topic" in page
        assert limes.title not in page
        assert "not for this town" not in page
    assert limes.title in sign_in(mod).get("/modlog/").text


def test_the_log_is_chosen_from(visitor, sign_in, mod, hidden, limes, rule, vault):
    topics.lock(limes, by=mod)

    def shown(browser, query):
        return [entry.says for entry in browser.get(f"/modlog/?{query}").context["entries"]]

    assert shown(visitor, "verb=topic_locked") == ["Topic locked"]
    assert shown(visitor, f"rule={rule.pk}") == ["Comment hidden"]
    assert shown(visitor, "category=town") == ["Topic locked", "Comment hidden"]
    assert shown(sign_in(mod), "member=ben") == ["Comment hidden"]
    log.record("topics_parted", by=mod)  # about a topic whose author deleted their account
    assert shown(sign_in(mod), "member=nobody") == []
    assert shown(visitor, "") == ["Topics parted again", "Topic locked", "Comment hidden"]
    for query, status in (
        ("verb=nonsense", 400), ("rule=x", 400), ("rule=9999999999999", 400), ("category=vault", 404),
        ("category=none", 404), ("member=ben", 403), ("before=nonsense", 400),
    ):  # fmt: skip
        assert visitor.get(f"/modlog/?{query}").status_code == status, query


def test_a_page_of_the_log_costs_the_same_for_three_and_thirty(
    visitor, mod, limes, django_assert_num_queries
):
    def ask(number):
        with django_assert_num_queries(2):
            assert len(visitor.get(f"/modlog/?rule=&n={number}").context["entries"]) == number

    visitor.get("/modlog/?n=0")
    for number in range(30):
        (topics.unlock if number % 2 else topics.lock)(Topic.objects.get(pk=limes.pk), by=mod)
        if number == 2:
            visitor.get("/c/")
            ask(3)
    visitor.get("/c/")
    ask(30)


@pytest.mark.parametrize("pk", ["0", "9" * 20, "123456"])
def test_there_is_no_such_entry(visitor, sign_in, mod, pk):
    assert visitor.get(f"/modlog/{pk}/").status_code == 404
    assert sign_in(mod).post(f"/modlog/{pk}/undo/").status_code == 404
    assert sign_in(mod).post(f"/modlog/{pk}/appeal/").status_code == 404
    assert sign_in(mod).get(f"/appeals/{pk}/").status_code == 404


# --- The member concerned --------------------------------------------------------------------------


def test_the_author_reads_what_was_hidden_and_nobody_else(sign_in, visitor, ben, ada, mod, hidden):
    text = "You nincompoop."
    page = sign_in(ben).get(hidden.get_absolute_url()).text
    assert text in page
    assert "You can appeal once." in page
    assert text in sign_in(mod).get(hidden.get_absolute_url()).text
    for browser in (visitor, sign_in(ada)):
        other = browser.get(hidden.get_absolute_url()).text
        assert text not in other
        assert "appeal" not in other.lower()


def test_what_is_hidden_is_read_with_the_second_factor_that_the_site_asks_for(
    sign_in, mod, ben, rude, hidden, settings
):
    settings.STAFF_MFA_REQUIRED = True
    browser, entry, history = sign_in(mod), hidden.get_absolute_url(), f"/comments/{rude.pk}/history/"
    page = browser.get(entry).text
    assert ("You nincompoop." in page, "set up a second factor first" in page) == (False, True)
    assert browser.get(history).url == "/accounts/2fa/"
    assert browser.get("/modlog/?member=ben").status_code == 403
    assert "You nincompoop." in sign_in(ben).get(entry).text
    TOTP.activate(mod, "JBSWY3DPEHPK3PXP")
    for address in (entry, history):
        assert "You nincompoop." in browser.get(address).text
    assert browser.get("/modlog/?member=ben").status_code == 200


def test_the_placeholder_says_what_the_log_says(visitor, hidden, limes, ben):
    page = visitor.get(limes.get_absolute_url()).text
    assert "Hidden by a moderator: off topic (rule 2)" in page
    assert (
        f'href="{hidden.get_absolute_url()}">In the log</a>, <time datetime="{hidden.at:%Y-%m-%dT%H:%M}Z"'
        in page
    )
    assert "nincompoop" not in page


def test_everybody_whose_comments_went_with_a_branch_reads_their_own(sign_in, say, rude, cleo, ben, mod):
    say(rude, "No, you.", author=cleo)
    action = branches.hide(rude, by=mod)
    assert "No, you." in sign_in(cleo).get(action.get_absolute_url()).text
    assert "nincompoop" not in sign_in(cleo).get(action.get_absolute_url()).text
    assert "No, you." not in sign_in(ben).get(action.get_absolute_url()).text


# --- Undoing and appealing -------------------------------------------------------------------------


def test_moderators_undo_from_the_log(sign_in, ben, mod, hidden, rude):
    address = f"{hidden.get_absolute_url()}undo/"
    assert sign_in(ben).post(address).status_code == 403
    assert Comment.objects.get(pk=rude.pk).is_hidden
    assert sign_in(mod).post(address, {"reason": "It was harmless"}).status_code == 303
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert sign_in(mod).post(address).status_code == 409
    assert Action.objects.count() == 2


@pytest.fixture
def second_mod(mod):
    from tests.cast import member

    user = member("Moderata")
    user.groups.set(mod.groups.all())
    return user


def test_an_appeal_is_decided_by_another_moderator(sign_in, ben, mod, second_mod, hidden, rude):
    address = f"{hidden.get_absolute_url()}appeal/"
    assert "You can appeal once" in sign_in(ben).get(address).text
    assert sign_in(ben).post(address, {"words": ""}).status_code == 400
    assert sign_in(ben).post(address, {"words": "I meant it kindly"}).status_code == 303
    appeal = Appeal.objects.get()
    assert sign_in(ben).post(address, {"words": "Once more"}).status_code == 409
    own = sign_in(mod).get(appeal.get_absolute_url())
    assert "Another moderator will decide" in own.text
    assert sign_in(mod).post(f"{appeal.get_absolute_url()}grant/", {"reason": "x"}).status_code == 403
    assert Comment.objects.get(pk=rude.pk).is_hidden
    other = sign_in(second_mod)
    assert "I meant it kindly" in other.get("/appeals/").text
    assert other.post(f"{appeal.get_absolute_url()}grant/", {}).status_code == 400
    assert other.post(f"{appeal.get_absolute_url()}grant/", {"reason": "Kindly meant"}).status_code == 303
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert [each.verb for each in Action.objects.order_by("pk")][1:] == ["appeal_granted", "comment_restored"]
    assert "Kindly meant" in sign_in(ben).get(appeal.get_absolute_url()).text
    assert other.post(f"{appeal.get_absolute_url()}refuse/", {"reason": "x"}).status_code == 409


def test_a_refused_appeal_leaves_everything(sign_in, ben, second_mod, hidden, rude):
    sign_in(ben).post(f"{hidden.get_absolute_url()}appeal/", {"words": "Please"})
    appeal = Appeal.objects.get()
    sign_in(second_mod).post(f"{appeal.get_absolute_url()}refuse/", {"reason": "It was rude"})
    assert Comment.objects.get(pk=rude.pk).is_hidden
    page = sign_in(ben).get(appeal.get_absolute_url()).text
    assert "Refused" in page
    assert "It was rude" in page


def test_a_lone_moderator_decides_about_their_own_act(sign_in, ben, mod, hidden):
    sign_in(ben).post(f"{hidden.get_absolute_url()}appeal/", {"words": "Please"})
    appeal = Appeal.objects.get()
    assert sign_in(mod).post(f"{appeal.get_absolute_url()}refuse/", {"reason": "No"}).status_code == 303


def test_appeals_are_for_the_one_concerned_alone(sign_in, visitor, ada, ben, hidden):
    address = f"{hidden.get_absolute_url()}appeal/"
    assert sign_in(ada).post(address, {"words": "For Ben"}).status_code == 403
    assert sign_in(ada).get(address).status_code == 403
    sign_in(ben).post(address, {"words": "Please"})
    appeal = Appeal.objects.get()
    assert sign_in(ada).get(appeal.get_absolute_url()).status_code == 404
    assert sign_in(ada).post(f"{appeal.get_absolute_url()}grant/", {"reason": "x"}).status_code == 404
    assert visitor.get(appeal.get_absolute_url()).status_code == 302


def test_nobody_appeals_too_late_or_against_what_is_undone(sign_in, ben, hidden, mod, settings):
    address = f"{hidden.get_absolute_url()}appeal/"
    settings.APPEAL_DAYS = 0
    assert sign_in(ben).post(address, {"words": "Please"}).status_code == 409
    settings.APPEAL_DAYS = 10
    comments.restore(Comment.objects.get(pk=hidden.comment_id), by=mod)
    assert sign_in(ben).post(address, {"words": "Please"}).status_code == 409
    assert not Appeal.objects.exists()


def test_every_verb_of_the_log_has_words_and_a_way_back_that_exists():
    for verb, deed in acts.ACTS.items():
        assert len(verb) <= 24
        assert deed.says
        assert not deed.undone_by or deed.undone_by in acts.ACTS
