"""Staff who may view every table still see only the rows that their groups may see."""

from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse

from forums.models import Draft, Rule
from forums.moderation import reports
from forums.moderation.acts import comments
from polls.models import Poll
from tests.cast import member

WORDS = ("Whom to trust", "under the mat", "Vault", "Which key?", "A word of Cleo")
OURS = ("accounts", "forums", "polls")


@pytest.fixture
def secret(cleo, ben, stewards, vault, root, open_topic):
    """Creates a topic in the vault that has votes, edits, reports, a hidden comment and changes in the admin."""
    cleo.groups.add(stewards)
    ben.groups.add(stewards)
    topic = open_topic("Whom to trust", author=cleo, category=vault, body="It is under the mat.")
    opening = topic.comments.get()
    reply = topic.reply(author=ben, parent=opening, body="Which mat?", token=uuid4())
    opening.edit(by=cleo, body="It is still under the mat.")
    opening.votes.cast(reply, by=cleo, value=1)
    rule = Rule.objects.create(title="Kindness", text="Be kind.")
    reports.report(reply, by=cleo, rule=rule, words="A word of Cleo")
    comments.hide(reply, by=root, rule=rule)
    reports.report(topic, by=ben, rule=rule, words="A word of Cleo")
    poll = Poll.open(
        author=cleo, topic=topic, wordings=["Gold", "Iron"], token=uuid4(), method="one", secret=False,
        question="Which key?", results_show="always",
    )  # fmt: skip
    poll.ballots.create(member=ben, marks=[poll.option_ids[0]], token=uuid4(), cast_at=poll.created_at)
    Draft.objects.keep(ben, token=uuid4(), parent=opening, body="Is it under the mat?")
    LogEntry.objects.log_actions(root.pk, [topic], CHANGE)
    return topic


def addresses():
    """Returns the addresses of every list, every row's page and every autocomplete field."""
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{base}_changelist")
        yield from (reverse(f"{base}_change", args=[row.pk]) for row in model._default_manager.all())
        yield from (reverse(f"{base}_history", args=[row.pk]) for row in model._default_manager.all())
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.fields:
                if field.is_relation:
                    asked = f"app_label={app}&model_name={model._meta.model_name}&field_name={field.name}"
                    yield from (
                        f"/admin/autocomplete/?{asked}&term={term}" for term in ("", "trust", "vau", "1")
                    )


def told(browser):
    """Returns those of WORDS that the admin shows. Stops when it has found all."""
    found, walked = set(), list(addresses())
    assert len(walked) > 100
    for address in walked:
        text = getattr(browser.get(address), "text", "")
        found |= {word for word in WORDS if word in text}
        if found == set(WORDS):
            break
    return found


def test_the_admin_tells_nothing_of_a_category_that_its_viewer_may_not_see(sign_in, clerk, root, secret):
    assert told(sign_in(clerk)) == set()
    assert told(sign_in(root)) == set(WORDS)


def test_old_texts_of_a_hidden_comment_are_for_moderators(sign_in, clerk, root, ben, opening, say):
    rude = say(opening, "You nincompoop.")
    rude.edit(by=ben, body="You dear person.")
    reader = member("Reader", is_staff=True)
    reader.user_permissions.set(clerk.user_permissions.all())
    page = f"/admin/forums/revision/{rude.revisions.get().pk}/change/"
    assert "nincompoop" in sign_in(reader).get(page).text
    comments.hide(rude, by=root, reason="Rude")
    assert ["nincompoop" in sign_in(each).get(page).text for each in (reader, clerk, root)] == [
        False,
        True,
        True,
    ]
    listed = [
        str(rude) in sign_in(each).get("/admin/forums/revision/").text for each in (reader, clerk, root)
    ]
    assert listed == [False, True, True]


def test_unposted_texts_and_ignored_members_are_for_nobody_else(sign_in, root, ada, ben, limes, opening):
    Draft.objects.keep(ben, token=uuid4(), parent=opening, body="Half a thought")
    ben.ignore(ada)
    browser = sign_in(root)
    for name, row in (("forums/draft", ben.drafts.get()), ("accounts/ignore", ben.ignores.get())):
        for page in (f"/admin/{name}/", f"/admin/{name}/{row.pk}/change/"):
            text = browser.get(page).text
            assert ("Ben" in text, "Half a" in text, "Ada" in text) == (True, False, False)


def test_keys_are_not_shown(sign_in, root, ben):
    key = Authenticator.objects.create(user=ben, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    browser = sign_in(root)
    page = browser.get(f"/admin/mfa/authenticator/{key.pk}/change/").text
    assert ("Ben" in page, "JBSWY3DP" in page) == (True, False)
    session = UserSession.objects.create(user=ben, ip="192.0.2.1", session_key="abcdefgh12345678")
    page = browser.get(f"/admin/usersessions/usersession/{session.pk}/change/").text
    assert (session.ip in page, session.session_key in page) == (True, False)
