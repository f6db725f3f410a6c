"""The history of a member for moderators: comments, earlier acts, sanctions and notes."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from accounts.models import Note, Sanction, User
from config.caching.compiled_queries import compiled
from config.replicas import reads
from forums.access import acts, permissions
from forums.listing import categories
from forums.models import Action
from forums.moderation.queue.top_n_per_group import top_ids

MOST_COMMENTS = 1_000
"""Comments are counted up to this number."""
ACTS_SHOWN = 4
"""Earlier acts of moderation, the newest first."""
NOTES_SHOWN = 2


@dataclass
class MemberHistory:
    member: User
    comments: int = 0
    """Counted up to `MOST_COMMENTS` + 1."""
    acts: list[Action] = field(default_factory=list)
    acts_count: int = 0
    sanctions: list[Sanction] = field(default_factory=list)
    """Those in force."""
    notes: list[Note] = field(default_factory=list)
    """Notes of moderators of the site, the newest first. Only they can see them."""

    @property
    def comments_said(self) -> str:
        return f"{MOST_COMMENTS:,}+" if self.comments > MOST_COMMENTS else f"{self.comments:,}"

    @property
    def more_acts(self) -> int:
        return self.acts_count - len(self.acts)


def of(member_ids: set[int], viewer, *, notes=True) -> dict[int, MemberHistory]:
    """The history of each of these members, as far as `viewer` may see it.

    Six queries at most, four without `notes`.
    """
    histories = {member.pk: MemberHistory(member) for member in _members(tuple(sorted(member_ids)))}
    for pk, count in _comments(list(histories)):
        histories[pk].comments = count
    # Acts in categories that the viewer cannot see would reveal what happens there.
    rooms = tuple(category.pk for category in categories.seen_by(viewer))
    for action in _acts(tuple(histories), rooms):
        histories[action.member_id].acts.append(action)
        histories[action.member_id].acts_count = action.of_all
    for sanction in Sanction.objects.in_force().filter(member__in=histories).order_by("-at"):
        histories[sanction.member_id].sanctions.append(sanction)
    if notes and permissions.is_moderator(viewer):
        newest = top_ids("accounts_note", "member_id", "at DESC", histories, NOTES_SHOWN)
        for note in Note.objects.filter(pk__in=newest).select_related("by").order_by("-at"):
            histories[note.member_id].notes.append(note)
    return histories


@compiled
def _members(pks):
    return User.objects.for_request().filter(pk__among=pks)


@compiled
def _acts(member_ids, rooms):
    seen = Q(category=None) | Q(category__among=rooms)
    theirs = Window(RowNumber(), partition_by="member", order_by=[F("at").desc(), F("pk").desc()])
    counted = Action.objects.not_undone().filter(
        seen, member__among=member_ids, verb__in=acts.verbs(lambda act: act.counts_against)
    )
    numbered = counted.annotate(number=theirs, of_all=Window(Count("pk"), partition_by="member"))
    return numbered.filter(number__lte=ACTS_SHOWN).select_related("rule").order_by("number")


def _comments(member_ids):
    return reads.rows(_COUNT, {"members": member_ids, "most": MOST_COMMENTS + 1})


# The count stops at a limit, because counting all comments of a prolific member would take too long.
_COUNT = """
    SELECT member.id, (
        SELECT count(*) FROM (SELECT FROM forums_comment WHERE author_id = member.id LIMIT %(most)s) counted
    ) FROM unnest(%(members)s::bigint[]) AS member(id)
"""
