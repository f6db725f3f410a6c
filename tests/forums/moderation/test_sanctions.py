"""The page about a member for moderators, and appeals by suspended members."""

from datetime import timedelta
from itertools import count, islice

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Footprint, Note, Sanction, User
from accounts.sign_in import device_history
from forums.models import Action, Appeal, Comment
from forums.moderation import appeals
from forums.moderation.acts import members, spam
from tests.accounts.conftest import PASSWORD
from tests.cast import member
from tests.concurrency import run_concurrently

PAGE = "/u/Ben/moderation/"
REASON = {"reason": "Shouting at Cleo."}


@pytest.fixture
def chief(db):
    return member("Chief", is_superuser=True)


def posts(ben, mod):
    """Returns every act that the page offers."""
    lasting = REASON | {"days": "7"}
    sanction = ben.silence(by=mod, reason="Before", until=timezone.now() + timedelta(days=1))
    return {
        f"{PAGE}note/": {"text": "Watch him."},
        f"{PAGE}warning/": REASON,
        f"{PAGE}silence/": lasting,
        f"{PAGE}suspension/": lasting,
        f"/sanctions/{sanction.pk}/lift/": {},
    }


@pytest.mark.parametrize(
    ("who", "status"),
    [("mod", 303), ("chief", 303), ("gardener", 403), ("cleo", 403), ("ben", 403), ("visitor", 403)],
)
def test_the_page_and_each_act_are_for_moderators_of_the_site(
    request, sign_in, mod, chief, gardener, cleo, ben, who, status
):
    for address, sent in posts(ben, mod).items():
        before = (Sanction.objects.in_force().count(), Note.objects.count(), Action.objects.count())
        browser = Client() if who == "visitor" else sign_in(request.getfixturevalue(who))
        answer = browser.post(address, sent)
        # A visitor who sent a long text gets it back. Without a text they are asked to sign in.
        assert answer.status_code == status or (who == "visitor" and answer.status_code == 302)
        after = (Sanction.objects.in_force().count(), Note.objects.count(), Action.objects.count())
        assert (before != after) == (status == 303)
        if who != "ben":  # the member may be suspended by now
            assert browser.get(PAGE).status_code == {303: 200, 403: 302 if who == "visitor" else 403}[status]
        assert browser.get(address).status_code in (405, 403, 302)


def test_the_page_shows_sanctions_notes_and_look_alikes(sign_in, mod, ben, cleo, rule):
    members.warn(ben, by=mod, rule=rule, reason="Shouting.")
    Note.objects.create(member=ben, by=mod, text="Promised to be kind.")
    for user in (ben, cleo):
        Footprint.objects.leave(user, "198.51.100.7", "d" * 32)
    page = sign_in(mod).get(PAGE).text
    for words in (
        str(rule),
        "Shouting.",
        "Promised to be kind.",
        "Cleo",
        "device and address",
        "198.51.100.7/32",
    ):
        assert words in page
    assert [each.member for each in device_history.look_alikes(ben)] == [cleo]


@pytest.mark.parametrize("page", ["/u/Ben/", "/u/Ben/?tab=comments", "/accounts/settings/standing/"])
@pytest.mark.parametrize("who", ["ben", "cleo", "ada"])
def test_nobody_else_reads_notes_and_addresses(request, sign_in, mod, ben, cleo, ada, page, who):
    Note.objects.create(member=ben, by=mod, text="Promised to be kind.")
    Footprint.objects.leave(ben, "198.51.100.7", "d" * 32)
    text = sign_in(request.getfixturevalue(who)).get(page).text
    assert ("Promised" in text, "198.51.100" in text, "/moderation/" in text) == (False, False, False)
    assert "/u/Ben/moderation/" in sign_in(mod).get("/u/Ben/").text


def test_a_sanction_from_the_page_lasts_as_chosen_and_needs_a_ground(sign_in, mod, ben, rule):
    browser = sign_in(mod)
    refused = browser.post(f"{PAGE}silence/", {"days": "7", "reason": " "})
    assert (refused.status_code, "Please name a rule or a reason" in refused.text) == (400, True)
    assert browser.post(f"{PAGE}silence/", REASON | {"days": "0"}).status_code == 400
    assert browser.post(f"{PAGE}silence/", REASON | {"days": "8"}).status_code == 400
    assert browser.post(f"{PAGE}banishment/", REASON).status_code == 404
    assert not Sanction.objects.exists()
    browser.post(f"{PAGE}silence/", {"days": "7", "rule": rule.pk})
    sanction = Sanction.objects.get()
    assert timedelta(days=6.9) < sanction.until - sanction.at < timedelta(days=7.1)
    browser.post(f"{PAGE}suspension/", REASON | {"days": "0"})
    assert Sanction.objects.get(kind="suspension").until is None
    assert [action.verb for action in Action.objects.order_by("pk")] == [
        "member_silenced",
        "member_suspended",
    ]


def test_moderators_are_offered_no_sanction_for_each_other(sign_in, mod, chief):
    page = sign_in(chief).get("/u/Mod/moderation/")
    assert (page.context["forms"], "Nobody sanctions themselves" in page.text) == ([], True)
    assert sign_in(chief).post("/u/Mod/moderation/warning/", REASON).status_code == 403


def test_a_note_is_added_and_an_empty_one_is_told(sign_in, mod, ben):
    browser = sign_in(mod)
    assert browser.post(f"{PAGE}note/", {"text": "  "}).status_code == 400
    browser.post(f"{PAGE}note/", {"text": "Watch him."})
    note = Note.objects.get()
    assert (note.member, note.by, note.text) == (ben, mod, "Watch him.")


def test_what_is_sent_twice_is_done_once_and_a_longer_sanction_is_another(sign_in, mod, ben):
    browser = sign_in(mod)
    for _ in range(2):
        browser.post(f"{PAGE}note/", {"text": "Watch him."})
        browser.post(f"{PAGE}warning/", REASON)
        browser.post(f"{PAGE}silence/", REASON | {"days": "1"})
        browser.post(f"{PAGE}suspension/", REASON | {"days": "0"})
    assert (Note.objects.count(), Action.objects.count()) == (1, 3)
    browser.post(f"{PAGE}note/", {"text": "Watch her."})
    browser.post(f"{PAGE}warning/", {"reason": "Shouting at Ada."})
    browser.post(f"{PAGE}silence/", REASON | {"days": "7"})
    assert (Note.objects.count(), Action.objects.count()) == (2, 5)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_are_one(sign_in, mod, ben):
    browsers = [sign_in(mod) for _ in range(4)]
    run_concurrently(*[lambda each=each: each.post(f"{PAGE}warning/", REASON) for each in browsers])
    run_concurrently(
        *[lambda each=each: each.post(f"{PAGE}note/", {"text": "Watch him."}) for each in browsers]
    )
    assert (Sanction.objects.count(), Action.objects.count(), Note.objects.count()) == (1, 1, 1)


def test_the_page_costs_the_same_for_many(sign_in, mod, ben, django_assert_max_num_queries):
    names = count()

    def grow(number):
        for n in islice(names, number):
            Note.objects.create(member=ben, by=mod, text=f"{n}")
            ben.warn(by=mod, reason=f"{n}")
            twin = User.objects.create(username=f"Twin{n}")
            Footprint.objects.leave(twin, "198.51.100.7", "x")

    Footprint.objects.leave(ben, "198.51.100.7", "d" * 32)
    browser = sign_in(mod)
    grow(3)
    browser.get(PAGE)
    for _ in range(2):
        with django_assert_max_num_queries(16):
            assert browser.get(PAGE).status_code == 200
        grow(30)


def try_to_sign_in(user):
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return Client().post("/accounts/login/", {"login": user.username, "password": PASSWORD})


def key_of(answer):
    return answer.context["appeal"]


def test_the_suspended_appeal_without_signing_in_once(mod, ben, rule, chief, visitor):
    members.suspend(ben, by=mod, rule=rule)
    answer = try_to_sign_in(User.objects.get(pk=ben.pk))
    address = key_of(answer)
    assert address in answer.text
    assert str(rule.title) in visitor.get(address).text
    assert visitor.post(address, {"words": " "}).status_code == 400
    assert visitor.post(address, {"words": "It was a joke."}).status_code == 303
    appeal = Appeal.objects.get()
    assert (appeal.by, appeal.words, appeal.action.verb) == (ben, "It was a joke.", "member_suspended")
    page = visitor.get(address).text
    assert ("It was a joke." in page, "Your appeal has been saved." in page) == (True, True)
    visitor.post(address, {"words": "Really."})
    assert Appeal.objects.count() == 1
    appeals.grant(appeal, by=chief, reason="So it was.")
    assert not User.objects.get(pk=ben.pk).is_suspended
    assert "So it was." in visitor.get(address).text


def test_a_key_that_is_made_up_old_or_for_nothing_leads_nowhere(mod, ben, rule, visitor, monkeypatch):
    members.suspend(ben, by=mod, rule=rule)
    address = key_of(try_to_sign_in(User.objects.get(pk=ben.pk)))
    assert visitor.get(address).status_code == 200
    assert visitor.get(f"{address[:-3]}x/").status_code == 404
    assert visitor.get("/appeals/from-outside/nonsense/").status_code == 404
    monkeypatch.setattr(appeals, "KEY_LASTS", timedelta(seconds=-1))
    assert visitor.get(address).status_code == 404


def test_a_suspension_older_than_the_log_is_a_matter_for_mail(mod, ben):
    ben.suspend(by=mod, reason="Banned, before reasons were written down.")
    answer = try_to_sign_in(User.objects.get(pk=ben.pk))
    assert (answer.context["appeal"], "write to the people" in answer.text) == ("", True)


def test_a_removal_that_was_broken_off_is_gone_on_with_from_the_page(sign_in, mod, ben, say, opening):
    rude = say(opening, "Buy lamps!")
    browser = sign_in(mod)
    assert browser.post(f"{PAGE}finish/").status_code == 409
    spam.remove(ben, by=mod, reason="Spam")
    assert "Hide the rest" not in browser.get(PAGE).text
    # As if the process had been killed before it reached that topic.
    Comment.objects.filter(pk=rude.pk).update(hidden_at=None, hidden_in=None, removed_in=None)
    assert "Hide the rest" in browser.get(PAGE).text
    assert sign_in(member("Dan")).post(f"{PAGE}finish/").status_code == 403
    assert not Comment.objects.get(pk=rude.pk).is_hidden
    assert browser.post(f"{PAGE}finish/").status_code == 303
    assert Comment.objects.get(pk=rude.pk).is_hidden
    assert (Action.objects.count(), Sanction.objects.count()) == (1, 1)
