"""Votes count by the voter's side at the time. The bridging order ranks by the side that values a comment less."""

import json
from datetime import timedelta
from math import sqrt
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.profiles import deletion
from forums.debates import panel
from forums.models import Comment, Debate, Side, Topic, Vote
from forums.models.discussion.scores import BY_SIDE
from forums.reading import selection
from forums.reading.selection import Reading
from forums.tree import recount
from tests.cast import member


def wilson(ups, downs):
    n, z = ups + downs, 1.96
    p = ups / n
    return (p + z * z / 2 / n - z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)) / (1 + z * z / n)


def bridging(for_ups, for_downs, against_ups, against_downs):
    if min(for_ups + for_downs, against_ups + against_downs) < 5:
        return 0
    return min(wilson(for_ups, for_downs), wilson(against_ups, against_downs))


def counters(comment):
    return Comment.objects.values_list(*BY_SIDE).get(pk=comment.pk)


def score(comment):
    return Comment.objects.values_list("bridging", flat=True).get(pk=comment.pk)


@pytest.fixture
def crowd(running):
    """Creates members: `crowd(3, "for")` are three who had joined before the debate and are for it."""

    def crowd(count, stand=None, joined=timedelta(days=1)):
        first = User.objects.count()
        people = [
            member(f"Member{first + number}", date_joined=running.announced_at - joined)
            for number in range(count)
        ]
        if stand:
            now = timezone.now()
            Side.objects.bulk_create(
                Side(debate=running, member=each, stand=stand, since=now, changed_in=1) for each in people
            )
        return people

    return crowd


@pytest.fixture
def cast():
    """Lets people vote: `cast(comment, people, ups)`; the first `ups` of them vote up, the others down."""

    def cast(comment, people, ups):
        for place, each in enumerate(people):
            Vote.objects.cast(comment, by=each, value=1 if place < ups else -1)

    return cast


@pytest.fixture
def set_votes():
    """Sets the votes by side of a comment, as if members had voted."""

    def set_votes(comment, *numbers):
        Comment.objects.filter(pk=comment.pk).update(**dict(zip(BY_SIDE, numbers, strict=True)))
        Comment.objects.filter(pk=comment.pk).rank_by_sides()

    return set_votes


def test_a_vote_counts_for_the_side_at_its_time(running, opening, say, stand, crowd, ben):
    comment = say(opening)
    (dot,) = crowd(1)
    Vote.objects.cast(comment, by=dot, value=1)
    assert counters(comment) == (0, 0, 0, 0)
    stand(running, dot, "for")
    assert counters(comment) == (0, 0, 0, 0)
    Vote.objects.cast(comment, by=dot, value=-1)
    assert counters(comment) == (0, 1, 0, 0)
    stand(running, dot, "against")
    Vote.objects.cast(comment, by=dot, value=-1)
    assert counters(comment) == (0, 1, 0, 0)
    Vote.objects.cast(comment, by=dot, value=1)
    assert counters(comment) == (0, 0, 1, 0)
    stand(running, dot, "undecided")
    Vote.objects.cast(comment, by=dot, value=0)
    Vote.objects.cast(comment, by=dot, value=1)
    assert counters(comment) == (0, 0, 0, 0)


def test_members_who_joined_after_the_announcement_count_for_no_side(opening, say, crowd, cast):
    comment = say(opening)
    cast(comment, crowd(1, "for", joined=timedelta(seconds=-1)) + crowd(1, "for"), 2)
    assert counters(comment) == (1, 0, 0, 0)
    comment.refresh_from_db()
    assert comment.ups == 2


def test_whatever_happens_the_counters_equal_a_recount(running, opening, say, stand, crowd, mod):
    chance, people = Random(5), [*crowd(6, "for"), *crowd(6, "against")]
    comments = [say(opening, f"No. {number}") for number in range(2)]
    stands = {who: "for" if place < 6 else "against" for place, who in enumerate(people)}
    expected = {(who, comments[0]): (stands[who], 1) for who in people}
    for who in people:
        Vote.objects.cast(comments[0], by=who, value=1)
    for _ in range(40):
        who, comment, what = chance.choice(people), chance.choice(comments), chance.random()
        if what < 0.15:
            stands[who] = chance.choice(["for", "against", "undecided"])
            stand(running, who, stands[who])
            continue
        value = chance.choice([1, 1, 1, -1, 0])
        if value != expected.get((who, comment), ("", 0))[1]:
            Vote.objects.cast(comment, by=who, value=value)
            expected[who, comment] = (stands[who], value)
    comments[1].set_hidden(by=mod)
    for who in people[:2]:
        deletion.delete(who)
    for comment in comments:
        cast = [vote for (_, about), vote in expected.items() if about == comment]
        numbers = tuple(cast.count((side, value)) for side in ("for", "against") for value in (1, -1))
        assert counters(comment) == numbers
        assert score(comment) == pytest.approx(bridging(*numbers))
    assert max(score(comment) for comment in comments) > 0
    assert recount.differences() == []


def test_a_recount_mends_counters_and_score(opening, say, crowd, cast):
    comment = say(opening)
    cast(comment, crowd(6, "for"), 5)
    cast(comment, crowd(5, "against"), 3)
    right = counters(comment), score(comment)
    assert right == ((5, 1, 3, 2), pytest.approx(bridging(5, 1, 3, 2)))
    Comment.objects.filter(pk=comment.pk).update(for_ups=9, against_downs=0, bridging=0.5)
    call_command("recount", verbosity=0)
    assert (counters(comment), score(comment)) == right


def test_no_brigade_lifts_a_comment_over_one_that_both_sides_value(opening, say, crowd, cast):
    one, other = crowd(15, "for"), crowd(11, "against")
    valued, ours = say(opening, "Both value it."), say(opening, "One side likes it.")
    cast(valued, one, 12)
    cast(valued, other, 9)
    cast(ours, one, 15)
    cast(ours, other, 3)
    assert score(ours) < score(valued)
    before = score(ours)
    # Members of one side, members without a side, and new accounts that claim to be on either side.
    brigade = [*crowd(8, "for"), *crowd(3), *crowd(2, "undecided")]
    brigade += [each for side in ("for", "against") for each in crowd(6, side, joined=timedelta(minutes=-1))]
    cast(ours, brigade, len(brigade))
    assert score(ours) == before == pytest.approx(wilson(3, 8))
    cast(valued, brigade[8:], 0)
    assert score(valued) == pytest.approx(wilson(9, 2))
    order = selection.select(opening.topic_id, Reading(sort="bridging")).comments
    assert [each.id for each in order] == [opening.pk, valued.pk, ours.pk]


def test_votes_of_one_side_never_lift_a_comment_over_the_other_sides_bound(opening, set_votes):
    for against_ups, against_downs in ((0, 5), (1, 6), (3, 8), (5, 0), (40, 60)):
        for for_ups in (5, 50, 5_000, 100_000):
            set_votes(opening, for_ups, 0, against_ups, against_downs)
            assert score(opening) <= max(wilson(against_ups, against_downs), 0) + 1e-12


def test_a_vote_in_a_debate_costs_one_more_query(opening, say, crowd):
    comment, (dot,) = say(opening), crowd(1, "for")
    loaded = Comment.objects.select_related("topic").get(pk=comment.pk)
    costs = []
    for value in (1, 1, -1, 0):
        with CaptureQueriesContext(connection) as queries:
            Vote.objects.cast(loaded, by=dot, value=value)
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
    assert costs == [6, 3, 6, 5]


def test_the_bridging_order_costs_what_the_best_costs(opening, say):
    comments = [say(opening, f"No. {number}") for number in range(30)]
    for comment in comments:
        say(comment)

    def plan(sort):
        """Returns the kinds of nodes of the plan, and its cost. Without sorting, the indexes of the orders are used."""
        with CaptureQueriesContext(connection) as queries:
            selection.select(opening.topic_id, Reading(sort=sort))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (FORMAT json) {queries[-1]['sql']}")
            found = cursor.fetchone()[0]
        nodes = json.loads(found) if isinstance(found, str) else found
        return kinds(nodes[0]["Plan"]), nodes[0]["Plan"]["Total Cost"]

    def kinds(node):
        return [
            node["Node Type"],
            node.get("Index Name"),
            *(kind for each in node.get("Plans", ()) for kind in kinds(each)),
        ]

    (best, cost_of_best), (found, cost) = plan("best"), plan("bridging")
    assert "comment_bridging" in found
    assert [each and each.replace("bridging", "best") for each in found] == best
    assert cost <= 1.1 * cost_of_best


def test_the_page_shows_votes_by_side_from_five_on_and_the_formula(limes, opening, say, set_votes, visitor):
    few, valued, split = (say(opening, f"No. {number}") for number in range(3))
    set_votes(few, 9, 0, 4, 0)
    set_votes(valued, 12, 3, 9, 2)
    set_votes(split, 14, 1, 2, 9)
    page = visitor.get(f"{limes.get_absolute_url()}?sort=bridging").text
    assert "Bridging</a>" not in page  # it has no debate
    assert page.index(f'id="comment-{valued.pk}"') < page.index(f'id="comment-{split.pk}"')
    assert page.index(f'id="comment-{split.pk}"') < page.index(f'id="comment-{few.pk}"')
    assert "valued by both: 12 of 15 for, 9 of 11 against" in page
    assert "up-votes by side: 14 of 15 for, 2 of 11 against" in page
    assert page.count('class="help by-side"') == 2
    assert "95 % Wilson interval" in page


def test_a_debate_offers_the_order_and_sends_votes_by_side(running, opening, say, set_votes, visitor):
    comment = say(opening)
    version = Topic.objects.get().version
    topic = Topic.objects.select_related("debate").get()
    assert panel.facts(topic, version)["lines"] == {}
    set_votes(comment, 12, 3, 9, 2)
    words = "valued by both: 12 of 15 for, 9 of 11 against"
    assert panel.facts(topic, 0)["lines"] == {comment.pk: f'<p class="help by-side">{words}</p>'}
    assert "Bridging</a>" in visitor.get(topic.get_absolute_url()).text
    assert "Wilson" not in visitor.get(topic.get_absolute_url()).text


def test_votes_before_a_cancelled_debate_count_for_no_side_of_the_next(coming, opening, stand):
    dot = member("Dot", date_joined=coming.announced_at - timedelta(days=1))
    stand(coming, dot, "for")
    Vote.objects.cast(opening, by=dot, value=1)
    assert counters(opening) == (1, 0, 0, 0)
    coming.cancel()
    assert counters(opening) == (0, 0, 0, 0)
    assert list(Vote.objects.values_list("value", "side")) == [(1, "")]
    assert recount.differences() == []


def test_the_summary_says_where_both_sides_agree_and_what_divides_them(
    running, opening, say, set_votes, visitor, mod
):
    valued, more, split, worse, few = (say(opening, f"Text {number}.") for number in range(5))
    set_votes(valued, 12, 3, 9, 2)
    set_votes(more, 14, 1, 11, 0)
    set_votes(split, 14, 1, 2, 9)
    set_votes(worse, 0, 15, 11, 0)
    set_votes(few, 4, 0, 9, 0)
    running.end(by=mod)
    assert Debate.objects.get().summary["valued"] == {
        "both": [more.pk, valued.pk],
        "divided": [worse.pk, split.pk],
    }
    page = visitor.get(running.summary_address).text
    agreed, _, divided = page.partition("Where both sides agree")[2].partition("Most divided")
    divided = divided.partition("Best comments")[0]
    assert [number for number in range(5) if f"Text {number}." in agreed] == [0, 1]
    assert [number for number in range(5) if f"Text {number}." in divided] == [2, 3]
    assert "valued by both: 14 of 15 for, 11 of 11 against" in agreed
