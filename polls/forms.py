"""What members send in about a poll: checked, and on refusal shown again with all they wrote."""

from uuid import uuid4

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone

from forums.fields import Line, Moment, one_line
from polls.models import Poll

MOST_OPTIONS = 50
LONGEST = 200
# Fields of the form that are the poll's own, as they stand.
RULES = (
    "question", "method", "at_least", "at_most", "shuffled", "voter_groups", "account_days", "members_before_opening",
    "changeable", "withdrawable", "results_show", "quorum", "secret", "extensible", "opens_at", "closes_at",
)  # fmt: skip


class Number(forms.IntegerField):
    """A whole number that may be left empty, which means `empty`."""

    def __init__(self, *, empty=None, most=1000, **kwargs):
        super().__init__(required=False, min_value=0, max_value=most, **kwargs)
        self.empty = empty

    def clean(self, value):
        number = super().clean(value)
        return self.empty if number is None else number


class PollForm(forms.Form):
    question = Line(max_length=LONGEST, label="Question")
    wordings = forms.CharField(
        label="Options",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One a line, at least two.",
        error_messages={"required": "A poll needs at least two options."},
    )
    method = forms.ChoiceField(choices=Poll.Method.choices, initial=Poll.Method.ONE, label="How people vote")
    at_least = Number(empty=1, most=MOST_OPTIONS, label="Options to mark, at least")
    at_most = Number(most=MOST_OPTIONS, label="At most", help_text="Empty means all of them.")
    secret = forms.TypedChoiceField(
        choices=[
            ("yes", "Secret: nobody learns who voted what"),
            ("no", "Public: everybody sees who voted what"),
        ],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
        label="Ballots are",
    )
    results_show = forms.ChoiceField(
        choices=Poll.ResultsShow.choices, initial=Poll.ResultsShow.AFTER_VOTING, label="Results show"
    )
    changeable = forms.BooleanField(required=False, initial=True, label="A ballot may be changed")
    withdrawable = forms.BooleanField(required=False, label="A ballot may be taken back")
    shuffled = forms.BooleanField(required=False, label="Show every voter the options in another order")
    extensible = forms.BooleanField(required=False, label="Options may be added while the poll is open")
    closes_at = Moment(required=False, label="Closes", help_text="Empty means that you close it by hand.")
    opens_at = Moment(required=False, label="Opens", help_text="Empty means at once.")
    quorum = Number(empty=0, most=10**6, label="Quorum", help_text="Ballots needed for the result to count.")
    account_days = Number(empty=0, most=3650, label="Only accounts at least this many days old")
    members_before_opening = forms.BooleanField(
        required=False, label="Only those who were members before it opened"
    )
    voter_groups = forms.ModelMultipleChoiceField(
        Group.objects.none(), required=False, label="Only these groups", widget=forms.CheckboxSelectMultiple
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        groups = Group.objects.order_by("name")
        self.fields["voter_groups"].queryset = (
            groups if user.is_moderator else groups.filter(pk__in=user.group_ids)
        )

    def clean_wordings(self):
        lines = [one_line(line) for line in self.cleaned_data["wordings"].splitlines()]
        wordings = [line for line in lines if line]
        if len(wordings) < 2:
            raise forms.ValidationError("A poll needs at least two options.")
        if len(wordings) > MOST_OPTIONS:
            raise forms.ValidationError(
                f"A poll has at most {MOST_OPTIONS} options; these are {len(wordings)}."
            )
        if any(len(line) > LONGEST for line in wordings):
            raise forms.ValidationError(f"An option has at most {LONGEST} characters.")
        if len({line.casefold() for line in wordings}) < len(wordings):
            raise forms.ValidationError("Two options say the same.")
        return wordings

    def clean_opens_at(self):
        return self.cleaned_data["opens_at"] or timezone.now()

    def clean_voter_groups(self):
        return [group.pk for group in self.cleaned_data["voter_groups"]]

    def clean(self):
        given = super().clean()
        if self.errors:
            return given
        most = given["at_most"] or len(given["wordings"])
        if most > len(given["wordings"]):
            self.add_error("at_most", "There are fewer options than that.")
        elif given["at_least"] > most:
            self.add_error("at_least", "That is more than may be marked.")
        closes = given["closes_at"]
        if closes and (closes <= timezone.now() or closes <= given["opens_at"]):
            self.add_error("closes_at", "It would close before anybody could vote.")
        return given

    @property
    def text(self) -> str:
        """All that others will read."""
        return "\n".join([self.cleaned_data["question"], *self.cleaned_data["wordings"]])

    @property
    def rules(self) -> dict:
        """The poll's fields, for `Poll.open` and `Poll.revise`."""
        return {name: self.cleaned_data[name] for name in RULES} | {
            "at_most": self.cleaned_data["at_most"] or None
        }


class WordingForm(forms.Form):
    """A corrected or a new option."""

    wording = Line(max_length=LONGEST, label="Wording")

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self._others = {wording.casefold() for wording in others}

    def clean_wording(self):
        if self.cleaned_data["wording"].casefold() in self._others:
            raise forms.ValidationError("Another option says the same.")
        return self.cleaned_data["wording"]

    @property
    def text(self) -> str:
        return self.cleaned_data["wording"]


class ExtendForm(forms.Form):
    text = ""
    closes_at = Moment(required=False, label="Closes", help_text="Empty means that you close it by hand.")


class BallotForm(forms.Form):
    """What surrounds the marks: which form it is, and which ballot it replaces."""

    token = forms.UUIDField(error_messages={"required": "That form is incomplete. Reload the page."})
    over = forms.UUIDField(required=False, error_messages={"invalid": "That is not a key."})


class ReceiptForm(forms.Form):
    over = forms.UUIDField(
        label="Your key",
        error_messages={"required": "Your key is needed for that.", "invalid": "That is not a key."},
    )
