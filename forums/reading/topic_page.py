"""Renders a topic page: its rows in the order of the tree, with the viewer's own state.

The part that is the same for everyone (which comments, in which order, their HTML with slots) is one cache entry under
the topic's version. The viewer's state is loaded with one query and filled into the slots.
"""

from django.utils.safestring import SafeString, mark_safe

from forums.access.viewer_class import ViewerClass
from forums.reading import comment_html, shared_page, viewer_state
from forums.reading.comment_html import Facts, Row
from forums.reading.selection import BRIDGING, SORTS, Reading

MAX_INDENT = 8
"""Levels that are indented. Deeper replies are not, and say whom they answer."""


def single(topic, pk: int, user) -> SafeString:
    """Render one comment as the page of `user` shows it, after they have edited it.

    One query, one more in a debate.
    """
    (comment,) = shared_page.load_comments((pk,))
    facts = Facts.of(comment)
    fragments = comment_html.of([facts], topic, lambda _: [comment])[pk]
    return _row(topic, facts, fragments, user)


def own(topic, comment) -> SafeString:
    """Render a reply that its author has just posted, as their page shows it.

    No query for a new comment with its author (loaded `for_request`) and the comment that it answers. One in a debate.
    """
    author, parent = comment.author, comment.parent
    comment.by_staff = author.is_staff or author.is_moderator
    comment.answered = parent.author.username if parent.author_id and not parent.is_gone else None
    facts = Facts.of(comment)
    return _row(topic, facts, comment_html.of_new(facts, comment, topic), author)


def _row(topic, facts, fragments, user):
    row, out = shared_page.row_of(facts, 0, fragments, shared_page.sides_of([facts], topic)), []
    comment_html.fill(row, viewer_state.ViewerState(member_id=user.pk), topic.accepted_id, "", out)
    return mark_safe("".join(out))


class Page:
    """The part of a topic's page that all viewers share, for the templates."""

    def __init__(self, topic, reading: Reading, shared: shared_page.SharedPage):
        self.topic, self.reading, self.shared = topic, reading, shared

    @property
    def base(self) -> Row:
        return self.shared.base

    @property
    def is_branch(self) -> bool:
        return self.base.seq != 1

    @property
    def people(self) -> SafeString:
        return self.shared.people

    @property
    def next_after(self) -> int | None:
        return self.shared.next_after

    @property
    def is_middle(self) -> bool:
        """Whether it begins in the middle of the discussion. It then leaves out the opening."""
        return not self.shared.is_start

    @property
    def has_replies(self) -> bool:
        """Whether it shows any reply, or on the page of a branch its first comment."""
        return self.is_branch or bool(self.shared.children.get(self.base.id))

    @property
    def has_opening(self) -> bool:
        """Whether it begins with the topic's opening."""
        return not (self.is_branch or self.is_middle or self.reading.only_new)

    @property
    def has_seldom(self) -> bool:
        """Whether a comment has a block of code or an animation, so that the page needs `seldom.css`."""
        texts = [before for before, _ in self.shared.plain.values()]
        return any("<pre" in text or 'class="moving"' in text for text in texts)

    def cache_key(self, viewer: ViewerClass) -> str | None:
        """Name all that the page shows to viewers of one class. None for the page of new comments, which is personal.

        A category can change without a new version of the topic. Whether a debate has begun depends on the time.
        """
        if self.reading.only_new:
            return None
        shown = [
            (each.name, each.get_absolute_url(), each.colour)
            for each in (self.topic.category, self.topic.category.parent)
            if each
        ]
        facts = self.topic.is_closed, self.topic.is_before_debate, shown
        return f"{self.topic.pk}:{self.topic.version}:{self.reading.key}:{viewer.key}:{facts}"

    @property
    def shown(self) -> set[int]:
        """The `seq` of all comments on the page."""
        found = {row.seq for below in self.shared.children.values() for row in below}
        return found | {self.base.seq} if self.is_branch or self.has_opening else found

    @property
    def sorts(self) -> list[str]:
        """The orders that the page offers. Comments have a bridging score only in debates."""
        return [sort for sort in SORTS if sort != BRIDGING or self.topic.debate_from]


class OwnPage:
    """One viewer's own part of a topic's page: the comments with their votes and marks, and what is new for them."""

    def __init__(self, topic, reading: Reading, user, baseline: int | None = None):
        self.topic, self.user = topic, user
        self.page = Page(topic, reading, shared_page.shared(topic, reading, baseline))
        self.viewer = viewer_state.of(user, topic, self.page.shared.ids, baseline)
        self.viewer.folded.update(reading.folded)
        self.address = topic.get_absolute_url()

    @property
    def new_count(self) -> int:
        return len(self.viewer.new)

    @property
    def next_new(self) -> int | None:
        """The id of the next new comment after those on the page, or of the first one at the end.

        None if nothing is new.
        """
        shown = self.page.shown if self.viewer.new else set()
        last = max((seq for _, seq, _ in self.viewer.new if seq in shown), default=0)
        beyond = [(seq in shown, seq < last, seq, id) for id, seq, _ in self.viewer.new]
        return min(beyond)[-1] if beyond else None

    @property
    def first_new(self) -> int | None:
        """The id of the oldest new comment, or None."""
        return self.viewer.new[0][0] if self.viewer.new else None

    @property
    def draft(self) -> dict[str, str]:
        """The token and the body of the viewer's newest draft of a reply to the first comment of the page."""
        return self.viewer.drafts.get(self.page.base.id, {})

    def opening(self) -> SafeString:
        """Render the first comment of the page without its replies."""
        out = []
        self._fill(self.page.base, "", out)
        return mark_safe("".join(out))

    def replies(self) -> SafeString:
        """Render the replies as nested list items. On the page of a branch its first comment is the only one on top."""
        out = []
        if self.page.is_branch:
            self._branch(self.page.base, 1, out)
        else:
            for row in self.page.shared.children.get(self.page.base.id, ()):
                self._branch(row, 1, out)
        return mark_safe("".join(out))

    def _branch(self, row, level, out):
        replies = self.page.shared.children.get(row.id, ())
        if level >= MAX_INDENT:
            self._flat(row, out)
            return
        nested = []
        if replies:
            branch = f' data-branch="{row.id}"' if row is self.page.base else ""
            nested.append(f'<ol class="thread"{branch}>')
            for reply in replies:
                self._branch(reply, level + 1, nested)
            nested += [self._more(row, replies, tag="li"), "</ol>"]
        elif row.descendants:
            nested.append(self._more(row, replies, tag="p"))
        self._fill(row, "".join(nested), out)

    def _flat(self, row, out):
        """Render a row and its replies one after the other, without more indentation.

        This is a loop because chains of replies can be longer than Python's limit of a thousand nested calls.
        """
        stack = [row]
        while stack:
            each = stack.pop()
            if isinstance(each, str):
                out.append(each)
                continue
            replies = self.page.shared.children.get(each.id, ())
            self._fill(each, "", out)
            stack.append(self._more(each, replies, tag="li"))
            stack += reversed(replies)

    def _more(self, row, replies, tag):
        """Render the link to the replies below `row` that the page leaves out; "" if it shows all."""
        left_out = row.descendants - sum(1 + reply.descendants for reply in replies)
        if left_out <= 0 or self.page.reading.only_new:
            return ""
        text = f"{left_out} {'more ' if replies else ''}{'reply' if left_out == 1 else 'replies'}"
        if row is self.page.base and self.page.is_middle:  # some of those left out come before this page
            if not self.page.next_after:
                return ""
            text = "More replies"
        last = next((reply for reply in reversed(replies) if reply.position < shared_page.LAST), None)
        after = f"&amp;after={last.seq}" if last else ""
        href = f"{self.address}?branch={row.seq}&amp;sort={self.page.reading.sort}{after}"
        return (
            f'<{tag} class="more"><a href="{href}" rel="nofollow" data-branch="{row.id}">{text}</a></{tag}>'
        )

    def _fill(self, row, replies, out):
        if self.viewer.is_concerned(row):
            comment_html.fill(row, self.viewer, self.topic.accepted_id, replies, out)
        else:
            before, after = self.page.shared.plain[row.id]
            out += (before, replies, after)
