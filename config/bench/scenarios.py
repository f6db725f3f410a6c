"""What is asked of the site: which pages, by whom, and what is posted."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import lcm
from random import Random
from urllib.parse import urlencode

from django.conf import settings

from config.bench import client, people
from config.bench.changes import changing, forgotten_limits
from config.bench.corpus import MIDDLING, Corpus
from config.bench.prose import Writer
from forums.models import Category, Comment, Topic

READERS = 40
"""Members who read, in turn."""
POSTERS = 8
"""Clients that post at once."""
HOT = MIDDLING + 3
"""The number of the topic that everybody posts into; no page of it is measured."""
CSRF = "c" * 32
LIST, COMMENT = 'class="topics"', 'id="comment-'
"""What a list and a discussion cannot be without."""


@dataclass(frozen=True)
class Scenario:
    """Requests that are sent in turn, and what tells a right answer. `around` goes on while they are sent."""

    name: str
    viewer: str
    requests: list[str]
    markers: list[str]
    path: str
    connections: int
    status: int = 200
    cookie: str = ""
    around: Callable[[], AbstractContextManager] = field(default=nullcontext)

    @property
    def addresses(self) -> int:
        """How many different pages are asked for; the first requests are all different."""
        return len({request.partition("\r\n")[0] for request in self.requests if request.startswith("GET ")})


def reading(corpus: Corpus, sessions: list[str], connections: int) -> list[Scenario]:
    """Every page, for visitors and for members. Four queries."""
    topics = list(Topic.objects.filter(pk__in=range(2, MIDDLING + 2)).order_by("pk"))
    quiet, lively = topics[: MIDDLING // 2], topics[MIDDLING // 2 :]
    middling = [topic.get_absolute_url() for topic in quiet]
    # An unknown parameter keeps a visitor's page out of the cache that visitors share.
    unshared = [f"{topic.get_absolute_url()}?bench=1" for topic in lively]
    longest = Topic.objects.get(pk=1).get_absolute_url()
    branch = Comment.objects.filter(topic=1, depth=corpus.depth // 2).order_by("-descendants", "seq").first()
    pages = [
        ("index", ["/"], LIST, nullcontext),
        ("category", [Category.objects.get(pk=1).get_absolute_url()], LIST, nullcontext),
        ("topic", middling[:1], COMMENT, nullcontext),
        ("topics in turn", middling, COMMENT, nullcontext),
        ("topics just changed", unshared, COMMENT, lambda: changing(lively)),
        ("longest topic", [longest], COMMENT, nullcontext),
        ("deep branch", [f"{longest}?branch={branch.seq}"], COMMENT, nullcontext),
    ]
    cookies = {"visitor": [""], "member": [cookie(key) for key in sessions[:READERS]]}
    return [
        Scenario(
            name, viewer, in_turn(paths, cookies[viewer]), [f'data-viewer="{viewer}"', marker], paths[0],
            connections, cookie=cookies[viewer][0], around=around,
        )
        for viewer in cookies for name, paths, marker, around in pages
    ]  # fmt: skip


def in_turn(paths: list[str], cookies: list[str]) -> list[str]:
    """Each member asks for each page once before anybody asks for anything twice."""
    together = zip(cycle(paths), cycle(cookies), strict=False)
    return [get(path, cookie) for path, cookie in islice(together, lcm(len(paths), len(cookies)))]


def posting(sessions: list[str]) -> list[Scenario]:
    """Replies as a browser with scripts sends them, into one topic and into a thousand. Two queries."""
    hot = Comment.objects.filter(topic=HOT).order_by("seq")[:20]
    spread = Comment.objects.filter(topic__gt=HOT, topic__lte=HOT + 1_000, seq=1)
    return [
        Scenario(
            name, "member", replies(parents.values_list("topic", "pk"), sessions), [COMMENT], "", POSTERS,
            status=201, around=forgotten_limits,
        )
        for name, parents in (("reply, one hot topic", hot), ("reply, many topics", spread))
    ]  # fmt: skip


def replies(parents, sessions: list[str]) -> list[str]:
    writer = Writer(Random(1))  # noqa: S311 - the same texts each time
    together = islice(zip(cycle(parents), cycle(sessions), strict=False), 1_000)
    token = client.TOKEN.decode()
    return [
        post(f"/t/{topic}/reply/", key, {"parent": parent, "body": writer.body(), "token": token})
        for (topic, parent), key in together
    ]


def cookie(session: str) -> str:
    """A member's, who has been here before."""
    return f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={CSRF}"


def get(path: str, cookie: str) -> str:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html", "Accept-Encoding: gzip"]
    return "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""])


def post(path: str, session: str, values: dict) -> str:
    body = urlencode(values | {"csrfmiddlewaretoken": CSRF})
    lines = [
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/x-row", "Accept-Encoding: gzip",
        f"Cookie: {cookie(session)}", f"X-Forwarded-For: {people.address(session)}", f"Content-Length: {len(body)}",
        "Content-Type: application/x-www-form-urlencoded",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", body])
