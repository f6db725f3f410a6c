"""The acts of moderation: the words of each in the log, who may do it, and what follows from it.

`forums.moderation.declarations` declares each act once and registers it here when the site starts. This module imports
no models, so that models can use it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forums.access.roles import EVERYWHERE, OF_THE_SITE, Role, role_of

if TYPE_CHECKING:
    from forums.access.permissions import Viewer
    from forums.models import Category


@dataclass(frozen=True)
class Button:
    """Decides a case of the moderators' queue with one act."""

    name: str
    """The last part of its address. Buttons of one name are one decision, about different kinds of items."""
    says: str
    key: str
    """The letter that presses it."""
    kinds: tuple[str, ...]
    """The kinds of items it decides (`Case.kind`), and "gone" for items that their authors have deleted."""
    decide: Callable[..., Any]
    """Called with the case, the moderator and the `Grounds`. Returns the `Action`."""
    is_grave: bool = False
    """It reaches far beyond the item, so the key must be pressed twice."""
    for_many: bool = False
    """It can decide many cases at once."""
    lengths: dict[int, str] = field(default_factory=dict)
    """How long the act can last: days and words. Empty if it does not end."""


@dataclass(frozen=True)
class Act:
    """One kind of act. `Action` rows are what the log has of it."""

    verb: str
    says: str
    """Its words in the log: something that has happened."""
    do: Callable[..., Any]
    """Does it, and writes the log."""
    about: str
    """Its heading in the table of roles."""
    by: tuple[Role, ...] = EVERYWHERE
    """The roles that may do it. Empty if only the site does it."""
    undone_by: str = ""
    """The verb of the act that undoes it. Empty if nothing does."""
    undo: Callable[..., Any] | None = None
    """Called with the `Action` to undo, `by`, `reason` and `undoes`. Without it, the act `undone_by` is done to the
    comment or topic."""
    in_batches: bool = False
    """It is undone in several transactions. If that is interrupted, undoing once more continues it."""
    judges: bool = False
    """It judges what somebody did. Moderators leave that to others if it was their own. All other acts only arrange a
    discussion and take nothing from anybody."""
    closes_cases: bool = False
    """It closes the open case about the same comment, topic or member."""
    keeps: bool = False
    """A moderator has decided that the item may stay."""
    hides: bool = False
    """It hides a comment, a branch or a topic."""
    leaves_note: bool = False
    """It hides nothing, but leaves a system note where comments were moved."""
    notifies: bool = True
    """The member concerned is notified. False if the act changes nothing for them."""
    counts_against: bool = False
    """Moderators see it in the history of the member concerned."""
    restriction: dict[str, Any] | None = None
    """Its restrictions, in the terms of a statement of reasons (`forums.moderation.dsa_statements`).

    None if it restricts nobody.
    """
    button: Button | None = None
    """Offers it in the moderators' queue."""

    @property
    def is_of_the_site(self) -> bool:
        """Whether it concerns a member in the whole site, so that moderators of a category may not do it."""
        return self.by == OF_THE_SITE


ACTS: dict[str, Act] = {}
"""All acts by their verbs, in the order of the table of roles."""


def register(*declared: Act) -> None:
    ACTS.update({act.verb: act for act in declared})


def choices() -> list[tuple[str, str]]:
    """Each verb with its words, for forms and columns."""
    return [(verb, act.says) for verb, act in ACTS.items()]


def verbs(has: Callable[[Act], bool]) -> list[str]:
    """The verbs of the acts for which `has(act)` is true."""
    return [verb for verb, act in ACTS.items() if has(act)]


def may(user: "Viewer", verb: str, category: "Category | None" = None) -> bool:
    """Whether `user` may do this act in `category`, or in the whole site if there is none. No query."""
    return role_of(user, category) in ACTS[verb].by


def table() -> str:
    """The table of roles for the documentation, in Markdown: one line for each heading and set of roles."""
    lines: dict[tuple[str, tuple[Role, ...]], list[str]] = {}
    for act in sorted(ACTS.values(), key=lambda act: not act.by):
        heading = act.about if act.by else "Without a moderator"
        lines.setdefault((heading, act.by), []).append(act.says[0].lower() + act.says[1:])
    head = ["| | may be done by |", "|---|---|"]
    return "\n".join(
        [
            *head,
            *(f"| **{heading}**: {', '.join(says)} | {_WHO[by]} |" for (heading, by), says in lines.items()),
        ]
    )


_WHO = {
    EVERYWHERE: "administrators, moderators, moderators of the category",
    OF_THE_SITE: "administrators, moderators",
    (): "the site by itself",
}
