"""The forms of the moderators' queue."""

from django import forms

from forums.moderation.deciding import Grounds
from forums.moderation.forms import ReasonForm
from forums.moderation.queue.decision_options import DECISIONS
from forums.moderation.queue.raids import JOINED, WRITTEN, Raid


def _choice(choices, **options):
    return forms.TypedChoiceField(choices=list(choices), coerce=int, empty_value=None, **options)


class QueueForm(ReasonForm):
    def first_error(self) -> str:
        """The first error, as a sentence."""
        return next(str(error) for errors in self.errors.values() for error in errors)


class DecisionForm(QueueForm):
    """Every button of a case sends all fields; each decision uses those that it needs."""

    silence = _choice(DECISIONS["silence"].lengths.items(), required=False)
    suspend = _choice(DECISIONS["suspend"].lengths.items(), required=False)
    hide = forms.BooleanField(required=False)

    def grounds(self, decision) -> Grounds:
        """The answers for `decision`, without the lengths of other decisions."""
        said = self.cleaned_data
        days = said[decision.name] if decision.lengths else None
        return Grounds(said["rule"], said["reason"], days, said["hide"])


class RaidForm(QueueForm):
    """Which accounts are a raid. `until` is the time of the page, because accounts that wrote later were not on it."""

    minutes = _choice(WRITTEN.items())
    days = _choice(JOINED.items())
    until = forms.DateTimeField()

    def raid(self) -> Raid:
        said = self.cleaned_data
        return Raid(said["minutes"], said["days"], said["until"])
