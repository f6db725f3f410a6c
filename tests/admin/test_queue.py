"""The moderation queue in the admin: the same acts for the same people."""

import pytest

from forums.models import Case, Comment
from tests.forums.moderation.conftest import rule  # noqa: F401
from tests.forums.moderation.queue.conftest import case, reported, rude  # noqa: F401

LIST = "/admin/forums/case/"


def chosen(browser, query=""):
    return [found.pk for found in browser.get(LIST + query).context["cl"].result_list]


def test_the_list_begins_with_what_waits(sign_in, root, case, reported, limes):  # noqa: F811
    decided, browser = reported(limes), sign_in(root)
    browser.post(LIST, {"action": "keep", "_selected_action": [decided.pk]})
    assert chosen(browser) == [case.pk]
    assert chosen(browser, "?state=decided") == [decided.pk]
    assert chosen(browser, "?state=all") == [decided.pk, case.pk]


@pytest.mark.parametrize(
    ("action", "verb"), [("keep", "item_kept"), ("hide", "comment_hidden"), ("remove", "spammer_removed")]
)
def test_an_act_is_the_queues_own(sign_in, root, clerk, case, rude, rule, action, verb):  # noqa: F811
    for user in (clerk, root):
        browser = sign_in(user)
        browser.post(LIST, {"action": action, "_selected_action": [case.pk]})
        case.refresh_from_db()
        assert (case.outcome.verb, case.outcome.by) == (verb, clerk)
    assert case.outcome.rule == (None if action == "keep" else rule)
    assert Comment.objects.get(pk=rude.pk).is_hidden == (action != "keep")


def test_what_is_not_theirs_stays(sign_in, clerk, root, reported, open_topic, vault, cleo, stewards):  # noqa: F811
    cleo.groups.add(stewards)
    secret = reported(open_topic("Whom to trust", author=cleo, category=vault), by=root)
    browser = sign_in(clerk)
    browser.post(LIST, {"action": "keep", "_selected_action": [secret.pk]})
    assert Case.objects.get(pk=secret.pk).is_open
    assert chosen(browser) == []
    sign_in(root).post(LIST, {"action": "keep", "_selected_action": [secret.pk]})
    assert not Case.objects.get(pk=secret.pk).is_open
