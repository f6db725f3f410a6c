"""What a moderator can decide about a case, in one table; each is an act of `forums.moderation`."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models.sanction import may_be_sanctioned
from forums import roles
from forums.models import Action, Case
from forums.models.action import NotDone
from forums.moderation import branches, members, reports, spam

LENGTHS = {1: "a day", 3: "three days", 7: "a week", 30: "a month", 365: "a year"}
"""Days, for silences and suspensions; a suspension can also be for good."""


FOR_GOOD = 0


class Decision(NamedTuple):
    """What the moderator says along with an act."""

    rule: object = None
    reason: str = ""
    days: int | None = None
    """How long a sanction lasts; `FOR_GOOD` has no end, None has not been said."""
    hide_too: bool = False

    @property
    def ground(self) -> dict:
        return {"rule": self.rule, "reason": self.reason}

    @property
    def until(self):
        return timezone.now() + timedelta(days=self.days) if self.days else None


class Act(NamedTuple):
    name: str
    says: str
    key: str
    verbs: dict[str, str]
    """By the kind of item: which right it takes, a verb of `forums.roles`."""
    do: Callable[[Case, object, Decision], Action]
    is_grave: bool = False
    """It reaches far beyond the item, so the key has to be pressed twice."""
    says_of_held: str = ""
    """Of a text that has yet to be posted, where that is another word."""
    says_of_gone: str = ""
    """And of what its author has deleted."""

    def about(self, case: Case) -> "Act":
        """With its word for what `case` is about."""
        other = self.says_of_held if case.held_id else self.says_of_gone if case.is_gone else ""
        return self._replace(says=other) if other else self

    @property
    def is_sanction(self) -> bool:
        return self.name in SANCTIONS

    @property
    def lengths(self) -> list[tuple[int, str]]:
        """For how long, where that is to be said: days and words."""
        for_good = [(FOR_GOOD, "for good")] if self.name == "suspend" else []
        return [*LENGTHS.items(), *for_good] if self.name in ("silence", "suspend") else []

    @property
    def options(self) -> SafeString:
        """The lengths as a list to choose from; the same for every case."""
        return _options(self.name)


FOR_ALL = ("keep", "hide", "remove")
"""What can be done about many cases at once."""
SANCTIONS = ("warn", "silence", "suspend", "remove")


@cache
def _options(name):
    return format_html_join("", '<option value="{}">{}</option>', ACTS[name].lengths)


def offered(case: Case, concerned, moderator) -> list[Act]:
    """What `moderator` may do about `case`; `concerned` is the member, fetched `with_standing`. No query."""
    open_to_sanctions = concerned is not None and concerned != moderator and may_be_sanctioned(concerned)
    return [
        act.about(case)
        for act in ACTS.values()
        if case.kind in act.verbs
        and roles.may(moderator, act.verbs[case.kind], None if act.is_sanction else case.category)
        and (open_to_sanctions or not act.is_sanction)
        and not (act.name == "branch" and case.comment.is_opening)
        and not (act.name in ("hide", "branch") and case.is_gone)
    ]


def decide(case: Case, act: Act, said: Decision, *, by) -> Action:
    """Claim the case and do it. Raises `NotDone` where it is decided or somebody else's by now, and PermissionDenied
    for what `by` may not do, or has to leave to others."""
    if case.kind not in act.verbs:
        raise NotDone("That cannot be done about this.")
    claim(case, by=by)
    return act.do(case, by, said)


def claim(case: Case, *, by) -> None:
    """Keep others from doing the same; raises what `decide` raises."""
    if case.concerned == by and not by.is_superuser:
        raise PermissionDenied("What concerns yourself is decided by others.")
    if not case.claim(by):
        raise NotDone(case.taken)


def decide_all(cases, act: Act, said: Decision, *, by) -> tuple[int, list[str]]:
    """Each by itself, for the rule that its reports name where `said` names none: how many were done, and why others
    were not."""
    done, refusals = 0, set()
    for case in cases:
        try:
            decide(case, act, said._replace(rule=said.rule or case.named_rule), by=by)
            done += 1
        except (NotDone, PermissionDenied) as refused:
            refusals.add(str(refused))
    return done, sorted(refusals)


def _keep(case, by, said):
    return reports.keep(case, by=by, reason=said.reason)


def _hide(case, by, said):
    return reports.uphold(case, by=by, **said.ground)


def _branch(case, by, said):
    # Of a comment that is hidden already and unanswered no branch is left.
    return branches.hide(case.comment, by=by, case=case, **said.ground) or _hide(case, by, said)


def _remove(case, by, said):
    if case.concerned is None:
        raise NotDone("Whoever wrote this has left.")
    return spam.remove(case.concerned, by=by, case=case, **said.ground)


def _sanction(impose, lasting):
    """Impose it on whose doing the item is. The item is hidden along with it if the moderator says so, and else in
    sight from then on; a text that waits goes on waiting."""

    @transaction.atomic
    def act(case, by, said):
        if case.concerned is None:
            raise NotDone("Whoever wrote this has left.")
        if lasting and said.days is None:
            raise NotDone("Say for how long.")
        case.concerned.await_turn()
        hides = said.hide_too and case.kind != "member" and not case.is_gone
        if hides:
            reports.uphold(case, by=by, **said.ground)
        else:
            reports.take_up(case, "item_kept", by)
        until = {"until": said.until} if lasting else {}
        action = impose(
            case.concerned, by=by, comment=case.comment, topic=case.topic, case=case, **until, **said.ground
        )
        if not hides:
            reports.show_again(case, by=by)
        return action

    return act


def _everywhere(verb):
    return dict.fromkeys(("comment", "topic", "member", "held"), verb)


ACTS = {
    act.name: act
    for act in (
        Act(
            "keep",
            "Keep",
            "a",
            _everywhere("item_kept") | {"held": "held_approved"},
            _keep,
            says_of_held="Approve",
            says_of_gone="Close: its author has deleted it",
        ),
        Act(
            "hide",
            "Hide",
            "h",
            {"comment": "comment_hidden", "topic": "topic_hidden", "held": "held_refused"},
            _hide,
            says_of_held="Refuse",
        ),
        Act("branch", "Hide branch", "b", {"comment": "branch_hidden"}, _branch),
        Act("warn", "Warn", "w", _everywhere("member_warned"), _sanction(members.warn, lasting=False)),
        Act(
            "silence",
            "Silence",
            "s",
            _everywhere("member_silenced"),
            _sanction(members.silence, lasting=True),
        ),
        Act(
            "suspend",
            "Suspend",
            "u",
            _everywhere("member_suspended"),
            _sanction(members.suspend, lasting=True),
            True,
        ),
        Act("remove", "Remove spammer", "x", _everywhere("spammer_removed"), _remove, True),
    )
}
