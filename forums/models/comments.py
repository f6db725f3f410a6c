"""Finding comments, and giving new ones their place in the tree."""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from forums import paths, permissions
from forums.models.category import Category

TOPICS_VERSION = RawSQL("(SELECT version FROM forums_topic WHERE id = topic_id)", [])
"""For updates of comments, once their topic has been locked and given its new version."""


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Comments of topics that `user` may see; placeholders included, for they say nothing."""
        seen = self.filter(topic__category__in=Category.objects.visible_to(user), topic__deleted_at=None)
        if permissions.is_moderator(user):
            return seen
        own = Category.objects.moderated_by(user)
        return seen.filter(Q(topic__hidden_at=None) | Q(topic__category__in=own))

    def readable(self):
        """Without what was deleted or hidden: for lists, feeds and search, where a placeholder is of no
        use."""
        return self.filter(deleted_at=None, hidden_at=None)

    def legible_to(self, user):
        """Without what was hidden where `user` does not moderate: a placeholder may be seen, its text may not."""
        if permissions.is_moderator(user):
            return self
        return self.filter(Q(hidden_at=None) | Q(topic__category__in=Category.objects.moderated_by(user)))

    def answerable(self):
        """What can be replied to; a topic goes on even when its opening has been taken back."""
        return self.filter(Q(deleted_at=None, hidden_at=None) | Q(seq=1))

    def in_branch(self, comment):
        """`comment` and all that stands below it; a range of the tree's index."""
        start = comment.path[: paths.INDEXED]
        near = self.alias(start=Left("path", paths.INDEXED)).filter(topic=comment.topic_id)
        # "~" comes after every digit of a path.
        return near.filter(start__gte=start, start__lt=f"{start}~", path__startswith=comment.path)

    def above(self, comment):
        """`comment` and what it stands below."""
        return self.filter(topic=comment.topic_id, seq__in=paths.way(comment.path))

    def rewrite(self, **values) -> int:
        """Change what these comments show; their topics have been locked, and given a new version, before."""
        marks = {"changed_in": TOPICS_VERSION, "written_in": TOPICS_VERSION}
        return self.update(version=F("version") + 1, **marks, **values)

    def with_context(self):
        """Each with its topic, category and author."""
        return self.select_related("topic__category__parent", "author")

    def write_opening(self, topic, author, body, rendered, token, at):
        return self._write(topic, author, body, rendered, token, at, seq=1, parent=None, depth=0, path="")

    def write_reply(self, topic, parent, seq, author, body, rendered, token, at):
        """Insert below `parent` and count it on every ancestor but the opening, whose count is the topic's
        own."""
        path = parent.path + paths.component(seq)
        ancestors = paths.seqs(parent.path)
        comment = self._write(
            topic,
            author,
            body,
            rendered,
            token,
            at,
            seq=seq,
            parent=parent,
            depth=parent.depth + 1,
            path=path,
        )
        if ancestors:
            self.filter(topic=topic, seq__in=ancestors).update(descendants=F("descendants") + 1)
        return comment

    def leave_note(self, topic, action, body_html: str = "", **place):
        """A placeholder that is nobody's: it says where something went, or where it came from."""
        hidden = {"hidden_at": action.at, "hidden_by": action.by, "hidden_in": action}
        marks = {"changed_in": topic.version, "written_in": topic.version}
        said = {"body": "", "body_html": body_html, "created_at": action.at}
        return self.create(topic=topic, **said, **hidden, **marks, **place)

    def _write(self, topic, author, body, rendered, token, at, **place):
        return self.create(
            topic=topic,
            author=author,
            body=body,
            body_html=rendered.html,
            token=token,
            created_at=at,
            changed_in=topic.version,
            written_in=topic.version,
            **place,
        )
