"""The roll of a poll, its quorum and majority, and the list of those who voted."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from polls import tasks
from polls.ballots import closing, permissions, voting
from polls.models import Entry, Poll
from polls.tally import Majority, Rule, decide
from tests.cast import member

pytestmark = pytest.mark.django_db(transaction=True)
YES, NO, ABSTAIN = 1, 2, 3


def decision(yes, no, abstain, roll=100, **rule):
    counts = {YES: yes, NO: no, ABSTAIN: abstain}
    most = max(yes, no)
    leaders = [option for option in (YES, NO) if counts[option] == most and most]
    ballots = yes + no + abstain
    rule = Rule(rule.pop("majority", Majority.SIMPLE), **rule)
    return decide(rule, counts, leaders, ballots=ballots, roll=roll, abstain=ABSTAIN, against=NO)


@pytest.mark.parametrize(
    ("votes", "rule", "passes"),
    [
        ((2, 1, 50), {}, True),
        ((1, 2, 0), {}, False),  # "No" leads
        ((2, 2, 0), {}, False),  # nobody leads alone
        ((0, 0, 9), {}, False),
        ((6, 5, 0), {"majority": Majority.ABSOLUTE}, True),
        ((51, 2, 0), {"majority": Majority.ABSOLUTE, "of_roll": True}, True),
        ((50, 2, 40), {"majority": Majority.ABSOLUTE, "of_roll": True}, False),
        ((20, 10, 70), {"majority": Majority.TWO_THIRDS}, True),
        ((19, 10, 0), {"majority": Majority.TWO_THIRDS}, False),
        ((3, 1, 0), {"majority": Majority.CUSTOM, "percent": 75}, True),
        ((3, 1, 0), {"majority": Majority.CUSTOM, "percent": 76}, False),
        ((9, 0, 0), {"quorum": 10}, False),
        ((9, 0, 1), {"quorum": 10}, True),  # abstentions count for the quorum
        ((19, 0, 0), {"quorum_percent": 20}, False),
        ((20, 0, 0), {"quorum_percent": 20}, True),
    ],
)
def test_a_poll_passes_by_its_quorum_and_its_majority(votes, rule, passes):
    assert decision(*votes, **rule).has_passed is passes


def test_who_joins_the_group_later_is_not_on_the_roll_unless_the_poll_says_so(open_poll, ben, cleo):
    group = Group.objects.create(name="Council")
    ben.groups.add(group)
    fixed = open_poll(roll_grows=False, voter_groups=[group.pk])
    growing = open_poll(voter_groups=[group.pk])
    assert (fixed.roll_size, growing.roll_size) == (1, 1)
    ben.groups.remove(group)
    cleo.groups.add(group)
    refreshed = [type(each).objects.get(pk=each.pk) for each in (ben, cleo)]
    assert [permissions.why_not_vote(each, fixed) == "" for each in refreshed] == [True, False]
    assert [permissions.why_not_vote(each, growing) == "" for each in refreshed] == [False, True]
    assert fixed.log.get(event=Entry.Event.ROLL_FIXED).note == "1 member"


def test_who_joins_the_forum_later_is_not_on_a_fixed_roll(open_poll, ben):
    fixed, growing = open_poll(roll_grows=False), open_poll()
    late = member("Late")
    assert permissions.why_not_vote(ben, fixed) == ""
    assert "you joined later" in permissions.why_not_vote(late, fixed)
    assert permissions.why_not_vote(late, growing) == ""
    assert fixed.roll_size == type(ben).objects.count() - 1


def test_the_roll_of_a_private_category_has_only_those_who_see_it(open_poll, topic, ben):
    group = Group.objects.create(name="Council")
    ben.groups.add(group)
    topic.category.see_groups = [group.pk]
    topic.category.save()
    assert open_poll(roll_grows=False).roll_size == 1


def test_a_poll_that_opens_later_fixes_its_roll_then(open_poll, ben):
    group = Group.objects.create(name="Council")
    poll = open_poll(roll_grows=False, voter_groups=[group.pk], opens_at=timezone.now() + timedelta(hours=1))
    assert poll.roll_size is None
    ben.groups.add(group)
    tasks.open_due()
    Poll.objects.update(opens_at=timezone.now())
    tasks.open_due()
    ben.groups.remove(group)
    tasks.open_due()
    assert Poll.objects.get().roll_size == 1
    assert Poll.objects.get().log.filter(event=Entry.Event.ROLL_FIXED).count() == 1


def test_the_page_shows_the_roll_the_turnout_and_whether_it_passed(open_poll, topic, ada, ben, cleo, sign_in):
    fields = {
        "question": "Shall we?", "wordings": "Yes", "against": "No", "abstain": "Abstain", "method": "one",
        "secret": "no", "results_show": "always", "majority": "thirds", "majority_of_roll": "no",
        "quorum_percent": "30", "token": uuid4(),
    }  # fmt: skip
    browser = sign_in(ada)
    assert browser.post(f"/t/{topic.pk}/polls/new/", fields).status_code == 303
    poll = Poll.objects.for_page().get()
    assert list(poll.options.values_list("wording", "kind")) == [
        ("Yes", ""),
        ("No", "none"),
        ("Abstain", "abstain"),
    ]
    size = poll.roll_size
    for voter, place in ((ben, 0), (cleo, 2)):
        voting.cast(poll, member=voter, marks=[poll.option_ids[place]], token=uuid4())
    page = browser.get(poll.get_absolute_url()).text
    assert f"{200 / size:.0f} %" in page and f"of the {size} members on the roll" in page
    assert "at least two thirds of the votes, without abstentions" in " ".join(page.split())
    closing.close(poll)
    assert Poll.objects.get().passed is True
    assert "“Yes” has 1 of 1 votes, and 1 was needed" in " ".join(
        browser.get(poll.get_absolute_url()).text.split()
    )


def test_who_voted_is_shown_after_the_close_and_only_from_ten_voters_on(open_poll, crowd, visitor):
    voters = crowd(10)
    few, many, silent = (
        open_poll(secret=True, roll_grows=False, voters_published=published, question=question)
        for question, published in (("few", True), ("many", True), ("silent", False))
    )
    for poll, number in ((few, 9), (many, 10), (silent, 10)):
        for voter in voters[:number]:
            voting.cast(poll, member=voter, marks=[poll.option_ids[0]], token=uuid4())
    assert "sees who voted, but not how" in visitor.get(many.get_absolute_url()).text
    assert "sees who voted, but not how" not in visitor.get(silent.get_absolute_url()).text
    pages = [f"/poll/{poll.pk}/{page}" for poll in (few, many, silent) for page in ("voters/", "roll.csv")]
    assert [visitor.get(page).status_code for page in pages] == [404] * 6
    for poll in (few, many, silent):
        closing.close(poll)
    assert [visitor.get(page).status_code for page in pages] == [404, 404, 200, 200, 404, 404]
    page = visitor.get(pages[2]).text
    assert all(f">{voter.username}</a>" in page for voter in voters)
    rows = list(csv.reader(io.StringIO(visitor.get(pages[3]).text)))
    assert rows[0] == ["member", "on the roll", "voted"]
    assert {row[1] for row in rows[1:]} == {"1"} and len(rows) == 1 + many.roll_size
    assert {row[0] for row in rows if row[2] == "1"} == {voter.username for voter in voters}
