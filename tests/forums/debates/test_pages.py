"""Pages of a debate: the panel, the form and the sides beside names, for each viewer, with their cost."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from forums.debates import panel
from forums.models import Action, Debate, Filter, Reminder, Side, SlowMode, Topic
from forums.reading import changes_since
from forums.templatetags.forum import appointment
from tests.forums.debates.conftest import HOUR

WORDS = {
    "announced": "You can reply from the start",
    "running": "runs until",
    "ended": "how opinion moved",
}


def move(debate, starts, ends):
    now = timezone.now()
    times = {"from": now + starts * HOUR, "until": now + ends * HOUR}
    Debate.objects.filter(pk=debate.pk).update(starts_at=times["from"], ends_at=times["until"])
    Topic.objects.filter(pk=debate.pk).update(debate_from=times["from"], debate_until=times["until"])


def form(starts=1.0, ends=3.0, **more):
    now = timezone.now()
    times = {"starts_at": now + starts * HOUR, "ends_at": now + ends * HOUR}
    sent = {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in times.items()}
    return sent | {"question": "Limes or oaks?", "seconds": "0", "scope": "member"} | more


@pytest.mark.parametrize("state", WORDS)
def test_the_panel_says_how_it_stands(state, coming, limes, visitor, fresh):
    move(coming, *{"announced": (1, 2), "running": (-1, 1), "ended": (-2, -1)}[state])
    page = visitor.get(limes.get_absolute_url())
    assert [word in page.text for word in WORDS.values()] == [word == WORDS[state] for word in WORDS.values()]
    assert f'data-state="{state}"' in page.text
    assert "Limes or oaks?" in page.text


def test_shared_pages_follow_what_happens(coming, limes, visitor, ben, stand, mod):
    address = limes.get_absolute_url()
    assert 'data-side="for">for</span> <b>0</b>' in visitor.get(address).text
    stand(coming, ben, "for")
    assert 'data-side="for">for</span> <b>1</b>' in visitor.get(address).text
    coming.ask("And who waters them?")
    assert "And who waters them?" in visitor.get(address).text
    move(coming, -1, 1)
    Debate.objects.get().begin()
    assert "runs until" in visitor.get(address).text
    Debate.objects.get().end(by=mod)
    page = visitor.get(address).text
    assert "how opinion moved" in page
    assert f"ended {appointment(Debate.objects.get().ended_at)}" in page


def test_a_side_is_taken_by_a_button_alone(coming, limes, sign_in, visitor, ben):
    address = f"/t/{limes.pk}/debate/against/"
    browser = sign_in(ben)
    page = browser.get(limes.get_absolute_url()).text
    assert f'formaction="{address}" data-side="against" aria-pressed="false"' in page
    answer = browser.post(address)
    assert (answer.status_code, answer.url) == (303, f"{limes.get_absolute_url()}#debate")
    assert Side.objects.get().stand == "against"
    page = browser.get(limes.get_absolute_url()).text
    assert f'formaction="{address}" data-side="against" aria-pressed="true"' in page
    # A visitor who presses the button is asked to sign in. Returning from there chooses no side.
    assert visitor.get(address).url.startswith("/accounts/login/?to=side-")
    assert browser.get(f"/t/{limes.pk}/debate/for/").status_code == 303
    assert Side.objects.get().stand == "against"


def test_scripts_get_what_a_live_update_would_bring(running, limes, opening, sign_in, ben, fresh):
    fresh(limes).reply(author=ben, parent=opening, body="Hear!", token=uuid4())
    answer = sign_in(ben).post(f"/t/{limes.pk}/debate/for/", headers={"accept": "application/json"}).json()
    assert 'data-side="for">for</span> <b>1</b>' in answer.pop("html")
    assert answer == {"state": "running", "sides": {"Ben": "for"}, "lines": {}}


def test_sides_stand_beside_names_in_a_debate_and_nowhere_else(
    running, limes, opening, visitor, ben, cleo, stand, open_topic
):
    topic = Topic.objects.get(pk=limes.pk)
    for member in (ben, cleo):
        topic.reply(author=member, parent=opening, body="Hear!", token=uuid4())
    stand(running, ben, "for")
    page = visitor.get(limes.get_absolute_url()).text
    assert re.findall(r'">(\w+)</a><span class="side" data-side="(\w+)">', page) == [("Ben", "for")]
    other = open_topic("Bees?")
    other.reply(author=ben, parent=other.comments.get(), body="Buzz.", token=uuid4())
    assert 'class="side"' not in visitor.get(other.get_absolute_url()).text


def test_ones_own_reply_shows_ones_side(running, limes, opening, sign_in, ben, stand):
    stand(running, ben, "undecided")
    sent = {"body": "Well.", "token": str(uuid4()), "parent": opening.pk}
    row = sign_in(ben).post(f"/t/{limes.pk}/reply/", sent, headers={"accept": "text/x-row"})
    assert row.status_code == 201
    assert '<span class="side" data-side="undecided">undecided</span>' in row.text


def test_of_a_hidden_comment_not_even_the_side_is_told(running, limes, opening, visitor, ben, stand, mod):
    stand(running, ben, "for")
    topic = Topic.objects.get(pk=limes.pk)
    said = topic.reply(author=ben, parent=opening, body="Ninny!", token=uuid4())
    assert '</a><span class="side" data-side="for">' in visitor.get(limes.get_absolute_url()).text
    assert panel.facts(limes, 0)["sides"] == {"Ben": "for"}
    said.set_hidden(by=mod)
    assert '</a><span class="side"' not in visitor.get(limes.get_absolute_url()).text
    assert panel.facts(limes, 0)["sides"] == {}


def test_the_side_of_a_member_who_left_is_not_told(running, limes, opening, ben, stand, fresh):
    stand(running, ben, "for")
    fresh(limes).reply(author=ben, parent=opening, body="Hear!", token=uuid4())
    assert panel.facts(limes, 0)["sides"] == {"Ben": "for"}
    User.objects.filter(pk=ben.pk).update(deleted_at=timezone.now())
    assert panel.facts(limes, 0)["sides"] == {}


def test_what_is_told_live_is_the_face_and_who_changed_sides(
    running, limes, opening, ben, cleo, stand, fresh
):
    stand(running, ben, "for")
    known = fresh(limes).version
    stand(running, cleo, "against")
    fresh(limes).reply(author=cleo, parent=opening, body="No.", token=uuid4())
    said = changes_since._since(fresh(limes), known, None)
    told = said["facts"]["debate"]
    assert (told["state"], told["sides"]) == ("running", {"Cleo": "against"})
    assert told["html"] == str(panel.shared_html(panel.of(fresh(limes))))
    assert '<span class="side" data-side="against">' in said["comments"][0]["html"]


def test_without_a_debate_nothing_is_told_of_one(limes):
    assert changes_since._since(limes, 0, None)["facts"]["debate"] is None


def test_a_question_is_text(coming, limes, visitor, sign_in, mod, fresh):
    nasty = '<script>alert(1)</script>" onload="x'
    assert sign_in(mod).post(f"/t/{limes.pk}/debate/question/", {"question": nasty}).status_code == 303
    shown = visitor.get(limes.get_absolute_url()).text
    assert "<script>alert" not in shown and '" onload=' not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in panel.facts(fresh(limes), 0)["html"]
    sign_in(mod).post(f"/t/{limes.pk}/debate/question/", {"question": "  One \n line\t only "})
    assert Debate.objects.get().question == "One line only"


def test_before_the_start_the_composer_waits_in_the_page(coming, limes, sign_in, visitor, ben, mod):
    mine = sign_in(ben).get(limes.get_absolute_url()).text
    assert 'class="once-begun"' in mine and 'data-may-not="reply-yet"' in mine
    assert "once-begun" not in visitor.get(limes.get_absolute_url()).text
    assert "once-begun" not in sign_in(mod).get(limes.get_absolute_url()).text
    refused = sign_in(ben).post(
        f"/t/{limes.pk}/reply/", {"body": "Now?", "token": str(uuid4()), "parent": limes.comments.get().pk}
    )
    assert (refused.status_code, "Now?" in refused.text) == (403, True)
    assert "Its debate begins on" in refused.text


def test_members_are_reminded_if_they_ask(coming, limes, sign_in, visitor, ben):
    browser, address = sign_in(ben), f"/t/{limes.pk}/debate/remind/"
    assert visitor.get(address).url.startswith("/accounts/login/")
    assert [browser.post(address).status_code for _ in range(2)] == [303, 303]
    assert Reminder.objects.get().member == ben
    assert "You will be reminded." in browser.get(limes.get_absolute_url()).text
    assert browser.post(f"/t/{limes.pk}/debate/forget/").status_code == 303
    assert not Reminder.objects.exists()


# --- Announcing and changing --------------------------------------------------------------------------


def test_the_author_announces_it_with_one_form(sign_in, ada, limes, fresh):
    address = f"/t/{limes.pk}/debate/"
    browser = sign_in(ada)
    assert browser.get(address).status_code == 200
    answer = browser.post(address, form(seconds="60", scope="branch"))
    assert (answer.status_code, answer.url) == (303, f"{limes.get_absolute_url()}#debate")
    debate, mode = Debate.objects.get(), SlowMode.objects.get()
    assert (debate.announced_by, debate.question) == (ada, "Limes or oaks?")
    assert (mode.seconds, mode.scope) == (60, "branch")
    # The form shows the present values. Sending it twice changes nothing.
    again = browser.get(address)
    assert again.context["form"].initial["seconds"] == 60
    version = fresh(limes).version
    assert browser.post(address, form(seconds="60", scope="branch")).status_code == 303
    assert (Debate.objects.count(), fresh(limes).version) == (1, version)
    assert browser.post(address, form(2, 4, question="Which?")).status_code == 303
    debate.refresh_from_db()
    assert (debate.revision, debate.question, SlowMode.objects.exists()) == (1, "Which?", False)


def test_whoever_opens_a_topic_can_go_on_to_a_debate(sign_in, ben, town):
    sent = {"category": town.pk, "title": "Bees", "body": "?", "token": str(uuid4())}
    browser = sign_in(ben)
    assert "Open it and announce a debate" in browser.get("/new/").text
    topic = browser.post("/new/debate/", sent)
    assert topic.url == f"/t/{Topic.objects.get(title='Bees').pk}/debate/"
    assert browser.get(topic.url).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (form(-1, 2), "in the future"),
        (form(9000, 9002), "at most a year ahead"),
        (form(1, 1.05), "from five minutes to seven days"),
        (form(1, 200), "from five minutes to seven days"),
        (form(2, 1), "from five minutes to seven days"),
        (form(starts_at="soon"), "Please enter a date and a time."),
        (form(question="x" * 201), "at most 200"),
        (form(question="a\x00b"), "cannot be stored"),
        (form(seconds="7"), "Select a valid choice"),
    ],
)
def test_what_cannot_be_a_debate_comes_back_filled_in(sign_in, mod, limes, wrong, sentence):
    answer = sign_in(mod).post(f"/t/{limes.pk}/debate/", wrong)
    assert (answer.status_code, sentence in answer.text) == (400, True)
    assert not Debate.objects.exists()


def test_while_it_runs_the_form_moves_the_end_to_later(running, sign_in, mod, limes, fresh):
    browser, address = sign_in(mod), f"/t/{limes.pk}/debate/"
    assert "starts_at" not in browser.get(address).context["form"].fields
    refused = browser.post(address, form(ends=0.5))
    assert (refused.status_code, "its start cannot change" in refused.text) == (409, True)
    assert browser.post(address, form(ends=2)).status_code == 303
    assert fresh(limes).debate_until > running.ends_at


def test_watched_words_stay_out_of_questions(sign_in, ada, mod, limes, fresh):
    Filter.objects.create(lines="casino", does="hold")
    address = f"/t/{limes.pk}/debate/"
    refused = sign_in(ada).post(address, form(question="Casino?"))
    assert (refused.status_code, "out of this" in refused.text) == (403, True)
    assert not Debate.objects.exists()
    assert sign_in(ada).post(address, form()).status_code == 303
    assert sign_in(ada).post(address + "question/", {"question": "Casino?"}).status_code == 403
    assert sign_in(ada).post(address, form(question="Casino?")).status_code == 403
    assert Debate.objects.get().question == "Limes or oaks?"
    assert sign_in(mod).post(address + "question/", {"question": "Casino?"}).status_code == 303
    assert Debate.objects.get().question == "Casino?"
    assert sign_in(ada).post(address, form(2, 4, question="Casino?")).status_code == 303  # nothing new


def test_the_pace_that_a_moderator_sets_is_logged_and_not_for_the_host_to_lift(
    sign_in, ada, mod, limes, fresh
):
    address = f"/t/{limes.pk}/debate/"
    assert sign_in(ada).post(address, form(seconds="60")).status_code == 303
    assert not Action.objects.exists()
    assert sign_in(mod).post(address, form(seconds="300")).status_code == 303
    assert Action.objects.get().verb == "topic_slowed"
    refused = sign_in(ada).post(address, form(seconds="0"))
    assert (refused.status_code, "Only moderators can change that" in refused.text) == (409, True)
    assert sign_in(ada).post(address, form(2, 4, seconds="300")).status_code == 303
    assert SlowMode.objects.get().seconds == 300
    assert sign_in(mod).post(address, form(2, 4)).status_code == 303
    assert (SlowMode.objects.exists(), Action.objects.latest("pk").verb) == (False, "topic_unslowed")


def act(limes, what):
    posted = form() if what == "debate/" else {"question": "Mine?"} if what == "debate/question/" else {}
    return f"/t/{limes.pk}/{what}", posted


VERBS = ("debate/", "debate/question/", "debate/cancel/", "debate/end/")
SIDES = ("debate/for/", "debate/undecided/", "debate/against/", "debate/remind/", "debate/forget/")
# Allowed acts while announced / running / ended. The host is Ada, who opened the topic.
ALLOWED = {
    ("ada", "debate/"): "yes yes no", ("mod", "debate/"): "yes yes no", ("ben", "debate/"): "no no no",
    ("ada", "debate/question/"): "yes yes no", ("mod", "debate/question/"): "yes yes late",
    ("ben", "debate/question/"): "no no no", ("ada", "debate/cancel/"): "yes late no",
    ("mod", "debate/cancel/"): "yes late late", ("ben", "debate/cancel/"): "no no no",
    ("ada", "debate/end/"): "no no no", ("mod", "debate/end/"): "late yes yes", ("ben", "debate/end/"): "no no no",
}  # fmt: skip
STATUS = {"yes": 303, "no": 403, "late": 409}
TIMES = {"announced": (1, 2), "running": (-1, 1), "ended": (-2, -1)}


@pytest.mark.parametrize("place", range(3), ids=TIMES)
@pytest.mark.parametrize(("who", "what"), ALLOWED)
def test_every_verb_by_everyone_at_every_time(
    who, what, place, announce, ada, limes, sign_in, visitor, request
):
    announce(*list(TIMES.values())[place], by=ada)
    address, posted = act(limes, what)
    if what == "debate/" and place == 1:
        posted = form(ends=2)
    assert visitor.post(address, posted).url.startswith("/accounts/login/")
    answer = sign_in(request.getfixturevalue(who)).post(address, posted)
    assert answer.status_code == STATUS[ALLOWED[who, what].split()[place]]


@pytest.mark.parametrize("place", range(3), ids=TIMES)
@pytest.mark.parametrize("what", SIDES)
def test_members_take_sides_until_the_end(what, place, announce, ben, limes, sign_in):
    announce(*list(TIMES.values())[place])
    answer = sign_in(ben).post(f"/t/{limes.pk}/{what}")
    is_late = place == 2 and "remind" not in what and "forget" not in what
    assert answer.status_code == (403 if is_late else 303)


@pytest.mark.parametrize("what", (*VERBS, *SIDES, "debate.ics", "summary/"))
def test_what_one_may_not_see_cannot_be_debated(
    what, announce, open_topic, vault, cleo, stewards, sign_in, ben, visitor
):
    cleo.groups.add(stewards)
    topic = open_topic("Whom to trust", author=cleo, category=vault, body="The key.")
    announce(-2, -1, topic=topic, by=cleo)
    address, posted = act(topic, what)
    reads = what in ("debate.ics", "summary/")
    outsider, steward = sign_in(ben), sign_in(cleo)
    refused = outsider.get(address) if reads else outsider.post(address, posted)
    assert refused.status_code == 404 and "trust" not in refused.text
    if reads:
        assert visitor.get(address).status_code == 404
    assert (steward.get(address) if reads else steward.post(address, posted)).status_code != 404


@pytest.mark.parametrize("what", (*VERBS[1:], *SIDES, "debate.ics", "summary/"))
def test_where_nothing_is_debated_there_is_nothing(what, limes, sign_in, mod):
    address, posted = act(limes, what)
    browser = sign_in(mod)
    reads = what in ("debate.ics", "summary/")
    assert (browser.get(address) if reads else browser.post(address, posted)).status_code == 404


# --- Where debates are found --------------------------------------------------------------------------


def test_the_next_ones_stand_above_the_topics(
    announce, open_topic, visitor, sign_in, ben, cleo, vault, stewards
):
    cleo.groups.add(stewards)
    announce(3, 4, topic=open_topic("Third"))
    announce(-0.5, 1, topic=open_topic("First"))
    announce(2, 3, topic=open_topic("Secret", category=vault))
    announce(-3, -2, topic=open_topic("Past"))

    def strip(browser):
        page = browser.get("/").text
        found = page.partition('debates-next"')[2].partition("</div>")[0]
        return [name for name in ("First", "Secret", "Third", "Past") if name in found]

    assert strip(visitor) == strip(sign_in(ben)) == ["First", "Third"]
    assert strip(sign_in(cleo)) == ["First", "Secret"]


def test_the_strip_follows_what_becomes_of_the_topic(coming, limes, visitor, sign_in, ben, mod):
    browser = sign_in(ben)

    def says(text):
        return [
            text in one.get("/").text.partition('debates-next"')[2].partition("</div>")[0]
            for one in (visitor, browser)
        ]

    assert says("plant limes") == [True, True]
    limes = Topic.objects.get(pk=limes.pk)
    limes.rename("Shall we plant oaks?")
    assert says("plant oaks") == [True, True]
    limes.set_hidden(mod)
    assert says("plant oaks") == [False, False]
    limes.set_shown()
    Debate.objects.get().cancel()
    assert says("plant oaks") == [False, False]


def test_a_page_lists_what_comes_and_what_is_over(announce, open_topic, visitor, mod):
    announce(1, 2, topic=open_topic("To come"))
    announce(-2, 1, topic=open_topic("Held")).end(by=mod)
    page = visitor.get("/debates/").text
    assert page.index("To come") < page.index("Past debates") < page.index("Held")
    assert visitor.get("/debates/?before=x").status_code == 400


# --- Costs --------------------------------------------------------------------------------------------


def cost(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_a_topic_without_a_debate_pays_nothing_for_those_that_have_one(
    limes, announce, open_topic, opening, say, sign_in, cleo
):
    say(opening)
    browser, address = sign_in(cleo), limes.get_absolute_url()
    for page in (address, "/"):
        browser.get(page)
    before = [cost(browser, page) for page in (address, "/")]
    announce(topic=open_topic("Bees?"))
    browser.get("/")
    assert [cost(browser, page) for page in (address, "/")] == before


def test_a_debate_costs_three_queries_more_however_many_take_part(
    running, limes, opening, sign_in, cleo, crowd_of, fresh
):
    browser, address = sign_in(cleo), limes.get_absolute_url()
    costs = []
    for number in (3, 30):
        crowd_of(number)
        browser.get(address)
        costs.append(cost(browser, address))
    Debate.objects.all().delete()
    Topic.objects.update(debate_from=None, debate_until=None)
    browser.get(address)
    assert costs == [cost(browser, address) + 2] * 2


@pytest.fixture
def crowd_of(running, opening, stand):
    from tests.cast import member

    def crowd_of(number):
        for place in range(number):
            who = member(f"Crowd{number}x{place}")
            topic = Topic.objects.get(pk=running.pk)
            topic.reply(author=who, parent=opening, body="Hear!", token=uuid4())
            stand(Debate.objects.get(), who, "for")

    return crowd_of


def test_unanswered_leaves_out_what_nobody_can_answer_yet(coming, limes, visitor):
    assert "plant limes" not in visitor.get("/?list=unanswered").text.partition('class="topics"')[2]
    move(coming, -1, timedelta(hours=1) / HOUR)
    Debate.objects.get().begin()
    assert "plant limes" in visitor.get("/?list=unanswered").text.partition('class="topics"')[2]
