"""Makes the rows of one discussion, in the order in which they were written, without saving them."""

from datetime import timedelta
from random import Random

from accounts.models import User
from forums import markup
from forums.demo import timing
from forums.models import Comment, Revision, Topic, Vote
from forums.models.discussion import paths
from forums.models.discussion.slugs import slug_of
from forums.models.notifications import mentions

EDITED_AFTER = timedelta(minutes=9)
DELETED_AFTER = timedelta(minutes=25)


def _readers(category, members):
    """Return the members who can see `category`. One query if that is not everybody."""
    if not category.see_groups:
        return list(members.values())
    names = User.objects.filter(groups__in=category.see_groups).values_list("username", flat=True)
    return [members[name] for name in sorted(names) if name in members]


class Thread:
    """The unsaved rows of one discussion."""

    def __init__(self, discussion, members, categories, now):
        self.name = discussion.name
        self.random = Random(discussion.name)  # noqa: S311 (the same town every time)
        self.members, self.now = members, now
        self.category = categories[discussion.category]
        self.voters = _readers(self.category, members)
        self.accepted, self.comments, self.revisions, self.votes = None, [], [], []
        said = timing.timetable(discussion, now, self.random)
        self.topic = self._topic(discussion, said)
        self.by_said = {}
        above = {id(reply): one for _, one in said for reply in one.replies}
        for seq, (at, one) in enumerate(said, 1):
            self._add(one, above.get(id(one)), seq, at)

    def _topic(self, discussion, said):
        (opened, opening), (last, latest) = said[0], said[-1]
        facts = {}
        for state in ("pinned", "locked"):
            if state in discussion.facts:
                facts |= {f"{state}_at": last, f"{state}_by": self.members[discussion.facts[state]]}
        return Topic(
            category=self.category,
            author=self.members[opening.author],
            title=discussion.title,
            slug=slug_of(discussion.title),
            tags=sorted(filter(None, discussion.facts.get("tags", "").split(", "))),
            excerpt=markup.render(opening.text).excerpt,
            created_at=opened,
            last_seq=len(said),
            last_comment_at=last,
            last_author=self.members[latest.author],
            comment_count=sum("deleted" not in reply.marks for reply in opening.below()),
            score=opening.ups - opening.downs,
            **facts,
        )

    def _add(self, said, above, seq, at):
        parent = self.by_said[id(above)] if above else None
        comment = Comment(
            topic=self.topic,
            seq=seq,
            parent=parent,
            depth=parent.depth + 1 if parent else 0,
            path=parent.path + paths.component(seq) if parent else "",
            # The topic itself counts what is below the opening.
            descendants=sum(1 for _ in said.below()) if parent else 0,
            author=self.members[said.author],
            body=said.text,
            body_html=mentions.render(said.text).html,
            created_at=at,
            ups=said.ups,
            downs=said.downs,
        )
        self.by_said[id(said)] = comment
        self.comments.append(comment)
        self._mark(comment, said)
        self._vote(comment)

    def _mark(self, comment, said):
        if "accepted" in said.marks:
            self.accepted = comment
        if "deleted" in said.marks:
            comment.body = comment.body_html = ""
            comment.deleted_at = min(comment.created_at + DELETED_AFTER, self.now)
            comment.version += 1
        if said.earlier is not None:
            comment.edited_at = min(comment.created_at + EDITED_AFTER, self.now)
            comment.version += 1
            times = {"written_at": comment.created_at, "replaced_at": comment.edited_at}
            self.revisions.append(
                Revision(comment=comment, body=said.earlier, replaced_by=comment.author, **times)
            )

    def _vote(self, comment):
        """Add votes of random members, except the author."""
        voters = [member for member in self.voters if member is not comment.author]
        chosen = self.random.sample(voters, comment.ups + comment.downs)
        self.votes += [
            Vote(member=member, comment=comment, value=1 if place < comment.ups else -1)
            for place, member in enumerate(chosen)
        ]
