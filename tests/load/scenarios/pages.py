"""The pages that are read by visitors and members, and the replies that are posted."""

from contextlib import nullcontext
from itertools import cycle, islice
from math import lcm
from random import Random

from forums.models import Category, Comment, Topic
from tests.load.client.closed_loop import TOKEN
from tests.load.client.requests import cookie, get, post
from tests.load.client.scenario import Scenario
from tests.load.data.corpus import HOT, MIDDLING, Corpus
from tests.load.data.prose import Writer
from tests.load.scenarios.background import changing, replying
from tests.load.site import baseline

READERS = 40
"""Number of members whose sessions read the pages in turn."""
POSTERS = 8
"""Number of clients that post at the same time."""
LIST, COMMENT = 'class="topics"', 'id="comment-'
"""Texts that each list and each discussion contains."""


def reading(corpus: Corpus, sessions: list[str], connections: int) -> list[Scenario]:
    """The scenarios of all pages, for visitors and for members. Four queries."""
    topics = list(Topic.objects.filter(pk__in=range(2, MIDDLING + 2)).order_by("pk"))
    quiet, lively = topics[: MIDDLING // 2], topics[MIDDLING // 2 :]
    middling = [topic.get_absolute_url() for topic in quiet]
    changed = {"member": [topic.get_absolute_url() for topic in lively]}
    # An unknown parameter keeps a page out of the visitor cache, which trusts its copy for a second.
    changed["visitor"] = [f"{address}?bench=1" for address in changed["member"]]
    longest = Topic.objects.get(pk=1).get_absolute_url()
    branch = Comment.objects.filter(topic=1, depth=corpus.depth // 2).order_by("-descendants", "seq").first()
    pages = [
        ("index", ["/"], LIST, nullcontext),
        ("category", [Category.objects.get(pk=1).get_absolute_url()], LIST, nullcontext),
        ("topic", middling[:1], COMMENT, nullcontext),
        ("topics in turn", middling, COMMENT, nullcontext),
        ("topics just changed", changed, COMMENT, lambda: changing(lively)),
        ("longest topic", [longest], COMMENT, nullcontext),
        ("deep branch", [f"{longest}?branch={branch.seq}"], COMMENT, nullcontext),
    ]
    cookies = {"visitor": [""], "member": [cookie(key) for key in sessions[:READERS]]}
    return [
        Scenario(
            name, viewer, in_turn(paths, cookies[viewer]), [f'data-viewer="{viewer}"', marker], paths[0],
            connections, cookie=cookies[viewer][0], around=around,
        )
        for viewer in cookies for name, given, marker, around in pages
        for paths in [given[viewer] if isinstance(given, dict) else given]
    ]  # fmt: skip


def bare(sessions: list[str], connections: int) -> Scenario:
    """A page of Django alone. The cost of each other page is also given as a multiple of its cost."""
    cookies = [cookie(key) for key in sessions[:READERS]]
    requests = in_turn([baseline.ADDRESS], cookies)
    return Scenario(
        "bare Django", "member", requests, ['data-viewer="member"'], baseline.ADDRESS, connections
    )


def overhead(sessions: list[str], connections: int) -> list[Scenario]:
    """Requests whose views do nothing, so that their cost is that of everything before and after a view."""
    keys = sessions[:READERS]
    posts = [post("/limited/", key, {}) for key in keys]
    return [
        Scenario("empty", "visitor", [get("/empty/", "")], ['"visitor"'], "/empty/", connections),
        Scenario(
            "empty", "member", in_turn(["/empty/"], list(map(cookie, keys))), ['"member"'], "/empty/", connections,
            cookie=cookie(keys[0]),
        ),
        Scenario("empty POST with limits", "member", posts, ['"member"'], "/empty/", connections),
    ]  # fmt: skip


def in_turn(paths: list[str], cookies: list[str]) -> list[str]:
    """Requests in an order in which each member gets each page once before anyone gets a page twice."""
    together = zip(cycle(paths), cycle(cookies), strict=False)
    return [get(path, cookie) for path, cookie in islice(together, lcm(len(paths), len(cookies)))]


def posting(sessions: list[str]) -> list[Scenario]:
    """Replies as a browser with scripts sends them, to one topic and to a thousand topics. Two queries."""
    hot = Comment.objects.filter(topic=HOT).order_by("seq")[:20]
    spread = Comment.objects.filter(topic__gt=HOT, topic__lte=HOT + 1_000, seq=1)
    return [
        Scenario(
            name, "member", replies(parents.values_list("topic", "pk"), sessions), [COMMENT], "", POSTERS,
            status=201, around=replying,
        )
        for name, parents in (("reply, one hot topic", hot), ("reply, many topics", spread))
    ]  # fmt: skip


def replies(parents, sessions: list[str]) -> list[str]:
    writer = Writer(Random(1))
    together = islice(zip(cycle(parents), cycle(sessions), strict=False), 1_000)
    token = TOKEN.decode()
    return [
        post(f"/t/{topic}/reply/", key, {"parent": parent, "body": writer.body(), "token": token})
        for (topic, parent), key in together
    ]
