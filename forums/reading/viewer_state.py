"""The viewer's own state on a topic page: votes, bookmarks, collapsed branches, new comments."""

from dataclasses import dataclass, field

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from config.caching.compiled_queries import as_array
from config.replicas import reads

MAX_NEW = 1_000
"""New comments that are loaded for badges and "next new". Above it, counts are shown as "1000+"."""


@dataclass
class ViewerState:
    """The state of one viewer. A visitor's is empty."""

    member_id: int | None = None
    ignored: frozenset[int] = frozenset()
    votes: dict[int, int] = field(default_factory=dict)
    bookmarked: set[int] = field(default_factory=set)
    folded: set[int] = field(default_factory=set)
    drafts: dict[int, dict[str, str]] = field(default_factory=dict)
    """The newest draft of a reply to each comment of the page, as the values of its form's fields."""
    baseline: int | None = None
    watch: str | None = None
    """The member's notification level for the topic."""
    watched: dict[int, str] = field(default_factory=dict)
    """Notification levels for branches, by the id of their first comment."""
    unread: set[int | None] = field(default_factory=set)
    """Comments with an unread notification. None means one about the topic itself."""
    undispatched: set[int] = field(default_factory=set)
    """Comments so new that notifications of them may not have been written yet."""
    new: list[tuple[int, int, str]] = field(default_factory=list)
    """Id, `seq` and path of each new comment by others, oldest first."""

    def is_new(self, seq: int, author_id: int | None) -> bool:
        return self.baseline is not None and seq > self.baseline and author_id != self.member_id

    def is_concerned(self, row) -> bool:
        """Whether the row looks different for this viewer than for everyone else."""
        if self.new and (row.seq > self.baseline or self.new_below(row.path)):
            return True
        return (
            row.id in self.votes
            or row.id in self.bookmarked
            or row.id in self.folded
            or row.id in self.watched
            or row.author_id in self.ignored
            or (row.author_id == self.member_id is not None)
        )

    def new_below(self, path: str) -> int:
        """Count the new comments below the comment at `path`."""
        return sum(1 for _, _, new in self.new if len(new) > len(path) and new.startswith(path))


def of(user, topic, comment_ids: tuple[int, ...], baseline: int | None) -> ViewerState:
    """Load the state of `user` for `comment_ids`, and the new comments of the topic. One query; none for visitors, and
    none if it came with the topic (`with_topic`)."""
    if not user.is_authenticated:
        return ViewerState()
    state = ViewerState(member_id=user.pk, ignored=frozenset(user.ignored_ids), baseline=baseline)
    rows = _loaded(topic, comment_ids, baseline)
    if rows is None:
        rows = _own_rows(user, topic, comment_ids, baseline)
    for kind, comment_id, number, text in rows:
        match kind:
            case "vote":
                state.votes[comment_id] = number
            case "bookmark":
                state.bookmarked.add(comment_id)
            case "fold":
                state.folded.add(comment_id)
            case "draft":
                state.drafts[comment_id] = dict(zip(("token", "body"), text.split(" ", 1), strict=True))
            case "watch":
                state.watch = text
            case "branch":
                state.watched[comment_id] = text
            case "unread":
                state.unread.add(comment_id)
            case "undispatched":
                state.undispatched.add(comment_id)
            case "new":
                state.new.append((comment_id, number, text))
    return state


def with_topic(topics, user, comment_ids: tuple[int, ...], ignored: tuple[int, ...]):
    """Let topics, loaded with `with_visit_of`, bring the member's state for these comments. No further query.

    `ignored` are the ids of the members whom the member ignores.
    """
    given = [user.pk, as_array(comment_ids), as_array(ignored)]
    return topics.annotate(state=RawSQL(_OWN_AS_COLUMN, given, output_field=JSONField()))


def _loaded(topic, comment_ids, baseline):
    """Return the rows that came with the topic; None if they are not those of these comments, or incomplete."""
    if getattr(topic, "state_of", None) != comment_ids:
        return None
    rows = topic.state or []
    after = topic.visit_baseline  # a new visit moves the baseline after the statement
    if baseline != after and sum(row[0] == "new" for row in rows) == MAX_NEW:
        return None
    return [row for row in rows if row[0] != "new" or row[2] > baseline]


def _own_rows(user, topic, comment_ids, baseline):
    given = [topic.pk, baseline, user.pk, list(comment_ids), list(user.ignored_ids)]
    return reads.rows(_OWN_OF_TOPIC, given)


# Comments without an author are new to everyone.
_OWN = f"""
    SELECT own.* FROM (SELECT %%s::bigint AS member, %%s::bigint[] AS ids, %%s::bigint[] AS ignored) AS given
    CROSS JOIN LATERAL (
      SELECT 'vote', comment_id, value::int, '' FROM forums_vote
      WHERE member_id = given.member AND comment_id = ANY(given.ids)
    UNION ALL
      SELECT 'bookmark', comment_id, 0, '' FROM forums_bookmark
      WHERE member_id = given.member AND comment_id = ANY(given.ids)
    UNION ALL
      SELECT 'fold', comment_id, 0, '' FROM forums_collapse
      WHERE member_id = given.member AND comment_id = ANY(given.ids)
    UNION ALL
      (SELECT DISTINCT ON (parent_id) 'draft', parent_id, 0, token || ' ' || body FROM forums_draft
       WHERE member_id = given.member AND parent_id = ANY(given.ids) ORDER BY parent_id, updated_at DESC)
    UNION ALL
      SELECT 'watch', NULL, 0, level FROM forums_watch WHERE member_id = given.member AND topic_id = %(topic)s
    UNION ALL
      SELECT 'branch', comment_id, 0, level FROM forums_watch
      WHERE member_id = given.member AND comment_id = ANY(given.ids)
    UNION ALL
      SELECT 'unread', comment_id, 0, '' FROM forums_notification
      WHERE member_id = given.member AND topic_id = %(topic)s AND read_at IS NULL AND NOT is_withdrawn
        AND kind <> 'moderated'
    UNION ALL
      SELECT 'undispatched', comment_id, 0, '' FROM forums_outboxevent WHERE comment_id = ANY(given.ids)
    UNION ALL
      (SELECT 'new', id, seq, path FROM forums_comment
       WHERE topic_id = %(topic)s AND seq > %(baseline)s AND deleted_at IS NULL AND hidden_at IS NULL
         AND (author_id IS NULL OR author_id <> given.member AND author_id <> ALL(given.ignored))
       ORDER BY seq LIMIT {MAX_NEW})
    ) AS own
"""
_OWN_OF_TOPIC = f"""
    SELECT own.* FROM (SELECT %s::bigint AS topic, %s::bigint AS baseline) AS place
    CROSS JOIN LATERAL ({_OWN % {"topic": "place.topic", "baseline": "place.baseline"}}) AS own
"""
_OWN_AS_COLUMN = f"""
    SELECT jsonb_agg(jsonb_build_array(kind, id, number, words))
    FROM ({_OWN % {"topic": "forums_topic.id", "baseline": "own_visit.baseline_seq"}}) AS own (kind, id, number, words)
"""
# Without indentation the statement is short enough for psycopg to remember how it has converted it.
_OWN_AS_COLUMN = " ".join(_OWN_AS_COLUMN.split())
