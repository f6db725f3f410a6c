"""The form of an outcome."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from config.engines import clock
from forums.access import permissions
from forums.models.moderation.action import REASON
from forums.moderation.forms import Words
from forums.posting.fields import Body, Line

LONGEST = 5_000
"""Characters of a decision."""
VALUES = ("decision", "carried_by", "carrier", "review_on", "version")


class OutcomeForm(forms.Form):
    """The decision, who carries it out, and when it is reviewed.

    `version` is the version that the form shows. `outcome` is the one that the poll or debate has, or None. Moderators
    who change an outcome of somebody else can say why.
    """

    decision = Body(help_text="You can use Markdown, as in comments.")
    carried_by = Line(
        required=False, max_length=200, label="Who carries it out", help_text="A group, an office, or names."
    )
    carrier = Line(
        required=False,
        label="Their member name",
        help_text="This member is reminded of the review, as you are.",
    )
    review_on = forms.DateField(
        required=False,
        label="Review it on",
        help_text="On this day you are reminded to look whether it was carried out.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Please enter a day, such as 2030-03-31."},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    reason = Words(
        REASON, required=False, label="Why you change it", help_text="The log of moderation shows this."
    )

    def __init__(self, *args, user, topic, outcome, is_act: bool, **kwargs):
        self.user, self.topic, self.outcome = user, topic, outcome
        initial = {"version": 0}
        if outcome:
            initial = {name: getattr(outcome, name) for name in VALUES}
            initial["carrier"] = outcome.carrier.username if outcome.carrier else ""
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["decision"].label = "What was decided"
        if not is_act:
            del self.fields["reason"]

    @property
    def values(self) -> dict:
        """The valid values, without the reason."""
        return {name: self.cleaned_data[name] for name in VALUES}

    @property
    def text(self) -> str:
        """All words of a valid form, for the site's filters."""
        return "\n".join(self.cleaned_data[name] for name in ("decision", "carried_by"))

    def show_version(self, outcome):
        """Let the form, which is shown again, replace the newest version of the outcome."""
        self.data = self.data.copy()
        self.data["version"] = outcome.version if outcome else 0

    def clean_version(self):
        return self.cleaned_data["version"] or 0

    def clean_decision(self):
        decision = self.cleaned_data["decision"]
        if len(decision) > LONGEST:
            raise ValidationError(
                f"A decision has at most {LONGEST:,} characters, and this one has {len(decision):,}."
            )
        return decision

    def clean_carrier(self):
        """Find the member, who must be able to read the topic."""
        name = self.cleaned_data["carrier"].removeprefix("@")
        if not name:
            return None
        member = User.objects.visible_to(self.user).named(name).with_rights().first()
        if member is None or not permissions.may_read(member, self.topic):
            raise ValidationError(f"No member called “{name[:40]}” can read this topic.")
        return member

    def clean_review_on(self):
        review_on = self.cleaned_data["review_on"]
        is_kept = self.outcome is not None and self.outcome.review_on == review_on
        if review_on and not is_kept and review_on < clock.now().date():
            raise ValidationError("That day has passed. Choose today or a later day, or leave it empty.")
        return review_on
