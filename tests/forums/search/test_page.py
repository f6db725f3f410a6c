"""The page of results: snippets by topic, filters as words and as fields, counts, honest messages, suggestions."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from forums.models import Category, Comment, Tag
from forums.search import index, results
from polls.models import Poll


@pytest.fixture
def say(limes, opening, ben):
    """`say(text)` replies to the opening."""
    return lambda text, author=None: limes.reply(
        author=author or ben, parent=opening, body=text, token=uuid4()
    )


def found(browser, **fields):
    """Returns the bodies of the comments on the page."""
    index.run()
    shown = browser.get("/search/", fields).context["shown"]
    return [Comment.objects.get(pk=comment.pk).body for each in shown for comment in each.comments]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The Who", "Nothing to search for"),
        ("to be or not to be", "Nothing to search for"),
        ("?!", "Nothing to search for"),
        ("The Who concert", "Nothing found"),
        ("oak in:vault", "This filter finds nothing"),
        ("oak in:nowhere", "This filter finds nothing"),
        ("oak author:nobody", "This filter finds nothing"),
        ("oak before:yesterday", "This filter finds nothing"),
    ],
)
def test_the_page_says_why_it_finds_nothing(visitor, vault, text, title):
    page = visitor.get("/search/", {"q": text}).text
    assert f"<h2>{title}</h2>" in page
    assert ("“the”, “who”" in page) is (text == "The Who concert")


def test_results_are_grouped_by_topic_in_the_order_of_the_best_of_each(say, open_topic, ben, visitor):
    pears = open_topic("Pears", author=ben, body="Oak and pear.")
    for text in ("Oak oak oak.", "Oak with many other words around it."):
        say(text)
    index.run()
    shown = visitor.get("/search/?q=oak")
    groups = [(each.topic, each.number) for each in shown.context["shown"]]
    assert (groups[1], groups[0][1]) == ((pears, 1), 2)
    assert "3 comments found in 2 topics" in shown.text
    assert shown.text.count(f'<a href="{pears.get_absolute_url()}"') == 1
    assert "<mark>Oak</mark> and pear." in shown.text


def test_filters_are_words_or_fields(say, ada, ben, visitor, town, open_topic):
    garden = Category.objects.create(name="Garden", slug="garden")
    flower = Category.objects.create(name="Flowers", slug="flowers", parent=garden)
    other = open_topic("Beds", category=flower, body="Oak in a bed.")
    said, old = say("Oak of Ben.", ben), say("Old oak of Ada.", ada)
    Comment.objects.filter(pk=old.pk).update(
        created_at=datetime(2020, 5, 31, 23, tzinfo=UTC), body="Old oak."
    )
    picture = say("Oak ![a tree](https://example.org/oak.png)", ada)
    Comment.objects.filter(pk=picture.pk).update(body_html='<p>Oak <img src="/oak.png"></p>')
    for words, fields, bodies in (
        ("author:Ben", {"author": "ben"}, ["Oak of Ben."]),
        ("in:garden", {"in": "garden"}, ["Oak in a bed."]),
        (f"topic:{other.pk}", {"topic": other.pk}, ["Oak in a bed."]),
        ("before:2020-06", {"before": "2020-06-01"}, ["Old oak."]),
        ("after:2020-05-31 before:2020-06", {"after": "2020-05-31", "before": "2020-06-01"}, ["Old oak."]),
        ("before:2020-05", {"before": "2020-05-31"}, []),
        ("has:picture", {"has": "picture"}, [picture.body]),
        ("author:ben order:new", {"author": "ben", "order": "new"}, [said.body]),
    ):
        assert found(visitor, q=f"oak {words}") == found(visitor, q="oak", **fields) == bodies, words
    assert found(visitor, q="author:ben") == [said.body]  # without a word


def test_a_topic_links_to_the_search_in_it(limes, opening, say, open_topic, visitor):
    said, _ = say("Oak."), open_topic("Another oak")
    address = f"/search/?topic={limes.pk}"
    assert address in visitor.get(limes.get_absolute_url()).text
    assert f'name="topic" value="{limes.pk}" checked' in visitor.get(address).text
    assert found(visitor, topic=limes.pk) == [said.body, opening.body]
    assert found(visitor, topic=limes.pk, q="oak") == [said.body]


def test_pages_and_counts_have_all_results_once(open_topic, visitor, say, ben, monkeypatch):
    monkeypatch.setattr(results, "TOPICS", 2)
    for number in range(5):
        open_topic(f"Oak {number}")
    say("Oak.")
    index.run()
    first = visitor.get("/search/?q=oak")
    pages = [first, visitor.get(f"/search/{first.context['older']}"), visitor.get("/search/?q=oak&page=99")]
    topics = [each.topic.pk for page in pages for each in page.context["shown"]]
    assert (len(topics), len(set(topics))) == (6, 6)
    assert (first.context["newer"], pages[2].context["older"]) == ("", "")
    counts = dict(first.context["counts"])
    assert {name: [count[:2] for count in values] for name, values in counts.items()} == {
        "Author": [("Ada", 5), ("Ben", 1)]
    }
    assert [count.number for count in counts["Author"]] == [
        len(visitor.get(f"/search/{count.address}").context["found"].matches) for count in counts["Author"]
    ]


def test_a_snippet_is_the_part_with_the_words_and_shows_no_spoiler(say, visitor):
    say("Filler words. " * 200 + "An apple & a **pear** tree. " + "More words. " * 200)
    say("||A secret pear|| is not shown.")
    index.run()
    page = visitor.get("/search/?q=apples+pear").text
    assert "An <mark>apple</mark> &amp; a <mark>pear</mark> tree." in " ".join(page.split())
    assert "secret" not in visitor.get("/search/?q=pear").text


def test_a_search_costs_the_same_for_more_results(say, visitor, django_assert_max_num_queries):
    for _ in range(12):
        say("Oak.")
    index.run()
    visitor.get("/search/?q=oak")
    with django_assert_max_num_queries(14):
        visitor.get("/search/?q=oak")


def test_typing_suggests_what_the_viewer_may_see(open_topic, vault, visitor, ben, limes):
    open_topic("Lime secrets", category=vault)
    index.run()

    def suggested(text):
        return visitor.get("/search/suggest/", {"q": text}).json()["suggestions"]

    assert suggested("lim") == ["Shall we plant limes?"]
    assert suggested("plant li") == ["Shall we plant limes?"]
    assert suggested("lime be") == ["lime author:Ben"]
    assert suggested("in:to") == ["in:town"]
    assert suggested("in:va") == suggested("") == suggested("'") == []


def test_the_question_and_the_options_of_a_poll_are_found(limes, ada, visitor):
    words = {"author": ada, "topic": limes, "method": "one", "secret": False, "results_show": "always"}
    poll = Poll.open(question="Which juice?", wordings=["Cherry", "Plum"], token=uuid4(), **words)
    assert found(visitor, q="juice plum") == found(visitor, q="lime has:poll") == ["What do you think?"]
    assert "Which juice? Cherry <mark>Plum</mark>" in visitor.get("/search/?q=plum").text
    poll.correct(poll.options.get(wording="Plum"), wording="Damson", by=ada)
    assert found(visitor, q="damson") == ["What do you think?"]
    assert found(visitor, q="plum") == found(visitor, q="juice before:2020") == []


def test_a_tag_is_a_filter_a_count_and_a_suggestion(say, limes, open_topic, vault, visitor):
    say("Oak reply.")
    limes.set_tags(["fruit", "trees"])
    open_topic("Oaks", body="Oak again.", tags=["trees"])
    open_topic("Safe oaks", body="Oak once more.", category=vault, tags=["treasure"])
    Tag.objects.create(name="plants", synonym_of=Tag.objects.get(name="trees"))
    assert set(found(visitor, q="oak tag:fruit")) == {"Oak reply."}
    assert set(found(visitor, q="oak", tag="Plants")) == {"Oak reply.", "Oak again."}
    page = visitor.get("/search/?q=oak").text
    assert '<a href="?q=oak+tag%3Afruit">fruit</a> <span class="help">1</span>' in page
    assert "This filter finds nothing" in visitor.get("/search/?q=oak tag:treasure").text
    assert '<a class="tag" href="/tag/trees/"' in visitor.get("/search/?q=tre").text
    assert visitor.get("/search/suggest/?q=oak tre").json() == {"suggestions": ["oak tag:trees"]}
    assert visitor.get("/search/suggest/?q=tag:").json() == {"suggestions": []}
    assert visitor.get("/search/suggest/?tags=elm,  TRE").json() == {"suggestions": ["elm, trees"]}
    limes.set_tags([])
    assert found(visitor, q="oak tag:fruit") == []
