"""Trust levels: earned by visits and readers, not by writing much; set by staff, paused by sanctions."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Trust, User
from accounts.profiles import days_active
from forums import tasks
from forums.models import Comment, Visit, Vote
from forums.posting import trust
from tests.cast import member

NEW, MEMBER, REGULAR = Trust


@pytest.fixture(autouse=True)
def _thresholds(settings):
    settings.TRUST_MEMBER, settings.TRUST_REGULAR = [2, 3, 1], [5, 4, 2]


@pytest.fixture
def crowd(db):
    return [member(f"Reader{number}") for number in range(6)]


@pytest.fixture
def known(open_topic, crowd):
    """Creates a member whose topic has readers and votes: `known("Nia", days, readers, voters)`."""

    def known(name, days=9, readers=9, voters=9, **more):
        author = member(name, **{"trust": NEW, "days_here": days} | more)
        topic = open_topic(f"By {name}", author=author)
        for reader in crowd[:readers]:
            Visit.objects.create(member=reader, topic=topic, baseline_seq=1, latest_seq=1)
        for voter in crowd[:voters]:
            Vote.objects.create(member=voter, comment=topic.comments.get(), value=1)
        return author

    return known


def grown(author):
    trust.grow([author.pk])
    return User.objects.get(pk=author.pk).trust


@pytest.mark.parametrize(
    ("days", "readers", "voters", "level"),
    [
        (2, 3, 1, MEMBER),
        (1, 6, 6, NEW),
        (2, 2, 1, NEW),
        (2, 3, 0, NEW),
        (5, 4, 2, REGULAR),
        (4, 6, 6, MEMBER),
        (9, 3, 6, MEMBER),
        (9, 6, 1, MEMBER),
    ],
)
def test_days_readers_and_voters_are_all_needed(known, days, readers, voters, level):
    assert grown(known("Nia", days, readers, voters)) == level


def test_writing_much_makes_nobody_anything(known, settings):
    author = known("Nia", readers=0, voters=0)
    topic = author.topics.get()
    for number in range(30):
        topic.reply(author=author, parent=topic.comments.get(seq=1), body=f"{number}", token=uuid4())
    Visit.objects.filter(member=author).update(latest_seq=99)
    assert grown(author) == NEW


def test_the_same_reader_counts_once(known, crowd, open_topic):
    author = known("Nia", readers=2)
    for number in range(4):
        topic = open_topic(f"More {number}", author=author)
        Visit.objects.create(member=crowd[0], topic=topic, baseline_seq=1, latest_seq=1)
    assert grown(author) == NEW
    Visit.objects.create(member=crowd[2], topic=topic, baseline_seq=1, latest_seq=1)
    assert grown(author) == MEMBER


def test_a_visit_from_before_reads_nothing(known, limes, opening, crowd):
    author = member("Nia", trust=NEW, days_here=9)
    for reader in crowd:
        Visit.objects.create(member=reader, topic=limes, baseline_seq=1, latest_seq=1)
    comment = limes.reply(author=author, parent=opening, body="Yes", token=uuid4())
    for voter in crowd:
        Vote.objects.create(member=voter, comment=comment, value=1)
    assert grown(author) == NEW
    Visit.objects.update(latest_seq=2)
    assert grown(author) == REGULAR


@pytest.mark.parametrize("gone", ["deleted_at", "hidden_at"])
def test_what_was_taken_away_counts_no_more(known, gone):
    author = known("Nia")
    Comment.objects.filter(author=author).update(**{gone: timezone.now()})
    assert grown(author) == NEW
    Comment.objects.filter(author=author).update(**{gone: None})
    assert grown(author) == REGULAR


def test_votes_against_count_for_nothing(known):
    author = known("Nia")
    Vote.objects.update(value=-1)
    assert grown(author) == NEW


def test_it_rests_after_a_sanction_and_stays_where_it_is_pinned(known, mod, settings):
    author = known("Nia")
    warning = author.warn(by=mod, reason="Rude")
    assert grown(author) == NEW
    warning.at -= timedelta(days=settings.TRUST_PAUSE_DAYS, minutes=1)
    warning.save()
    author.pin_trust(NEW, by=mod)
    assert grown(author) == NEW
    author.unpin_trust()
    assert grown(author) == REGULAR
    author.pin_trust(NEW, by=mod)
    again = User.objects.get(pk=author.pk)
    assert (again.trust, again.trust_pinned_by) == (NEW, mod)


def test_it_never_shrinks_by_itself(known):
    author = known("Nia", days=0, trust=REGULAR)
    assert grown(author) == REGULAR


def test_many_are_judged_by_the_same_number_of_statements(known, django_assert_num_queries):
    few = [known(f"Few{number}").pk for number in range(3)]
    with django_assert_num_queries(1):
        assert trust.grow(few) == 3
    many = [known(f"Many{number}").pk for number in range(15)]
    with django_assert_num_queries(1):
        assert trust.grow(many) == 15
    assert trust.grow(many) == 0


def test_the_clock_judges_who_came_since_yesterday(known):
    here = known("Here", here_on=days_active.today() - timedelta(days=1))
    away = known("Away", here_on=days_active.today() - timedelta(days=2))
    tasks.raise_trust_levels()
    assert [User.objects.get(pk=each.pk).trust for each in (here, away)] == [REGULAR, NEW]


def test_a_day_is_counted_once_and_judged_with_its_first_request(known, sign_in, django_assert_num_queries):
    author = known("Nia", days=1, here_on=days_active.today() - timedelta(days=1))
    browser = sign_in(author)
    browser.get("/drafts/")
    again = User.objects.get(pk=author.pk)
    assert (again.days_here, again.here_on, again.trust) == (2, days_active.today(), MEMBER)
    with django_assert_num_queries(2):  # the viewer, the drafts
        browser.get("/drafts/")
    days_active.count_today(author)  # at the same moment, in another process
    assert User.objects.get(pk=author.pk).days_here == 2


def test_pictures_and_visitors_count_no_days(ada, sign_in, visitor):
    User.objects.filter(pk=ada.pk).update(here_on=None, days_here=0)
    sign_in(ada).get("/u/Ada/avatar.svg")
    visitor.get("/")
    assert User.objects.get(pk=ada.pk).days_here == 0
    sign_in(ada).get("/")
    assert User.objects.get(pk=ada.pk).days_here == 1


def test_the_new_read_their_limits_and_others_do_not(sign_in, ada, settings):
    settings.NEW_LINKS = 7
    nia = member("Nia", trust=NEW)
    assert "with 7 links" in sign_in(nia).get("/accounts/settings/standing/").text
    assert "with 7 links" not in sign_in(ada).get("/accounts/settings/standing/").text
