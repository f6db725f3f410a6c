"""Every rate limit of the site, through its page: by member, by address, and with forged addresses."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config import urls
from config.web import limits
from forums.models import Comment, Debate, Draft, Topic
from polls.models import Poll
from tests.forums.pictures.files import png

TEXT = "An hour of my life."
COUNT = "2/d"
numbers = count()


class Site:
    """Builds requests that have limits: to a topic, and to one of Ben's own with a poll and a debate."""

    def __init__(self, topic, opening, town, own, poll):
        self.topic, self.opening, self.town, self.own, self.poll = topic, opening, town, own, poll

    def reply(self):
        sent = {"body": TEXT, "token": str(uuid4()), "parent": self.opening.pk}
        return "post", f"/t/{self.topic.pk}/reply/", sent

    def open(self):
        return "post", "/new/", {"category": self.town.pk, "title": "T", "body": TEXT, "token": str(uuid4())}

    def edit(self):
        return "post", f"/comments/{self.own.pk}/edit/", {"title": "T", "body": f"{TEXT} {next(numbers)}"}

    def open_poll(self):
        form = {"question": "Where?", "wordings": f"{TEXT}\nNone.", "method": "one", "secret": "no"}
        rules = {"results_show": "always", "at_least": "1", "token": str(uuid4())}
        return "post", f"/t/{self.own.topic_id}/polls/new/", form | rules

    def vote_in_poll(self):
        option = self.poll.options.first().pk
        return "post", f"/poll/{self.poll.pk}/vote/", {"token": str(uuid4()), "option": option}

    def extend_poll(self):
        return "post", f"/poll/{self.poll.pk}/extend/", {"closes_at": ""}

    def decide(self):
        Poll.objects.filter(closed_at=None).update(closed_at=timezone.now(), cells={})
        version = Poll.objects.get(pk=self.poll.pk).outcome_id and 1
        return "post", f"/poll/{self.poll.pk}/outcome/", {"decision": "Bees.", "version": version or 0}


def on_opening(verb):
    return lambda site: ("post", f"/comments/{site.opening.pk}/{verb}/", {})


def to(address, method="post", **fields):
    return lambda site: (method, address, fields)


ACTS = {
    "reply": Site.reply,
    "topic": Site.open,
    "edit": Site.edit,
    "delete": lambda site: ("post", f"/comments/{site.own.pk}/delete/", {}),
    "vote": on_opening("vote/up"),
    "accept": lambda site: ("post", f"/comments/{site.opening.pk}/accept/", {}),
    "bookmark": on_opening("bookmark"),
    "fold": on_opening("fold"),
    "draft": lambda site: (
        "post",
        "/drafts/save/",
        {"token": str(uuid4()), "parent": site.opening.pk, "body": TEXT},
    ),
    "upload": lambda site: ("post", "/pictures/", {"picture": SimpleUploadedFile("a.png", png(2, 2))}),
    "debate": lambda site: ("post", f"/t/{site.own.topic_id}/debate/question/", {"question": "Why?"}),
    "side": lambda site: ("post", f"/t/{site.own.topic_id}/debate/for/", {}),
    "remind": lambda site: ("post", f"/t/{site.own.topic_id}/debate/remind/", {}),
    "see": lambda site: ("post", f"/t/{site.topic.pk}/seen/", {"seq": 1}),
    "mark-read": lambda site: ("post", f"/t/{site.topic.pk}/read/", {"seq": 1}),
    "watch": on_opening("watch/watching"),
    "read-notifications": to("/notifications/read/"),
    "report": on_opening("report"),
    "appeal": to("/modlog/7/appeal/"),
    "pending": to("/held/7/withdraw/"),
    "preview": to("/preview/", body=TEXT),
    "complete": to("/mentions/?q=a", "get"),
    "suggest": to("/search/suggest/?q=limes", "get"),
    "similar": to("/search/similar/?title=limes", "get"),
    "record": to("/records/chain.json", "get"),
    "search": to("/search/?q=limes", "get"),
    "ballot": Site.vote_in_poll,
    "poll-open": Site.open_poll,
    "poll-edit": Site.extend_poll,
    "poll-export": lambda site: ("get", f"/poll/{site.poll.pk}/ballots.csv", {}),
    "outcome": Site.decide,
    "profile": to("/accounts/settings/profile/", bio=TEXT),
    "preferences": to("/accounts/settings/preferences/", theme="dark"),
    "ignore": to("/u/Ada/ignore/"),
    "script-errors": to("/script-errors/", message="x is not a function"),
    "sign-in": to("/accounts/login/", login="Ada", password="wrong horse battery"),
    "sign-up": to("/accounts/signup/", username="Dora"),
    "password-reset": to("/accounts/password/reset/", email="nobody@example.org"),
}
BY_VISITORS = {"sign-in", "sign-up", "password-reset", "search"}
ASKS_FOR_THE_PASSWORD = {"export"}
"""tests/accounts/profiles/test_leaving.py covers these."""
WITH_TEXT = {"reply", "topic", "edit", "preview", "profile", "poll-open"}


@pytest.fixture
def site(limes, opening, town, open_topic, ben):
    own = open_topic("Bees?", author=ben).comments.get()
    rules = {"method": "one", "secret": False, "results_show": "always", "question": "Bees?"}
    poll = Poll.open(topic=own.topic, author=ben, wordings=["Yes", "No"], token=uuid4(), **rules)
    now = timezone.now()
    Debate.announce(own.topic, by=ben, starts_at=now, ends_at=now + timedelta(hours=1))
    return Site(limes, opening, town, own, poll)


def send(browser, act, site, **headers):
    method, address, fields = act(site)
    return getattr(browser, method)(address, fields, headers=headers)


def test_every_limit_of_the_site_is_tried_here():
    assert urls.urlpatterns, "all views are loaded, and with them what they declare"
    assert set(limits.declared) == set(ACTS) | ASKS_FOR_THE_PASSWORD
    assert all(limit.address for limit in limits.declared.values())
    without_member = {group for group, limit in limits.declared.items() if not limit.member}
    assert without_member == {"sign-in", "sign-up", "password-reset"}


@pytest.mark.parametrize("by", ["member", "address"])
@pytest.mark.parametrize("group", ACTS)
def test_who_goes_over_a_limit_is_told_when_to_try_again(
    sign_in, visitor, ben, cleo, site, monkeypatch, group, by
):
    act = ACTS[group]
    limit = limits.declared[group]
    if by == "member" and not limit.member:
        pytest.skip("nobody is signed in there")
    monkeypatch.setattr(limit, "member", COUNT if by == "member" else "")
    monkeypatch.setattr(limit, "address", COUNT if by == "address" else "")
    browser = visitor if group in BY_VISITORS - {"search"} else sign_in(ben)
    answers = [send(browser, act, site, **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(3)]
    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert answers[0].status_code < 500
    refused = answers[2]
    assert refused.status_code == 429
    wait = int(refused["Retry-After"])
    assert 0 < wait <= 24 * 3600
    assert limits.in_words(wait) in refused.text
    assert group == "upload" or '<main id="main"' in refused.text
    if group in WITH_TEXT:
        assert TEXT in refused.text
    elsewhere = {"member": sign_in(cleo), "address": browser}[by]
    extra = {} if by == "member" else {"REMOTE_ADDR": "203.0.113.77"}
    method, address, fields = act(site)
    if group not in {"edit", "delete", "accept", "debate", "poll-open", "poll-edit"} or by == "address":
        assert getattr(elsewhere, method)(address, fields, **extra).status_code != 429


def test_what_was_refused_has_not_happened(sign_in, ben, site, monkeypatch):
    for group in ("reply", "topic", "draft"):
        monkeypatch.setattr(limits.declared[group], "member", "1/d")
    browser = sign_in(ben)
    for act in (Site.reply, Site.open, ACTS["draft"]):
        send(browser, act, site)
    before = Comment.objects.count(), Topic.objects.count(), Draft.objects.count()
    assert before == (4, 3, 1)
    for act in (Site.reply, Site.open):
        assert send(browser, act, site).status_code == 429
    assert send(browser, ACTS["draft"], site).status_code == 429
    assert (Comment.objects.count(), Topic.objects.count(), Draft.objects.count()) == before
