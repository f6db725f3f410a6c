"""Deciding a case of the moderators' queue: each function does one act to the item of the case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from forums.models import Action, BackgroundAct, Case
from forums.models.moderation.action import NotDone
from forums.moderation import long_acts, reports

FOR_GOOD = 0


@dataclass(frozen=True)
class Grounds:
    """The moderator's answers in the form of a case."""

    rule: object = None
    reason: str = ""
    days: int | None = None
    """How long a sanction lasts. `FOR_GOOD` has no end; None is a missing answer."""
    hide_too: bool = False

    @property
    def why(self) -> dict:
        return {"rule": self.rule, "reason": self.reason}

    @property
    def until(self) -> datetime | None:
        return timezone.now() + timedelta(days=self.days) if self.days else None


def keep(case: Case, by, grounds: Grounds) -> Action:
    return reports.keep(case, by=by, reason=grounds.reason)


def hide(case: Case, by, grounds: Grounds) -> Action:
    return reports.uphold(case, by=by, **grounds.why)


def hide_branch(case: Case, by, grounds: Grounds) -> Action | BackgroundAct:
    # A comment that is hidden already and has no replies has no branch left to hide.
    return long_acts.HIDE_BRANCH(case.comment, by=by, case=case, **grounds.why) or hide(case, by, grounds)


def remove_spammer(case: Case, by, grounds: Grounds) -> Action | BackgroundAct:
    removed = long_acts.REMOVE_ALL([_concerned(case)], by=by, case=case, **grounds.why)
    return removed if isinstance(removed, BackgroundAct) else removed[0]


def sanction(impose, *, is_lasting: bool):
    """A function that imposes a sanction on the author of the item.

    The item is hidden if the moderator chose so. Otherwise it is shown again if only reports had hidden it. A pending
    text stays pending.
    """

    @transaction.atomic
    def decide(case: Case, by, grounds: Grounds) -> Action:
        member = _concerned(case)
        if is_lasting and grounds.days is None:
            raise NotDone("Say for how long.")
        member.await_turn()
        hides = grounds.hide_too and case.kind != "member" and not case.is_gone
        if hides:
            reports.uphold(case, by=by, **grounds.why)
        else:
            reports.take_up(case, "item_kept", by)
        until = {"until": grounds.until} if is_lasting else {}
        said = {"comment": case.comment, "topic": case.topic, "case": case}
        action = impose(member, by=by, **said, **until, **grounds.why)
        if not hides:
            reports.show_again(case, by=by)
        return action

    return decide


def _concerned(case):
    if case.concerned is None:
        raise NotDone("The author of this has left the site.")
    return case.concerned
