"""What a moderator says along with a decision."""

from django import forms

from forums.models import Rule
from forums.models.action import REASON
from forums.queue.acts import ACTS, Decision


class DecisionForm(forms.Form):
    """Sent by every button of a case; each act takes what it needs of it."""

    rule = forms.ModelChoiceField(Rule.objects.in_force(), required=False)
    reason = forms.CharField(max_length=REASON, required=False)
    silence = forms.TypedChoiceField(
        choices=ACTS["silence"].lengths, coerce=int, required=False, empty_value=None
    )
    suspend = forms.TypedChoiceField(
        choices=ACTS["suspend"].lengths, coerce=int, required=False, empty_value=None
    )
    hide = forms.BooleanField(required=False)

    def decision(self, act) -> Decision:
        """For `act`; the lengths of the other acts are left out."""
        said = self.cleaned_data
        days = said[act.name] if act.name in ("silence", "suspend") else None
        return Decision(said["rule"], said["reason"], days, said["hide"])

    def refusal(self) -> str:
        """The first thing that is wrong, in a sentence."""
        return next(str(error) for errors in self.errors.values() for error in errors)
