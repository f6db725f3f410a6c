"""Polls over HTTP: each method works without scripts, and each bad input gets a sentence."""

import re
from datetime import timedelta
from html import unescape
from time import monotonic
from types import SimpleNamespace
from urllib.parse import quote_plus
from uuid import uuid4

import pytest
from django.utils import timezone

from config.caching import visitor_cache
from forums.models import Filter, Topic
from polls.ballots import closing
from polls.models import Ballot, Poll, SecretBallot, Voter
from polls.tally import Method, freeze
from polls.views.ballots import PACE
from polls.views.forms import EXPLANATIONS

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = {
    "one": lambda a, b, c: ({"option": b}, (b,)),
    "several": lambda a, b, c: ({"option": [c, a]}, (a, c)),
    "approval": lambda a, b, c: ({"option": [a, b, c]}, (a, b, c)),
    "score": lambda a, b, c: ({f"score-{a}": 5, f"score-{b}": "", f"score-{c}": 0}, ((a, 5), (c, 0))),
    "runoff": lambda a, b, c: ({f"rank-{a}": 2, f"rank-{b}": 1, f"rank-{c}": ""}, ((b,), (a,))),
    "schulze": lambda a, b, c: ({f"rank-{a}": 1, f"rank-{b}": 1, f"rank-{c}": 3}, ((a, b), (c,))),
    "stv": lambda a, b, c: ({f"rank-{a}": 2, f"rank-{b}": 1, f"rank-{c}": ""}, ((b,), (a,))),
    "meek": lambda a, b, c: ({f"rank-{a}": "", f"rank-{b}": 1, f"rank-{c}": 2}, ((b,), (c,))),
    "dots": lambda a, b, c: ({f"dots-{a}": 7, f"dots-{b}": 0, f"dots-{c}": 3}, ((a, 7), (c, 3))),
    "consent": lambda a, b, c: ({"option": c, "reason": " It  floods. "}, (c, "It floods.")),
}


def text(response):
    """The text of the page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def vote(client, poll, fields, token=None, **more):
    return client.post(f"/poll/{poll.pk}/vote/", {"token": token or uuid4(), **fields, **more})


def test_every_method_that_can_be_counted_can_be_chosen():
    assert Poll.Method.values == [method.value for method in Method]


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("method", list(Method))
def test_every_method_is_voted_and_shown_without_scripts(method, secret, open_poll, ben, sign_in):
    poll = open_poll(method, secret=secret)
    browser = sign_in(ben)
    fields, ballot = METHODS[method](*poll.option_ids)
    form = browser.get(poll.get_absolute_url()).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', form)[1]
    for name in fields:
        assert f'name="{name}"' in form
    answer = vote(browser, poll, fields, token)
    assert answer.status_code == (200 if secret else 303)
    rows = SecretBallot if secret else Ballot
    assert [freeze(marks) for marks in rows.objects.values_list("marks", flat=True)] == [ballot]
    page = browser.get(poll.get_absolute_url())
    assert "1 has voted" in text(page) and "You have voted" in text(page)
    closing.close(poll)
    assert "closed" in text(browser.get(poll.get_absolute_url()))


@pytest.mark.parametrize(
    ("method", "fields", "sentence"),
    [
        ("one", lambda a, b, c: {"option": 999_999}, "has an option that is not in this poll"),
        ("one", lambda a, b, c: {}, "Choose exactly one option"),
        ("one", lambda a, b, c: {"option": [a, b]}, "Choose exactly one option"),
        ("one", lambda a, b, c: {"option": "<b>"}, "“<b>” is not a valid number"),
        ("one", lambda a, b, c: {"option": "9" * 40}, "is not a valid number"),
        ("several", lambda a, b, c: {"option": [a, b, c]}, "Choose at most 2 options"),
        ("several", lambda a, b, c: {"option": [a, a]}, "marks the same option more than once"),
        ("several", lambda a, b, c: {"option": [a] * 400}, "marks more options than this poll has"),
        ("score", lambda a, b, c: {f"score-{a}": 6}, "Choose scores from 0 to 5"),
        ("score", lambda a, b, c: {f"score-{a}": -1}, "is not a valid number"),
        ("score", lambda a, b, c: {"score-": 1}, "is not a valid number"),
        ("runoff", lambda a, b, c: {f"rank-{a}": 1, f"rank-{b}": 1}, "You gave rank 1 to 2 options"),
        ("runoff", lambda a, b, c: {f"rank-{a}": 1, f"rank-{b}": 3}, "Rank 2 is missing"),
        ("runoff", lambda a, b, c: {f"rank-{a}": 4}, "Choose ranks from 1 to 3"),
        ("schulze", lambda a, b, c: {f"rank-{a}": 0}, "Choose ranks from 1 to 3"),
        ("stv", lambda a, b, c: {f"rank-{a}": 1, f"rank-{b}": 1}, "You gave rank 1 to 2 options"),
        ("dots", lambda a, b, c: {f"dots-{a}": 7, f"dots-{b}": 4}, "You gave 11 dots, and you have 10"),
        ("consent", lambda a, b, c: {"option": c}, "Give the reason for your objection"),
    ],
)
def test_a_bad_ballot_gets_a_sentence_and_is_not_counted(method, fields, sentence, open_poll, ben, sign_in):
    poll = open_poll(method, at_most=2 if method == "several" else None)
    answer = vote(sign_in(ben), poll, fields(*poll.option_ids))
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert Ballot.objects.count() == 0


def test_an_option_of_another_poll_is_refused(open_poll, ben, sign_in):
    poll, other = open_poll(), open_poll()
    answer = vote(sign_in(ben), poll, {"option": other.option_ids[0]})
    assert answer.status_code == 400 and "not in this poll" in text(answer)
    assert vote(sign_in(ben), other, {"option": other.option_ids[0]}).status_code == 303


def test_ten_thousand_options_in_one_form_are_refused(open_poll, ben, sign_in):
    poll = open_poll("several")
    assert vote(sign_in(ben), poll, {"option": list(range(10_000))}).status_code == 400
    assert Ballot.objects.count() == 0


def test_a_form_without_its_token_is_refused(open_poll, ben, sign_in):
    poll = open_poll()
    for token in ("", "nonsense"):
        fields = {"option": poll.option_ids[0], "token": token}
        answer = sign_in(ben).post(f"/poll/{poll.pk}/vote/", fields)
        assert answer.status_code == 400
    assert Ballot.objects.count() == 0


def test_only_those_may_vote_whom_the_poll_lets_in(open_poll, ben, mod, eve, visitor, sign_in):
    tomorrow = timezone.now() + timedelta(days=1)
    group = mod.groups.get()
    refusals = [
        (open_poll(), visitor, "Sign in to vote"),
        (open_poll(), sign_in(eve), "Sign in to vote"),
        (open_poll(opens_at=tomorrow), sign_in(ben), "has not opened yet"),
        (open_poll(account_days=3), sign_in(ben), "at least 3 days old"),
        (open_poll(voter_groups=[group.pk]), sign_in(ben), "certain groups"),
        (
            open_poll(members_before_opening=True, opens_at=ben.date_joined),
            sign_in(mod),
            "members who joined before",
        ),
    ]
    for poll, browser, sentence in refusals:
        answer = vote(browser, poll, {"option": poll.option_ids[0]})
        assert answer.status_code == 403 and sentence in text(answer), sentence
    assert Ballot.objects.count() == 0
    for poll, member in [(refusals[0][0], ben), (refusals[4][0], mod), (refusals[5][0], ben)]:
        assert vote(sign_in(member), poll, {"option": poll.option_ids[0]}).status_code == 303


def test_a_locked_topic_can_still_be_voted_in(open_poll, topic, mod, ben, sign_in):
    poll = open_poll()
    topic.lock(by=mod)
    assert vote(sign_in(ben), poll, {"option": poll.option_ids[0]}).status_code == 303


def test_a_poll_is_hidden_with_its_topic(open_poll, topic, mod, ben, sign_in):
    poll = open_poll()
    addresses = [
        f"/poll/{poll.pk}/{part}" for part in ("", "state/", "voters/", "receipt/", "ballots.csv", "edit/")
    ]
    browser = sign_in(ben)
    assert [browser.get(address).status_code for address in addresses] == [200, 200, 200, 302, 200, 403]
    group = mod.groups.get()
    topic.category.see_groups = [group.pk]
    topic.category.save()
    assert [browser.get(address).status_code for address in addresses] == [404] * 6
    assert vote(browser, poll, {"option": poll.option_ids[0]}).status_code == 404
    assert sign_in(mod).get(addresses[0]).status_code == 200


@pytest.mark.parametrize(
    ("show", "before", "after", "closed"),
    [
        ("always", True, True, True),
        ("after_voting", False, True, True),
        ("at_close", False, False, True),
        ("staff", False, False, False),
    ],
)
def test_results_are_shown_when_the_rule_says(show, before, after, closed, open_poll, ben, mod, sign_in):
    poll = open_poll(results_show=show)
    browser = sign_in(ben)

    def sees():
        shown = "data-results" in browser.get(poll.get_absolute_url()).content.decode()
        allowed = [browser.get(f"/poll/{poll.pk}/{part}").status_code for part in ("ballots.csv", "voters/")]
        assert allowed == ([200, 200] if shown else [403, 403])
        assert ("results" in browser.get(f"/poll/{poll.pk}/state/").json()) is (shown and not poll.closed_at)
        return shown

    assert sees() is before
    vote(browser, poll, {"option": poll.option_ids[0]})
    assert sees() is after
    poll = closing.close(poll)
    assert sees() is closed
    if show == "staff":
        assert "data-results" in sign_in(mod).get(poll.get_absolute_url()).content.decode()


def test_each_voter_may_get_the_options_in_another_order_and_always_the_same(open_poll, crowd, sign_in):
    poll, plain = open_poll(options=8, shuffled=True), open_poll(options=8)

    def order(browser, poll):
        page = browser.get(poll.get_absolute_url()).content.decode()
        return tuple(map(int, re.findall(r'name="option" value="(\d+)"', page)))

    browsers = [sign_in(member) for member in crowd(4)]
    orders = [order(browser, poll) for browser in browsers]
    assert {tuple(sorted(each)) for each in orders} == {poll.option_ids}
    assert len(set(orders)) > 1 and orders == [order(browser, poll) for browser in browsers]
    assert {order(browser, plain) for browser in browsers} == {plain.option_ids}


def test_a_poll_says_whether_its_quorum_is_reached(open_poll, ben, cleo, sign_in):
    poll = open_poll(quorum=2)
    vote(sign_in(ben), poll, {"option": poll.option_ids[0]})
    assert "2 votes are needed" in text(sign_in(ben).get(poll.get_absolute_url()))
    vote(sign_in(cleo), poll, {"option": poll.option_ids[0]})
    assert "the quorum of 2 is reached" in text(sign_in(ben).get(poll.get_absolute_url()))


def test_a_question_of_html_is_shown_as_text(topic, ada, sign_in):
    fields = {
        "question": "<script>alert(1)</script>",
        "wordings": "<b>Oak</b>\nAsh",
        "method": "one",
        "secret": "no",
        "results_show": "always",
        "token": uuid4(),
    }
    browser = sign_in(ada)
    assert browser.post(f"/t/{topic.pk}/polls/new/", fields).status_code == 303
    assert browser.post(f"/t/{topic.pk}/polls/new/", fields).status_code == 303
    poll = Poll.objects.get()
    page = browser.get(poll.get_absolute_url()).content.decode()
    assert "<script>alert" not in page and "<b>Oak" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wordings": "Oak"}, "at least two options"),
        ({"wordings": "Oak\noak"}, "Two options are the same"),
        ({"wordings": "\n".join(map(str, range(51)))}, "at most 50 options"),
        ({"wordings": "Oak\n" + "x" * 201}, "at most 200 characters"),
        ({"question": ""}, "required"),
        ({"at_least": "3"}, "more than voters may choose"),
        ({"at_most": "9"}, "has fewer options"),
        ({"closes_at": "2020-01-01T10:00"}, "Choose a later time"),
        ({"method": "stv", "seats": "2"}, "more options than seats"),
        ({"method": "dice"}, "Select a valid choice"),
    ],
)
def test_an_invalid_poll_is_refused_with_a_sentence(fields, sentence, topic, ada, sign_in):
    good = {
        "question": "Which?",
        "wordings": "Oak\nAsh",
        "method": "several",
        "secret": "yes",
        "results_show": "always",
        "token": uuid4(),
    }
    answer = sign_in(ada).post(f"/t/{topic.pk}/polls/new/", good | fields)
    assert answer.status_code == 400 and sentence in text(answer)
    assert Poll.objects.count() == 0
    assert sign_in(ada).post(f"/t/{topic.pk}/polls/new/", good).status_code == 303


def test_polls_are_added_by_the_author_and_moderators(topic, ada, ben, mod, sign_in):
    address = f"/t/{topic.pk}/polls/new/"
    assert [sign_in(user).get(address).status_code for user in (ada, mod, ben)] == [200, 200, 403]


def test_the_log_has_every_step_and_no_option_is_removed(open_poll, ada, ben, sign_in):
    poll = open_poll(extensible=True, closes_at=timezone.now() + timedelta(hours=1))
    browser = sign_in(ada)
    vote(sign_in(ben), poll, {"option": poll.option_ids[0]})
    base = f"/poll/{poll.pk}"
    assert browser.post(f"{base}/options/{poll.option_ids[0]}/", {"wording": "Oak"}).status_code == 303
    assert browser.post(f"{base}/options/new/", {"wording": "Elm"}).status_code == 303
    assert browser.post(f"{base}/options/new/", {"wording": "elm"}).status_code == 400
    assert browser.post(f"{base}/extend/", {"closes_at": "2020-01-01T00:00"}).status_code == 400
    assert browser.post(f"{base}/extend/", {"closes_at": ""}).status_code == 303
    assert browser.get(f"{base}/edit/").status_code == 403
    assert sign_in(ben).post(f"{base}/close/").status_code == 403
    assert browser.post(f"{base}/close/").status_code == 303
    events = ["opened", "option_corrected", "option_added", "extended", "closed"]
    assert list(poll.log.values_list("event", flat=True)) == events
    page = text(sign_in(ben).get(f"{base}/"))
    assert "“Option 1” became “Oak”" in page and "wording corrected" in page
    assert [option.wording for option in poll.options.order_by("pk")] == [
        "Oak",
        "Option 2",
        "Option 3",
        "Elm",
    ]


def test_a_receipt_finds_its_ballot_when_the_secret_poll_has_closed(open_poll, ben, cleo, sign_in):
    poll = open_poll(secret=True)
    browser = sign_in(ben)
    answer = vote(browser, poll, {"option": poll.option_ids[1]})
    receipt = re.search(r"receipt: <code[^>]*>([A-Z2-7-]+)</code>", answer.content.decode())[1]
    address = f"/poll/{poll.pk}/receipt/"
    assert browser.get(address, {"receipt": receipt}).status_code == 302
    closing.close(poll)
    found = sign_in(cleo).get(address, {"receipt": f" {receipt.lower()} "})
    assert "Option 2" in text(found)
    assert sign_in(cleo).get(address, {"receipt": "A" * 20}).status_code == 404
    csv = sign_in(cleo).get(f"/poll/{poll.pk}/ballots.csv").text
    assert receipt.replace("-", "") in csv
    assert Voter.objects.count() == 1


def test_too_many_ballots_are_refused(open_poll, ben, cleo, sign_in, monkeypatch):
    # Over a day, so that the limit's minute does not end while the votes come in.
    monkeypatch.setattr(PACE, "member", "5/d")
    poll = open_poll()
    browser = sign_in(ben)
    statuses = [vote(browser, poll, {"option": poll.option_ids[0]}).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]
    assert vote(sign_in(cleo), poll, {"option": poll.option_ids[0]}).status_code == 303


def test_too_many_polls_in_an_hour_are_held_back_and_the_form_keeps_what_was_written(
    topic, ada, mod, sign_in
):
    browser = sign_in(ada)
    fields = {"question": "Where?", "wordings": "Here\nThere", "method": "one", "secret": "yes"}
    fields |= {"results_show": "always", "changeable": "on"}
    address = f"/t/{topic.pk}/polls/new/"
    statuses = [browser.post(address, fields | {"token": uuid4()}).status_code for _ in range(20)]
    assert statuses == [303] * 20
    refused = browser.post(address, fields | {"token": uuid4()})
    assert refused.status_code == 429
    assert "You have opened many polls. Please send this again in" in text(refused)
    assert 'value="Where?"' in refused.content.decode() and Poll.objects.count() == 20
    assert sign_in(mod).post(address, fields | {"token": uuid4()}).status_code == 303


def test_a_topic_is_opened_with_a_poll_without_scripts(topic, ada, sign_in):
    browser = sign_in(ada)
    form = browser.get("/new/").content.decode()
    assert 'formaction="/new/poll/"' in form
    fields = {"title": "Which tree?", "category": topic.category.pk, "body": "Let us ask.", "token": uuid4()}
    refused = browser.post("/new/poll/", fields | {"title": ""})
    assert refused.status_code == 400 and 'formaction="/new/poll/"' in refused.content.decode()
    answer = browser.post("/new/poll/", fields)
    opened = Topic.objects.get(title="Which tree?")
    assert (answer.status_code, answer["Location"]) == (303, f"/t/{opened.pk}/polls/new/")
    assert browser.get(answer["Location"]).status_code == 200
    # A double click opens one topic, and leads to the same form.
    assert browser.post("/new/poll/", fields)["Location"] == answer["Location"]
    assert browser.post("/new/pigeon/", fields).status_code == 404
    assert Topic.objects.filter(title="Which tree?").count() == 1


def test_scripts_get_the_same_section_as_json(open_poll, ben, sign_in):
    poll = open_poll()
    fields = {"option": poll.option_ids[0], "token": uuid4()}
    answer = sign_in(ben).post(f"/poll/{poll.pk}/vote/", fields, headers={"accept": "application/json"})
    assert answer.status_code == 200 and answer.json()["message"] == "Your ballot has been counted."
    assert f'id="poll-{poll.pk}"' in answer.json()["html"]


@pytest.mark.parametrize("does", ["block", "hold", "replace"])
def test_watched_words_stay_out_of_polls(topic, ada, mod, sign_in, open_poll, does):
    Filter.objects.create(lines="casino", does=does)
    fields = {"question": "Where?", "wordings": "The Casino\nThere", "method": "one", "secret": "no"}
    fields |= {"results_show": "always", "token": uuid4()}
    refused = sign_in(ada).post(f"/t/{topic.pk}/polls/new/", fields)
    assert (refused.status_code, "The Casino" in refused.content.decode()) == (400, True)
    assert "casino" in text(refused).lower()
    assert not Poll.objects.exists()
    poll = open_poll(extensible=True)
    option = poll.options.first()
    for address in ("options/new/", f"options/{option.pk}/"):
        assert sign_in(ada).post(f"/poll/{poll.pk}/{address}", {"wording": "Casino"}).status_code == 400
    assert poll.options.count() == 3
    assert sign_in(ada).post(f"/poll/{poll.pk}/options/new/", {"wording": "Cinema"}).status_code == 303
    assert sign_in(mod).post(f"/t/{topic.pk}/polls/new/", fields).status_code == 303


def test_the_visitor_cache_of_a_poll_expires_when_it_opens(client, open_poll, topic, monkeypatch):
    monkeypatch.setattr(visitor_cache, "FRESH_SECONDS", 0)
    poll = open_poll(opens_at=timezone.now() + timedelta(hours=1))
    address = topic.get_absolute_url()
    assert "<span>opens" in client.get(address).text
    Poll.objects.update(opens_at=timezone.now())  # without anybody being told, as the clock does it
    assert "<span>opens" in client.get(address).text
    clock = SimpleNamespace(time=poll.opens_at.timestamp, monotonic=monotonic)
    monkeypatch.setattr(visitor_cache, "time", clock)
    assert "<span>opens" not in client.get(address).text


def test_the_form_of_a_poll_explains_each_method(topic, ada, sign_in):
    page = text(sign_in(ada).get(f"/t/{topic.pk}/polls/new/"))
    assert set(EXPLANATIONS) == set(Poll.Method)
    assert [sentence for sentence in EXPLANATIONS.values() if sentence not in page] == []


def test_a_preview_shows_the_poll_and_opens_none(topic, ada, sign_in):
    browser, address = sign_in(ada), f"/t/{topic.pk}/polls/new/"
    fields = {"question": "Which <i>tree</i>?", "wordings": "Oak\nAsh", "method": "several", "at_most": "1"}
    fields |= {"secret": "no", "results_show": "always", "token": uuid4()}
    shown = browser.post(address, fields | {"preview": "yes"})
    preview = shown.text.split('id="preview"')[1].split("</section>")[0]
    assert (shown.status_code, Poll.objects.count()) == (200, 0)
    assert "Which &lt;i&gt;tree&lt;/i&gt;?" in preview and "Several choices, 1 to 1." in preview
    assert preview.count('type="checkbox"') == 2
    refused = browser.post(address, fields | {"wordings": "Oak", "preview": "yes"})
    assert (refused.status_code, 'id="preview"' in refused.text) == (400, False)
    assert browser.post(address, fields).status_code == 303
    changed = f"/poll/{Poll.objects.get().pk}/edit/"
    assert 'id="preview"' in browser.post(changed, fields | {"question": "Who?", "preview": "yes"}).text
    assert Poll.objects.get().question == "Which <i>tree</i>?"


def test_how_many_to_choose_counts_only_where_the_form_asks_for_it(topic, ada, sign_in):
    fields = {"question": "Which?", "wordings": "Oak\nAsh", "method": "one", "at_least": "2", "at_most": "9"}
    fields |= {"secret": "no", "results_show": "always", "token": uuid4()}
    assert sign_in(ada).post(f"/t/{topic.pk}/polls/new/", fields).status_code == 303
    assert Poll.objects.values_list("at_least", "at_most").get() == (1, None)


def test_polls_stand_below_the_opening_and_a_line_above_it_counts_them(open_poll, topic, visitor):
    open_poll()
    closing.close(open_poll())
    page = visitor.get(topic.get_absolute_url()).text
    line = '<a href="#polls">2 polls, <span data-open-polls>1</span> open</a>'
    places = [page.index(part) for part in (line, 'class="opening', 'id="polls"', 'class="thread-bar"')]
    assert places == sorted(places)


def test_a_page_from_the_middle_has_its_polls_at_the_end(open_poll, topic, ben, visitor):
    open_poll()
    opening = topic.comments.get()
    for number in (1, 2):
        topic.reply(author=ben, parent=opening, body=f"Reply {number}", token=uuid4())
    page = visitor.get(f"{topic.get_absolute_url()}?sort=old&after=2").text
    places = [page.index(part) for part in ("Reply 2", 'id="polls"', 'id="reply"')]
    assert places == sorted(places)


def test_a_third_poll_is_a_link_that_says_whether_it_is_open(open_poll, topic, visitor):
    polls = [open_poll(question=f"Question {number}?") for number in range(3)]
    page = visitor.get(topic.get_absolute_url()).text
    assert page.count('<section class="poll"') == 2
    last = polls[-1].get_absolute_url()
    assert f'<li><a href="{last}" dir="auto">Question 2?</a> <span class="badge">open</span></li>' in page


def test_a_visitor_who_signs_in_returns_to_the_poll_or_the_reply_form(open_poll, visitor):
    poll = open_poll()
    address = poll.topic.get_absolute_url()
    page = visitor.get(f"{address}?sort=new").text
    for to, place in (("ballot", f"poll-{poll.pk}"), ("reply", "reply")):
        back = quote_plus(f"{address}?sort=new#{place}")
        assert f'href="/accounts/login/?to={to}&amp;next={back}"' in page
    assert "Sign in to vote in this poll." in visitor.get("/accounts/login/?to=ballot&next=/").text
