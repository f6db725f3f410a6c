"""Writes discussions into the database: each topic completely or not at all, and nothing twice."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from config.caching import cache_tags
from forums import markup
from forums.importers.panels import debates, polls
from forums.importers.pictures import bringing
from forums.importers.records import keys
from forums.importers.records.records import Discussion, Post
from forums.importers.texts.conversion import Text
from forums.importers.writing import copying, outcomes, tags, tree_positions
from forums.importers.writing.context import Context
from forums.importers.writing.repairs import repair
from forums.importers.writing.tree_positions import Place
from forums.markup.text import without_deceit
from forums.models import Comment, Origin, Revision, Topic
from forums.models.discussion.slugs import slug_of
from forums.models.notifications import mentions
from forums.tree import recount

ROWS = 500
"""Rows in one statement."""


class Batch:
    """Discussions that are written in one transaction. No other import may run at the same time."""

    def __init__(self, discussions: list[Discussion], context: Context):
        """Find what is new and link it. Adds the keys of the new comments to the context's."""
        self.discussions, self.context = discussions, context
        self.members, self.report = context.members, context.report
        self.texts: dict[str, Text] = {}
        self.lacking: dict[str, tags.Lacking] = {}
        self.moved: list[tuple[str, str]] = []
        self.repaired: list[Post] = []
        self._look()
        stored = [post for d in discussions for post in d.posts if post.source in self.known]
        self.to_repair = stored if context.repairs else []
        self.to_convert = [*self.new, *self.to_repair]
        self.pks = context.pks
        self.pks |= self.known
        if not context.is_rehearsal:
            unreserved = [post for post in self.new if post.source not in self.pks]
            reserved = keys.reserve(Comment, [post.pk for post in unreserved])
            self.pks |= zip((post.source for post in unreserved), reserved, strict=True)
        for post in self.to_convert:
            polls.keep_unimported(post, self.members)
        context.links.rewrite(self.to_convert, self.pks)

    def _look(self) -> None:
        """Find what was imported before. Two queries."""
        self.topics = Topic.objects.in_bulk([d.source for d in self.discussions], field_name="source")
        self.known = _known(post.source for d in self.discussions for post in d.posts)
        self.new = [post for d in self.discussions for post in d.posts if post.source not in self.known]

    def write(self, texts: Iterable[Text]) -> None:
        """Write the batch. `texts` are those of `to_convert`, in the same order. Reports after the commit."""
        texts = list(texts)
        for text, html in zip(texts, mentions.link(text.html for text in texts), strict=True):
            text.html = html
        work = self._work(texts)
        # In a transaction of its own, because authors who choose one of these tags would wait for the end of this one.
        self.tags = tags.create((discussion for discussion, _ in work), self.lacking)
        with transaction.atomic():
            self._open([pair for pair in work if pair[0].source not in self.topics])
            for discussion, posts in work:
                if discussion.source in self.topics:
                    self._continue(self.topics[discussion.source], discussion, posts)
            tags.complete(self.lacking, self.topics)
            for discussion in self.discussions:
                self.context.categories.complete(discussion.category)
            written = {post.source for _, posts in work for post in posts}
            self.context.old_addresses.store_comments(
                self.known | {source: self.pks[source] for source in written}
            )
            self.repaired = repair(self.to_repair, self.known, self.texts)
            pictures = self.context.pictures
            html = {self.pks[source]: self.texts[source].html for source in written}
            picture_outcomes = pictures.bring(html | pictures.of_earlier([*self.known.values()]))
            panel_outcomes = polls.attach(self.discussions, written | self.known.keys(), self.members)
            panel_outcomes += polls.restore(self.discussions, self.members)
            panel_outcomes += debates.restore(self.discussions, self.pks, self.members)
            cache_tags.invalidate(cache_tags.LISTS, cache_tags.TAGS)
        outcomes.count(self, written)
        polls.count(self.report, panel_outcomes)
        bringing.count(self.report, picture_outcomes)

    def rehearse(self, texts: Iterable[Text]) -> None:
        """Report what `write` would report, and write nothing."""
        work = self._work(texts)
        opened = {discussion.source for discussion, _ in work} - self.topics.keys()
        for discussion in self.discussions:
            self.context.categories.foresee(discussion.category, is_needed=discussion.source in opened)
        written = {post.source for _, posts in work for post in posts}
        outcomes.count(self, written)
        html = [self.texts[source].html for source in written]
        bringing.count(self.report, self.context.pictures.foresee(html))
        polls.count(self.report, polls.foresee(self.discussions, self.topics.keys(), self.members))

    def _work(self, texts: Iterable[Text]) -> list[tuple[Discussion, list[Post]]]:
        """Return the posts to write, by discussion."""
        self.texts = {post.source: text for post, text in zip(self.to_convert, texts, strict=True)}
        self._look()  # a batch that was written meanwhile may have contained the same posts
        self.lacking = tags.lacking(self.discussions, self.topics)
        return [
            (discussion, posts) for discussion in self.discussions if (posts := self._readable(discussion))
        ]

    def _readable(self, discussion: Discussion) -> list[Post]:
        """Return the posts to add: none if the topic would have no opening."""
        new = [p for p in discussion.posts if p.source not in self.known and not self.texts[p.source].refused]
        opens = discussion.source in self.topics or any(post.source == discussion.opening for post in new)
        return new if opens else []

    def _open(self, work) -> None:
        topics, places = [], []
        reserved = keys.reserve(Topic, [discussion.pk for discussion, _ in work])
        for pk, (discussion, posts) in zip(reserved, work, strict=True):
            ordered = posts if discussion.is_ordered else tree_positions.order(posts)
            placed = tree_positions.place(ordered, self.pks, {})
            tree_positions.count(placed)
            self._note_moved(discussion, placed)
            topics.append(self._topic(pk, discussion, placed))
            places += [(pk, place) for place in placed]
        Topic.objects.bulk_create(topics, ROWS)
        self._insert(places)

    def _continue(self, topic: Topic, discussion: Discussion, posts: list[Post]) -> None:
        """Add posts that an earlier import could not read, or that were written since."""
        topic = Topic.objects.select_for_update(no_key=True).get(pk=topic.pk)
        known = _places(topic, self.known)
        placed = tree_positions.place(tree_positions.order(posts, known), self.pks, known, topic.last_seq)
        self._note_moved(discussion, placed)
        self._insert([(topic.pk, place) for place in placed])
        topic.bump_version(last_seq=topic.last_seq + len(placed))
        recount.mend([topic.pk])

    def _topic(self, pk, discussion, places) -> Topic:
        opening = places[0].post
        read = [place.post for place in places[1:] if not (place.post.deleted_at or place.post.hidden_at)]
        last = read[-1] if read else opening
        is_gone = opening.deleted_at or opening.hidden_at
        pks = {place.post.source: place.pk for place in places}
        return Topic(
            pk=pk,
            source=discussion.source,
            title=discussion.title,
            slug=discussion.slug or slug_of(discussion.title),
            tags=sorted({self.tags[name] for name in tags.kept(discussion)[0]}),
            excerpt="" if is_gone else markup.excerpt(self.texts[opening.source].html),
            category=self.context.categories.of(discussion.category),
            author=self.members.get(discussion.author) or self._author(opening),
            created_at=discussion.created_at or opening.at,
            last_seq=len(places),
            last_comment_at=last.at,
            last_author=self._author(last),
            comment_count=len(read),
            score=opening.ups - opening.downs,
            accepted_id=pks.get(discussion.accepted),
            locked_at=discussion.locked_at,
            pinned_at=discussion.pinned_at,
            hidden_at=discussion.hidden_at,
        )

    def _note_moved(self, discussion, places) -> None:
        for place in places:
            is_below = place.parent and place.parent.seq == 1
            if is_below and place.post.parent not in (None, discussion.opening):
                self.moved.append((place.post.where, "what it answers is not here"))

    def _author(self, post):
        return self.members.get(post.author)

    def _insert(self, places: list[tuple[int, Place]]) -> None:
        """Insert the comments, each given with the key of its topic."""
        copying.insert([self._comment(topic, place) for topic, place in places])
        copying.insert([_origin(place) for _, place in places])
        if debated := [place.pk for _, place in places if place.post.by_side]:
            Comment.objects.filter(pk__in=debated).rank_by_sides()
        edited = [place for _, place in places if place.post.old_texts]
        Revision.objects.bulk_create([old for place in edited for old in self._revisions(place)], ROWS)

    def _revisions(self, place: Place) -> Iterator[Revision]:
        author = self._author(place.post)
        for old in place.post.old_texts:
            yield Revision(
                comment_id=place.pk,
                body=without_deceit(old.text),
                written_at=old.written_at,
                replaced_at=old.replaced_at,
                replaced_by=author if old.by_author else None,
            )

    def _comment(self, topic_id, place: Place) -> Comment:
        post, text = place.post, self.texts[place.post.source]
        return Comment(
            pk=place.pk,
            topic_id=topic_id,
            seq=place.seq,
            parent_id=place.parent and place.parent.pk,
            depth=place.depth,
            path=place.path,
            descendants=place.descendants,
            author=self._author(post),
            body=text.body,
            body_html=text.html,
            created_at=post.at,
            edited_at=post.edited_at,
            deleted_at=post.deleted_at,
            hidden_at=post.hidden_at,
            ups=post.ups,
            downs=post.downs,
            **post.by_side,
        )


def _known(sources) -> dict[str, int]:
    """Return the ids of the comments that were imported from these sources before."""
    found = Origin.objects.filter(source__in=list(sources), comment__isnull=False)
    return dict(found.values_list("source", "comment_id"))


def _places(topic, known) -> dict[str | None, Place]:
    """Return the places of a topic's known comments by source, and its opening's place under None."""
    sources = {pk: source for source, pk in known.items()}
    rows = topic.comments.filter(pk__in=[*sources]).values_list("pk", "seq", "depth", "path")
    opening = topic.comments.values_list("pk", "seq", "depth", "path").get(seq=1)
    places = {sources[row[0]]: Place(None, *row) for row in rows}
    return {**places, None: Place(None, *opening)}


def _origin(place: Place) -> Origin:
    post = place.post
    return Origin(source=post.source, comment_id=place.pk, ups=post.ups, downs=post.downs, **post.by_side)
