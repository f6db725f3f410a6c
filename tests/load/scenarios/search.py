"""Searches of each kind, one after another, on a forum with some texts of the greatest size."""

from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from tqdm import tqdm

from forums.models import Category, Comment, SearchUpdate
from forums.search import index
from tests.load.client.closed_loop import Plan, run
from tests.load.client.requests import get
from tests.load.data import fill
from tests.load.data.prose import KINDS, THINGS, Writer
from tests.load.measurements import report
from tests.load.site import serve

LONG_EVERY, LONG = 500, 30_000
"""One of this many comments has so many characters."""
RARE = "zeppelin"
RARE_IN = 5
"""Comments with the rare word."""
WARMING, DIFFERENT = 100, 200
"""Searches of a kind that are sent before the measurement, and others that are measured before they repeat."""
CLIENTS = 2_000
LEAST = 300
"""The addresses that searches come from, and how many searches of a kind are measured at least."""


def prepare() -> None:
    """Give some comments long texts, and a few a rare word. Write the index. Once for each forum."""
    if not Comment.objects.filter(body__startswith=RARE).exists():
        random = Random(1)
        last = Comment.objects.latest("pk").pk
        writer = Writer(random)
        for pk in tqdm(range(LONG_EVERY, last, LONG_EVERY), unit=" long texts", delay=2):
            text = " ".join(_sentences(writer))
            Comment.objects.filter(pk=pk).update(body=text, body_html=f"<p>{text}</p>")
        for pk in random.sample(range(1, last), RARE_IN):
            Comment.objects.filter(pk=pk).update(
                body=f"{RARE} over the town", body_html=f"<p>{RARE} over the town</p>"
            )
    write_index()


def _sentences(writer) -> Iterator[str]:
    size = 0
    while size < LONG:
        yield (text := writer.sentences(5, 9))
        size += len(text)


def write_index() -> None:
    """Write what is missing in the search index, and update the statistics of Postgres."""
    if not SearchUpdate.objects.exists():
        return
    with tqdm(total=index.waiting(), unit=" entries", delay=2) as bar:
        while done := index.run(5):
            bar.update(done)
    fill.vacuum("forums_searchentry", "forums_searchupdate", "forums_comment")


def kinds() -> dict[str, list[str]]:
    """Queries by their kind."""
    random = Random(2)
    things = [thing.split()[-1] for thing in THINGS]
    category, authors = (
        Category.objects.first(),
        Comment.objects.order_by("?").values_list("author__username", flat=True),
    )
    names = [name for name in authors[:DIFFERENT] if name]

    def some(make) -> list[str]:
        return [make() for _ in range(WARMING + DIFFERENT)]

    return {
        "a rare word": [RARE],
        "a common word": some(lambda: random.choice(things)),
        "two common words": some(lambda: f"{random.choice(things)} {random.choice(KINDS)}"),
        "a phrase": some(lambda: f'"{random.choice(KINDS)} {random.choice(THINGS)}"'),
        "an unknown word": some(lambda: f"unknown{random.random():.9f}"[:16].replace(".", "x")),
        "a word by an author": some(lambda: f"{random.choice(things)} author:{random.choice(names)}"),
        "a word in a category": some(lambda: f"{random.choice(things)} in:{category.slug}"),
        "a word, the oldest first": some(lambda: f"{random.choice(things)} order:old"),
        "a word of one year": some(lambda: f"{random.choice(things)} after:2026-01 before:2026-03"),
    }


def measure(site: serve.Site, seconds: float, queries: dict[str, list[str]]) -> str:
    """The table of all kinds, each sent on one connection.

    Postgres has just started. After WARMING searches of each kind it has in memory what a site has that has run for
    a while.
    """

    def sent(texts: list[str], least: int) -> dict:
        seen = run(Plan(site.port, 1, seconds, _requests(texts), 200, ["<h1>Search</h1>"], least=least))
        assert not seen["wrong"], seen["example"]
        return seen

    for texts in queries.values():
        sent(texts[:WARMING], WARMING)
    lines = []
    for kind, texts in queries.items():
        seen = sent(texts[-DIFFERENT:], LEAST)
        lines.append([kind, str(seen["count"]), *(f"{1000 * seen[name]:.0f}" for name in ("p50", "p99"))])
    return report.table(["query", "searches", "p50 ms", "p99 ms"], lines)


def _requests(texts: list[str]) -> list[str]:
    """The requests of many clients, because searches are limited by address."""
    found = []
    for number in range(CLIENTS):
        request = get(f"/search/?q={quote(texts[number % len(texts)])}", "")
        found.append(
            request.replace("\r\n", f"\r\nX-Forwarded-For: 10.0.{number // 250}.{number % 250}\r\n", 1)
        )
    return found
