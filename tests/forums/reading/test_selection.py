import random
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from forums.markup.size import PAGE
from forums.models import Category, Comment, Topic, Vote
from forums.reading import selection, topic_page
from forums.reading.selection import Reading
from tests.cast import member


def grow_bushy_topic():
    """Creates a topic of 150 replies whose tree is wide and deep and has votes. Returns its id."""
    chance, writers = random.Random(7), [member("Dot"), member("Fay")]
    category = Category.objects.create(name="Grove", slug="grove")
    topic = Topic.open(author=writers[0], category=category, title="Bushy", body="Who grows?", token=uuid4())
    grown = [opening := topic.comments.get(seq=1)]
    for number in range(150):
        parent = opening if chance.random() < 0.4 else chance.choice(grown[-40:])
        author = chance.choice(writers)
        grown.append(topic.reply(author=author, parent=parent, body=f"No. {number}", token=uuid4()))
    for comment in chance.sample(grown[1:], 60):
        voter = writers[comment.author_id == writers[0].pk]
        Vote.objects.cast(comment, by=voter, value=chance.choice([1, 1, -1]))
    return topic.pk


@pytest.fixture(scope="module")
def bushy_id(create_shared):
    return create_shared(grow_bushy_topic)


@pytest.fixture
def bushy(db, bushy_id):
    return Topic.objects.get(pk=bushy_id)


def shown(browser, address):
    """Returns the ids of a page's comments in their order."""
    return [
        int(id)
        for id in re.findall(r'<li class="comment[^"]*" id="comment-(\d+)"', browser.get(address).text)
    ]


ORDERS = {
    "best": lambda comment: (-comment.best, comment.seq),
    "new": lambda comment: -comment.seq,
    "old": lambda comment: comment.seq,
    "top": lambda comment: (-comment.score, comment.seq),
    "controversial": lambda comment: (-comment.controversy, comment.seq),
}


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_of_roots_follow_the_order_without_gap_or_repetition(bushy, visitor, sort):
    opening = bushy.comments.get(seq=1)
    roots = [comment.pk for comment in sorted(opening.replies.all(), key=ORDERS[sort])]
    assert len(roots) > 2 * selection.ROOTS
    seen, after = [], None
    while True:
        own = topic_page.OwnPage(bushy, Reading(sort=sort, after=after), AnonymousUser())
        seen += [row.id for row in own.page.shared.children[opening.pk]]
        after = own.page.next_after
        if after is None:
            break
        assert len(seen) % selection.ROOTS == 0
    assert seen == roots


@pytest.mark.parametrize("sort", ORDERS)
def test_every_comment_is_reached_by_following_the_links(bushy, visitor, sort):
    """Visits the pages and each "more replies" link, as a reader without scripts would."""
    to_visit, visited, found = [f"{bushy.get_absolute_url()}?sort={sort}"], set(), set()
    while to_visit:
        address = to_visit.pop()
        visited.add(address)
        html = visitor.get(address).text
        found |= {int(id) for id in re.findall(r'<li class="comment[^"]*" id="comment-(\d+)"', html)}
        links = re.findall(r'class="more"><a href="([^"]+)"', html)
        to_visit += [link for each in links if (link := each.replace("&amp;", "&")) not in visited]
        assert len(visited) < 300
    assert found == set(bushy.comments.filter(seq__gt=1).values_list("pk", flat=True))


def test_siblings_below_the_roots_follow_the_order(bushy):
    own = topic_page.OwnPage(bushy, Reading(sort="top"), AnonymousUser())
    for rows in own.page.shared.children.values():
        comments = [Comment.objects.get(pk=row.id) for row in rows]
        assert comments == sorted(comments, key=ORDERS["top"])


def test_a_page_holds_at_most_its_rows(limes, opening, ben, say):
    for root in range(22):
        comment = say(opening, f"Root {root}")
        for reply in range(12):
            say(comment, f"Reply {reply}")
    own = topic_page.OwnPage(limes, Reading(sort="old"), AnonymousUser())
    rows = [row for rows in own.page.shared.children.values() for row in rows]
    assert selection.ROWS - selection.ROOTS <= len(rows) <= selection.ROWS
    # Every comment shows some replies before any shows all.
    counts = [len(own.page.shared.children[row.id]) for row in own.page.shared.children[opening.pk]]
    assert max(counts) - min(counts) <= 1
    assert "more replies" in str(own.replies())


def test_a_branch_has_its_own_page(bushy, visitor):
    branch = bushy.comments.filter(depth=1).order_by("-descendants").first()
    ids = shown(visitor, f"{bushy.get_absolute_url()}?branch={branch.seq}&sort=old")
    assert ids[0] == branch.pk
    below = bushy.comments.filter(path__startswith=branch.path).values_list("pk", flat=True)
    assert set(ids) <= set(below)


def test_a_permalink_shows_the_comment_with_its_ancestors(bushy, visitor):
    for comment in bushy.comments.filter(seq__gt=1).order_by("-depth")[:10]:
        answer = visitor.get(f"/comments/{comment.pk}/")
        assert answer.status_code == 302
        address, _, fragment = answer["Location"].partition("#")
        assert fragment == f"comment-{comment.pk}"
        ids = shown(visitor, address)
        while not comment.is_opening:
            assert comment.pk in ids
            comment = comment.parent


def test_a_page_in_the_middle_counts_no_replies_before_it_as_missing(limes, opening, say, visitor):
    branch = say(opening, "The branch")
    replies = [say(branch, f"Reply {number}") for number in range(selection.SIBLINGS + 5)]
    address = f"{limes.get_absolute_url()}?branch={branch.seq}&sort=old"
    start, middle, end = (
        re.findall(r'class="more"><a href="([^"]+)"[^>]*>([^<]+)<', visitor.get(f"{address}{after}").text)
        for after in ("", f"&after={replies[4].seq}", f"&after={replies[-selection.ROOTS - 1].seq}")
    )
    href = address.replace("&", "&amp;")
    assert start == [(f"{href}&amp;after={replies[selection.ROOTS - 1].seq}", "25 more replies")]
    assert middle == [(f"{href}&amp;after={replies[selection.ROOTS + 4].seq}", "More replies")]
    assert end == []


def test_the_link_to_more_replies_skips_none_of_those_before_a_focused_one(limes, opening, say, visitor):
    branch = say(opening, "The branch")
    replies = [say(branch, f"Reply {number}") for number in range(selection.SIBLINGS + 5)]
    address = f"{limes.get_absolute_url()}?branch={branch.seq}&sort=old&focus={replies[-1].seq}"
    assert len(shown(visitor, address)) == 1 + selection.ROOTS + 1
    link = f"&amp;after={replies[selection.ROOTS - 1].seq}"
    assert f'{link}" rel="nofollow" data-branch="{branch.pk}">24 more replies<' in visitor.get(address).text


def test_a_page_from_the_first_reply_on_is_not_the_middle(limes, opening, say, visitor):
    address, middle = limes.get_absolute_url(), "This is the middle of the discussion"
    first, second = say(opening, "First"), say(opening, "Second")
    page = visitor.get(f"{address}?sort=old&from={first.seq}").text
    assert (middle in page, f'id="comment-{opening.pk}"' in page) == (False, True)
    page = visitor.get(f"{address}?sort=old&from={second.seq}").text
    assert (middle in page, f'id="comment-{opening.pk}"' in page) == (True, False)
    assert "from=" not in visitor.get(f"/comments/{second.pk}/")["Location"]


@pytest.mark.parametrize("place", ["from", "after"])
def test_a_page_beyond_the_last_reply_does_not_say_that_there_are_none(limes, opening, say, visitor, place):
    say(opening)
    page = visitor.get(f"{limes.get_absolute_url()}?{place}=99").text
    assert ("There are no more replies." in page, "No replies yet." in page) == (True, False)


def test_levels_and_parents_are_said(limes, opening, say, visitor):
    second = say(say(opening))
    page = visitor.get(limes.get_absolute_url()).text
    row = page[page.index(f'id="comment-{second.pk}"') :]
    assert "level 2" in row[:1500]
    assert "in reply to Ben" in row[:1500]


@pytest.mark.parametrize(
    "query",
    [
        "sort=loudest",
        "branch=x",
        "branch=-1",
        "after=1e9",
        "from=x",
        "focus=y",
        "branch=99999999999",
        "new=2",
        "fold=a",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(limes, visitor, query):
    assert visitor.get(f"{limes.get_absolute_url()}?{query}").status_code == 400


def test_a_branch_that_is_not_there_is_a_404(limes, visitor):
    assert visitor.get(f"{limes.get_absolute_url()}?branch=77").status_code == 404


def test_a_visitor_folds_a_branch_in_the_address(limes, opening, say, visitor):
    first = say(opening)
    say(first)
    folded = visitor.get(f"/comments/{first.pk}/fold/", {"next": limes.get_absolute_url()})
    assert folded["Location"] == f"{limes.get_absolute_url()}?fold={first.pk}#comment-{first.pk}"
    page = visitor.get(folded["Location"]).text
    assert f'class="comment is-collapsed" id="comment-{first.pk}"' in page
    opened = visitor.get(f"/comments/{first.pk}/unfold/", {"next": folded["Location"]})
    assert "fold=" not in opened["Location"]


def test_a_member_folds_a_branch_for_good(limes, opening, say, cleo, sign_in):
    first = say(opening)
    browser = sign_in(cleo)
    answer = browser.post(f"/comments/{first.pk}/fold/", {"next": limes.get_absolute_url()})
    assert answer.url == f"{limes.get_absolute_url()}#comment-{first.pk}"
    row = f'class="comment is-collapsed" id="comment-{first.pk}"'
    assert row in browser.get(limes.get_absolute_url()).text
    browser.post(f"/comments/{first.pk}/unfold/")
    assert row not in browser.get(limes.get_absolute_url()).text


def test_buttons_never_lead_off_the_site(limes, opening, cleo, sign_in):
    for asked in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:///evil.example"):
        answer = sign_in(cleo).post(f"/comments/{opening.pk}/bookmark/", {"next": asked})
        assert answer.url == f"/comments/{opening.pk}/"


LONG = "words " * 6_600
"""A text of nearly the greatest length."""


def test_a_page_stops_adding_comments_at_its_limit_in_bytes(limes, opening, say, visitor):
    roots = [say(opening, LONG) for _ in range(19)]
    for root in roots[:3]:
        say(root, LONG)
    pages, after = [], None
    while True:
        own = topic_page.OwnPage(limes, Reading(sort="old", after=after), AnonymousUser())
        pages.append([row.id for row in own.page.shared.children[opening.pk]])
        assert len(bytes(own.replies())) < PAGE + 100_000
        after = own.page.next_after
        if after is None:
            break
    assert [pk for page in pages for pk in page] == [root.pk for root in roots]
    assert len(pages) == 2
    own = topic_page.OwnPage(limes, Reading(sort="old"), AnonymousUser())
    assert "1 reply</a>" in str(own.replies())


def test_a_permalink_shows_its_comment_on_a_page_that_is_full(limes, opening, say, visitor):
    for _ in range(15):
        say(opening, LONG)
    comment = say(opening, "deep")
    for _ in range(20):
        comment = say(comment, LONG)
    own = topic_page.OwnPage(limes, Reading(sort="old", focus=comment.seq), AnonymousUser())
    assert comment.pk in own.page.shared.rows
    assert len(bytes(own.replies())) < 2 * PAGE + 100_000


def test_the_page_of_new_comments_has_a_limit_in_bytes(limes, opening, say, cleo):
    comments = [say(opening, LONG) for _ in range(20)]
    own = topic_page.OwnPage(limes, Reading(only_new=True), cleo, baseline=1)
    shown = [comment.pk for comment in comments if comment.pk in own.page.shared.rows]
    assert shown == [comment.pk for comment in comments[: len(shown)]]
    assert 10 < len(shown) < 15
    own.replies()
    assert own.next_new == comments[len(shown)].pk
