"""Generated discussions: rows in COPY's text format, with correct counters."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from forums import markup
from forums.models import Topic
from forums.models.discussion.slugs import slug_of
from tests.load.data import trees
from tests.load.data.corpus import MIDDLING, MIDDLING_REPLIES, MIDDLING_ROOTS, Corpus
from tests.load.data.prose import Writer

BODIES = 400
"""Number of different texts. Rendering a million would take longer than everything else."""
DAYS = 400
"""Age of the oldest topic."""


class Discussion(NamedTuple):
    """A topic with the rows of its comments and votes. COMMENT and VOTE name their columns."""

    COMMENT = (
        "id, topic_id, seq, parent_id, depth, path, descendants, author_id, body, body_html, token, version, "
        "created_at, ups, downs"
    )
    VOTE = "member_id, comment_id, value, created_at"

    topic: Topic
    comments: list[str]
    votes: list[str]


class Talk:
    """Generates discussions. A few members write much more than the others."""

    def __init__(self, random: Random, members: list, now: datetime):
        self.random, self.now = random, now
        self.members = [member.pk for member in members]
        weights = [1 / (rank + 5) for rank in range(len(members))]
        self.speakers = random.choices(self.members, weights, k=5_000)
        self.writer = Writer(random)
        self.bodies = [self._body() for _ in range(BODIES)]
        self.next_id = 1

    def _body(self):
        body = self.writer.body()
        rendered = markup.render(body)
        return escaped(body), escaped(rendered.html), rendered.excerpt

    def discussions(self, corpus: Corpus, categories: list) -> Iterator[Discussion]:
        """Topics numbered from 1: the longest first, then the topics that are measured."""
        for number, size in enumerate(corpus.sizes(self.random), start=1):
            is_middling = 1 < number <= MIDDLING + 1
            assert not is_middling or size == MIDDLING_REPLIES + 1
            parents = trees.grow(
                self.random,
                size,
                roots=MIDDLING_ROOTS if is_middling else None,
                depth=corpus.depth if number == 1 else 0,
            )
            yield self._discussion(number, parents, categories[number % len(categories)])

    def _discussion(self, number, parents, category):
        size, first = len(parents), self.next_id
        self.next_id += size
        begun = self.now - timedelta(days=self.random.uniform(0.01, DAYS))
        step = min(self.now - begun, timedelta(days=self.random.expovariate(1 / 5))) / size
        comments, votes, authors = [], [], self.random.choices(self.speakers, k=size)
        for seq, place in enumerate(trees.places(parents), start=1):
            at = begun + step * seq
            ups, downs = self._vote(first + seq - 1, authors[seq - 1], at, votes)
            body, html, excerpt = self.random.choice(self.bodies)
            if seq == 1:
                opening = (excerpt, ups - downs)
            parent = first + place.parent - 1 if place.parent else r"\N"
            token = UUID(int=self.random.getrandbits(128), version=4)
            comments.append(
                f"{first + seq - 1}\t{number}\t{seq}\t{parent}\t{place.depth}\t{place.path}\t{place.descendants}\t"
                f"{authors[seq - 1]}\t{body}\t{html}\t{token}\t1\t{at}\t{ups}\t{downs}\n"
            )
        return Discussion(self._topic(number, category, begun, at, authors, *opening), comments, votes)

    def _vote(self, comment, author, at, votes):
        """Add votes to `votes`. Half of the comments have some, most of them few. Nobody votes for themselves."""
        many = min(int(self.random.expovariate(0.7)), len(self.members) // 2)
        voters = set(self.random.choices(self.members, k=many)) - {author}
        ups = 0
        for voter in voters:
            value = 1 if self.random.random() < 0.85 else -1
            ups += value == 1
            votes.append(f"{voter}\t{comment}\t{value}\t{at}\n")
        return ups, len(voters) - ups

    def _topic(self, number, category, begun, last, authors, excerpt, score):
        title = self.writer.title()
        return Topic(
            pk=number,
            category=category,
            author_id=authors[0],
            title=title,
            slug=slug_of(title),
            excerpt=excerpt,
            created_at=begun,
            last_seq=len(authors),
            last_comment_at=last,
            last_author_id=authors[-1],
            comment_count=len(authors) - 1,
            score=score,
            source=f"bench {number}",
        )


def escaped(text: str) -> str:
    """The text, escaped for COPY's text format."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
