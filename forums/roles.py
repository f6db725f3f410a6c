"""Who moderates what: one table, from which the rights, the log's words and the documentation are made.

A member has one role at a time and place. *Administrators* are superusers. *Moderators* hold `forums.moderate`, by the
group "Moderators" or in person, and moderate wherever they can see. *Category moderators* are in one of a category's
`moderator_groups` and moderate there and below. The two others are no people: what the site does by itself, and what
enough reports of trusted members do.
"""

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices

from forums import permissions

if TYPE_CHECKING:
    from forums.models import Category


class Role(TextChoices):
    """In what capacity somebody acted; the highest first."""

    ADMINISTRATOR = "administrator", "an administrator"
    MODERATOR = "moderator", "a moderator"
    CATEGORY_MODERATOR = "category_moderator", "a moderator of the category"
    TRUSTED_REPORTS = "trusted_reports", "reports of trusted members"
    AUTOMATIC = "automatic", "the site, automatically"


KEPT = ("item_kept", "comment_restored", "branch_restored", "topic_restored")
"""Acts by which a moderator has decided that something may stand."""
UNTOLD = ("item_kept", "item_gone")
"""Acts that change nothing for whom they concern."""
JUDGED = {
    "item_kept", "item_gone", "held_approved", "held_refused", "comment_hidden", "comment_restored", "comment_edited",
    "branch_hidden", "branch_restored", "topic_hidden", "topic_restored", "member_warned", "warning_withdrawn",
    "member_silenced", "silence_lifted", "member_suspended", "suspension_lifted", "spammer_removed",
    "spammer_restored", "appeal_granted", "appeal_refused",
}  # fmt: skip
"""Acts that decide about what somebody did, which moderators leave to others where it is their own. What is left out
arranges a discussion and takes nothing from anybody."""
ADMINISTRATORS = (Role.ADMINISTRATOR,)
OF_THE_SITE = (*ADMINISTRATORS, Role.MODERATOR)
EVERYWHERE = (*OF_THE_SITE, Role.CATEGORY_MODERATOR)


class Deed(NamedTuple):
    """What can be done, and by whom."""

    says: str
    """For the log, as something that has happened."""
    by: tuple[Role, ...]
    undone_by: str = ""
    """The verb of the act that undoes it; empty where nothing does."""
    settles: bool = False
    """It decides on whatever has been reported about the same thing."""

    @property
    def is_of_the_site(self) -> bool:
        """It concerns a member wherever they go, whatever it was for."""
        return self.by == OF_THE_SITE


DEEDS = {
    "item_kept": Deed("Kept", EVERYWHERE, settles=True),
    "item_gone": Deed("Taken away by its author", EVERYWHERE, settles=True),
    "comment_held": Deed("Comment held for a look", (), "comment_restored"),
    "held_approved": Deed("Text approved", EVERYWHERE),
    "held_refused": Deed("Text refused", EVERYWHERE, "held_approved"),
    "comment_hidden": Deed("Comment hidden", EVERYWHERE, "comment_restored", settles=True),
    "comment_restored": Deed("Comment restored", EVERYWHERE, settles=True),
    "comment_edited": Deed("Comment edited", EVERYWHERE, "comment_edited", settles=True),
    "branch_hidden": Deed("Branch hidden", EVERYWHERE, "branch_restored", settles=True),
    "branch_restored": Deed("Branch restored", EVERYWHERE, settles=True),
    "branch_locked": Deed("Branch locked", EVERYWHERE, "branch_unlocked"),
    "branch_unlocked": Deed("Branch unlocked", EVERYWHERE),
    "branch_split": Deed("Branch split into a topic", EVERYWHERE, "branch_rejoined"),
    "branch_rejoined": Deed("Branch brought back", EVERYWHERE),
    "topic_locked": Deed("Topic locked", EVERYWHERE, "topic_unlocked"),
    "topic_unlocked": Deed("Topic unlocked", EVERYWHERE),
    "topic_slowed": Deed("Slow mode begun", EVERYWHERE, "topic_unslowed"),
    "topic_unslowed": Deed("Slow mode ended", EVERYWHERE),
    "topic_pinned": Deed("Topic pinned", EVERYWHERE, "topic_unpinned"),
    "topic_unpinned": Deed("Topic unpinned", EVERYWHERE),
    "topic_moved": Deed("Topic moved", EVERYWHERE, "topic_moved"),
    "topic_renamed": Deed("Topic renamed", EVERYWHERE, "topic_renamed", settles=True),
    "topic_hidden": Deed("Topic hidden", EVERYWHERE, "topic_restored", settles=True),
    "topic_restored": Deed("Topic restored", EVERYWHERE, settles=True),
    "debate_ended": Deed("Debate ended early", EVERYWHERE),
    "debate_cancelled": Deed("Debate called off", EVERYWHERE),
    "topics_merged": Deed("Topics merged", EVERYWHERE, "topics_parted"),
    "topics_parted": Deed("Topics parted again", EVERYWHERE),
    "member_warned": Deed("Member warned", OF_THE_SITE, "warning_withdrawn", settles=True),
    "warning_withdrawn": Deed("Warning withdrawn", OF_THE_SITE),
    "member_silenced": Deed("Member silenced", OF_THE_SITE, "silence_lifted", settles=True),
    "silence_lifted": Deed("Silence lifted", OF_THE_SITE),
    "member_suspended": Deed("Member suspended", OF_THE_SITE, "suspension_lifted", settles=True),
    "suspension_lifted": Deed("Suspension lifted", OF_THE_SITE),
    "spammer_removed": Deed("Spammer removed", OF_THE_SITE, "spammer_restored", settles=True),
    "spammer_restored": Deed("Spammer's content restored", OF_THE_SITE),
    "appeal_granted": Deed("Appeal granted", EVERYWHERE),
    "appeal_refused": Deed("Appeal refused", EVERYWHERE),
}


def verbs() -> list[tuple[str, str]]:
    """For forms and columns: each verb with its words."""
    return [(verb, deed.says) for verb, deed in DEEDS.items()]


def role_of(user: permissions.Viewer, category: "Category | None" = None) -> Role | None:
    """The role of `user` in `category`, or without one in the whole site; None for everybody else. No query."""
    if not user.is_authenticated or (category is not None and not permissions.may_see(user, category)):
        return None
    if user.is_superuser:
        return Role.ADMINISTRATOR
    if permissions.is_moderator(user):
        return Role.MODERATOR
    if category is not None and permissions.moderates(user, category):
        return Role.CATEGORY_MODERATOR
    return None


def may(user: permissions.Viewer, verb: str, category: "Category | None" = None) -> bool:
    """May `user` do this in `category`; for what concerns no category, in the site? No query."""
    return role_of(user, category) in DEEDS[verb].by


def table() -> str:
    """What each role may do, as the documentation shows it: a line for each thing and those who may do it."""
    lines: dict[tuple[str, tuple[Role, ...]], list[str]] = {}
    for verb, deed in sorted(DEEDS.items(), key=lambda each: not each[1].by):
        thing = THINGS[verb.partition("_")[0].removesuffix("s")] if deed.by else "Without a moderator"
        lines.setdefault((thing, deed.by), []).append(deed.says[0].lower() + deed.says[1:])
    head = ["| | may be done by |", "|---|---|"]
    who = {
        EVERYWHERE: "administrators, moderators, moderators of the category",
        OF_THE_SITE: "administrators, moderators",
        (): "the site by itself",
    }
    return "\n".join(
        [*head, *(f"| **{thing}**: {', '.join(says)} | {who[by]} |" for (thing, by), says in lines.items())]
    )


THINGS = {
    "item": "What was reported", "held": "What waits", "comment": "Comments", "branch": "Branches", "topic": "Topics",
    "debate": "Debates", "member": "Members", "warning": "Members", "silence": "Members", "suspension": "Members",
    "spammer": "Spammers", "appeal": "Appeals, of others' acts",
}  # fmt: skip
