"""The decisions that a moderator can choose from for a case, derived from the declared acts."""

from dataclasses import dataclass, replace
from functools import cache

from django.core.exceptions import PermissionDenied
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models.sanction import may_be_sanctioned
from forums.access.acts import Act, may
from forums.access.permissions import MOVING
from forums.models import Action, BackgroundAct, Case
from forums.models.moderation.action import NotDone
from forums.moderation.deciding import Grounds
from forums.moderation.declarations import DECLARED


@dataclass(frozen=True)
class Decision:
    """A button of the queue, with the act it does to each kind of item."""

    name: str
    acts: dict[str, Act]
    """By the kind of item; "gone" is an item that its author has deleted."""
    says: str
    key: str
    is_grave: bool
    for_many: bool
    lengths: dict[int, str]

    def about(self, case: Case) -> "Decision":
        """The same decision with its label for this case."""
        return replace(self, says=self.acts[_state(case)].button.says)

    @property
    def is_sanction(self) -> bool:
        return all(act.is_of_the_site for act in self.acts.values())

    @property
    def options(self) -> SafeString:
        """The lengths as the options of a select; the same for every case."""
        return _options(self.name)


def _derive() -> dict[str, Decision]:
    """Groups the declared buttons by their names; a decision is labelled like its act on comments."""
    found: dict[str, dict[str, Act]] = {}
    for act in DECLARED:
        if act.button:
            found.setdefault(act.button.name, {}).update(dict.fromkeys(act.button.kinds, act))
    decisions = {}
    for name, acts in found.items():
        button = acts["comment"].button
        decisions[name] = Decision(
            name, acts, button.says, button.key, button.is_grave, button.for_many, button.lengths
        )
    return decisions


DECISIONS = _derive()


@cache
def _options(name):
    return format_html_join("", '<option value="{}">{}</option>', DECISIONS[name].lengths.items())


def offered(case: Case, concerned, moderator) -> list[Decision]:
    """The decisions that `moderator` may take about `case`. No query.

    `concerned` is the author of the item, fetched `for_request`, or None.
    """
    may_sanction = concerned is not None and concerned != moderator and may_be_sanctioned(concerned)
    state = _state(case)
    return [
        decision.about(case)
        for decision in DECISIONS.values()
        if (act := decision.acts.get(state))
        and may(moderator, act.verb, None if decision.is_sanction else case.category)
        and (may_sanction or not decision.is_sanction)
        and not (act.verb == "branch_hidden" and case.comment.is_opening)
    ]


def decide(case: Case, decision: Decision, grounds: Grounds, *, by) -> Action | BackgroundAct:
    """Claim the case and decide it. Returns the act, also if a task will do it.

    Raises `NotDone` if the case is decided or claimed by another moderator. Raises PermissionDenied if `by` may not do
    the act, or must leave it to others.
    """
    act = decision.acts.get(case.kind)
    if act is None or act.button is None:
        raise NotDone("That cannot be done about this.")
    if case.discussion and case.discussion.is_moving:
        raise NotDone(MOVING)
    claim(case, by=by)
    return act.button.decide(case, by, grounds)


def claim(case: Case, *, by) -> None:
    """Keep other moderators from deciding the same case. Raises the errors of `decide`."""
    if case.concerned == by and not by.is_superuser:
        raise PermissionDenied("What concerns yourself is decided by others.")
    if not case.claim(by):
        raise NotDone(case.claim_refusal)


def decide_all(cases, decision: Decision, grounds: Grounds, *, by) -> tuple[int, list[str]]:
    """Decide each case by itself; returns the number decided and the reasons why others were refused.

    Without a rule in `grounds`, each case is decided for the rule that its reports name.
    """
    done, refusals = 0, set()
    for case in cases:
        try:
            decide(case, decision, replace(grounds, rule=grounds.rule or case.named_rule), by=by)
            done += 1
        except (NotDone, PermissionDenied) as refused:
            refusals.add(str(refused))
    return done, sorted(refusals)


def _state(case):
    return "gone" if case.is_gone else case.kind
