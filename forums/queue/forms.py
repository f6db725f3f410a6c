"""What a moderator says along with a decision."""

from django import forms

from forums.queue.acts import ACTS, Decision
from forums.queue.raids import JOINED, WRITTEN, Raid
from forums.reasons import WhyForm


def _choice(choices, **options):
    return forms.TypedChoiceField(choices=list(choices), coerce=int, empty_value=None, **options)


class Refusing(WhyForm):
    def refusal(self) -> str:
        """The first thing that is wrong, in a sentence."""
        return next(str(error) for errors in self.errors.values() for error in errors)


class DecisionForm(Refusing):
    """Sent by every button of a case; each act takes what it needs of it."""

    silence = _choice(ACTS["silence"].lengths, required=False)
    suspend = _choice(ACTS["suspend"].lengths, required=False)
    hide = forms.BooleanField(required=False)

    def decision(self, act) -> Decision:
        """For `act`; the lengths of the other acts are left out."""
        said = self.cleaned_data
        days = said[act.name] if act.name in ("silence", "suspend") else None
        return Decision(said["rule"], said["reason"], days, said["hide"])


class RaidForm(Refusing):
    """Which crowd is meant. `until` is when the page was made: who comes later was not on it."""

    minutes = _choice(WRITTEN.items())
    days = _choice(JOINED.items())
    until = forms.DateTimeField()

    def raid(self) -> Raid:
        said = self.cleaned_data
        return Raid(said["minutes"], said["days"], said["until"])
