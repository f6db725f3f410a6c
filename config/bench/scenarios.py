"""What is asked of the site: which pages, by whom, and what is posted."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from urllib.parse import urlencode

from django.conf import settings

from config.bench import client
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


def reading(corpus: Corpus, sessions: list[str], connections: int) -> list[Scenario]:
    """Every page, for visitors and for members."""
    topics = list(Topic.objects.filter(pk__in=range(2, MIDDLING + 2)).order_by("pk"))
    middling = [topic.get_absolute_url() for topic in topics]
    longest = Topic.objects.get(pk=1).get_absolute_url()
    branch = Comment.objects.filter(topic=1, depth=corpus.depth // 2).order_by("-descendants", "seq").first()
    category = Category.objects.get(pk=1).get_absolute_url()
    found = []
    for viewer, cookies in (("visitor", [""]), ("member", [cookie(key) for key in sessions[:READERS]])):

        def page(name, paths, marker, around=nullcontext, viewer=viewer, cookies=cookies):
            pairs = islice(zip(cycle(paths), cycle(cookies), strict=False), len(paths) * len(cookies))
            requests = [get(path, cookie) for path, cookie in pairs]
            markers = [f'data-viewer="{viewer}"', marker]
            return Scenario(name, viewer, requests, markers, paths[0], connections, 200, cookies[0], around)

        comment = 'id="comment-'
        found += [
            page("index", ["/"], 'class="topics"'),
            page("category", [category], 'class="topics"'),
            page("topic", middling[:1], comment),
            page("topics in turn", middling, comment),
            # An unknown parameter keeps a visitor's page out of the cache that visitors share.
            page(
                "topics just changed",
                [f"{path}?bench=1" for path in middling],
                comment,
                lambda: changing(topics),
            ),
            page("longest topic", [longest], comment),
            page("deep branch", [f"{longest}?branch={branch.seq}"], comment),
        ]
    return found


def posting(sessions: list[str]) -> list[Scenario]:
    """Replies as a browser with scripts sends them, into one topic and into a thousand."""
    writer = Writer(Random(1))  # noqa: S311 - the same texts each time
    hot = list(Comment.objects.filter(topic=HOT).order_by("seq").values_list("topic", "pk")[:20])
    spread = list(
        Comment.objects.filter(topic__gt=HOT, topic__lte=HOT + 1_000, seq=1).values_list("topic", "pk")
    )

    def replies(name, parents):
        requests = [
            post(
                f"/t/{topic}/reply/",
                key,
                {"parent": parent, "body": writer.body(), "token": client.TOKEN.decode()},
            )
            for (topic, parent), key in islice(zip(cycle(parents), cycle(sessions), strict=False), 1_000)
        ]
        return Scenario(
            name, "member", requests, ['id="comment-'], "", POSTERS, status=201, around=forgotten_limits
        )  # fmt: skip

    return [replies("reply, one hot topic", hot), replies("reply, many topics", spread)]


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
        f"Cookie: {cookie(session)}", f"Content-Length: {len(body)}",
        "Content-Type: application/x-www-form-urlencoded",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", body])
