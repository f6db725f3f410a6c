"""The forms of polls and ballots."""

from uuid import uuid4

from django import forms
from django.contrib.auth.models import Group
from django.utils.html import format_html

from config.engines import clock
from forums.posting.fields import Line, Moment, one_line
from polls import tally
from polls.models import Option, Poll
from polls.tally.ballots import REASON_LENGTH

MOST_OPTIONS = 50
LONGEST = 200
# Fields that the form and the model have in common.
RULES = (
    "question", "method", "at_least", "at_most", "seats", "dots", "shuffled", "voter_groups", "account_days",
    "members_before_opening", "changeable", "withdrawable", "results_show", "quorum", "secret", "extensible",
    "opens_at", "closes_at", "roll_grows", "voters_published", "quorum_percent", "majority", "majority_percent",
    "majority_of_roll",
)  # fmt: skip


EXPLANATIONS = {
    Poll.Method.ONE: "Each voter chooses one option. The option with the most votes wins.",
    Poll.Method.SEVERAL: "Each voter chooses as many options as you allow. The options with the most votes win.",
    Poll.Method.APPROVAL: "Each voter chooses every option that would be fine. The one that suits most voters wins.",
    Poll.Method.SCORE: "Each voter gives points to the options. The option with the best points wins.",
    Poll.Method.RUNOFF: "Each voter puts the options in order. The last option is removed, and its votes move to the "
    "next choice, until one option has a majority.",
    Poll.Method.SCHULZE: "Each voter puts the options in order. The option that most voters "
    "prefer to each of the others wins.",
    Poll.Method.STV: "Each voter puts the options in order. An option with enough votes wins a seat, and its surplus "
    "moves to the next choices, as in Scottish councils.",
    Poll.Method.MEEK: "The same, counted more exactly by computer: options with a seat pass on all that they do not "
    "need, in every round.",
    Poll.Method.DOTS: "Each voter has some dots and spreads them over the options. The option with the most dots wins.",
    Poll.Method.CONSENT: "Each voter consents to the question, stands aside, or objects with a reason. The proposal is "
    "accepted if nobody objects.",
}
"""What each method means, in a sentence for the member who opens a poll."""
CONSENT = {"I consent": "", "I stand aside": Option.Kind.ABSTAIN, "I object": Option.Kind.OBJECT}
"""The answers of a consent poll, with their kinds."""
SPECIAL = {"against": Option.Kind.NONE, "abstain": Option.Kind.ABSTAIN}
"""The fields of options that have a kind."""
CHOICES = {Poll.Method.ONE, Poll.Method.SEVERAL, Poll.Method.APPROVAL}
SINGLE = {Poll.Method.SCORE, Poll.Method.RUNOFF, Poll.Method.SCHULZE}
LIMITED = {Poll.Method.SEVERAL, Poll.Method.APPROVAL}
"""The methods for which the form asks how many options a voter may choose."""


def _explained(method):
    return method, format_html(
        "<span>{}<small>{}</small></span>", Poll.Method(method).label, EXPLANATIONS[method]
    )


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
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="One option per line, at least two. Consent needs none: its answers are always the same.",
        required=False,
    )
    method = forms.ChoiceField(
        choices=[_explained(method) for method in Poll.Method.values],
        initial=Poll.Method.ONE,
        widget=forms.RadioSelect,
        label="How people vote",
    )
    at_least = Number(empty=1, most=MOST_OPTIONS, label="Choose at least")
    at_most = Number(most=MOST_OPTIONS, label="Choose at most", help_text="Empty means all of them.")
    seats = Number(empty=1, most=MOST_OPTIONS, label="Seats", help_text="How many options win.")
    dots = Number(empty=10, most=100, label="Dots of each voter")
    secret = forms.TypedChoiceField(
        choices=[
            ("yes", "Secret: nobody sees who voted for what"),
            ("no", "Public: everyone sees who voted for what"),
        ],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
        label="Ballots are",
    )
    results_show = forms.ChoiceField(
        choices=Poll.ResultsShow.choices, initial=Poll.ResultsShow.AFTER_VOTING, label="Show results"
    )
    changeable = forms.BooleanField(required=False, initial=True, label="Voters may change their ballot")
    withdrawable = forms.BooleanField(required=False, label="Voters may take their ballot back")
    shuffled = forms.BooleanField(required=False, label="Show the options to each voter in a different order")
    extensible = forms.BooleanField(required=False, label="You may add options while the poll is open")
    closes_at = Moment(required=False, label="Closes", help_text="Leave empty to close it by hand.")
    opens_at = Moment(required=False, label="Opens", help_text="Leave empty to open it now.")
    quorum = Number(
        empty=0, most=10**6, label="Quorum", help_text="How many ballots are needed for a valid result."
    )
    quorum_percent = Number(
        empty=0,
        most=100,
        label="Quorum in per cent of the roll",
        help_text="The roll is everyone who may vote.",
    )
    majority = forms.ChoiceField(
        choices=Poll.Majority.choices, required=False, label="It passes with a majority"
    )
    majority_percent = Number(empty=50, most=100, label="Per cent, for a percentage")
    majority_of_roll = forms.TypedChoiceField(
        choices=[("no", "of the votes, without abstentions"), ("yes", "of the roll")],
        coerce=lambda value: value == "yes",
        initial="no",
        empty_value=False,
        required=False,
        label="Majority",
    )
    against = Line(
        max_length=LONGEST,
        required=False,
        label="Option against all others",
        help_text="For example “None of the above” or “No”. If it leads, nothing passes.",
    )
    abstain = Line(
        max_length=LONGEST,
        required=False,
        label="Option to abstain",
        help_text="For example “Abstain”. It counts for the quorum, but is no vote.",
    )
    roll_grows = forms.BooleanField(
        required=False, label="Members who join the forum or a group later may vote, too"
    )
    voters_published = forms.BooleanField(
        required=False,
        label="Show who voted when a secret poll has closed",
        help_text="Never how they voted, and only if at least ten voted. It needs a roll that is fixed.",
    )
    account_days = Number(empty=0, most=3650, label="Only accounts that are at least this many days old")
    members_before_opening = forms.BooleanField(
        required=False, label="Only members who joined before the poll opens"
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

    def clean_seats(self):
        return max(1, self.cleaned_data["seats"])

    def clean_dots(self):
        return max(1, self.cleaned_data["dots"])

    def _check_rule(self, given):
        method = given["method"]
        if given["majority"] and method not in CHOICES:
            self.add_error("majority", "Only a poll in which voters choose options can have a majority.")
        if given["abstain"] and method not in CHOICES:
            self.add_error(
                "abstain", "Only a poll in which voters choose options needs this. Leave it empty."
            )
        if given["against"] and method not in (*CHOICES, *SINGLE):
            self.add_error("against", "This method has no such option. Leave it empty.")
        if given["majority"] == Poll.Majority.CUSTOM and not given["majority_percent"]:
            self.add_error("majority_percent", "Enter a number from 1 to 100.")
        if given["voters_published"] and (not given["secret"] or given["roll_grows"]):
            self.add_error("voters_published", "This needs a secret poll with a roll that is fixed.")

    def _split(self, given):
        lines = [one_line(line) for line in given.get("wordings", "").splitlines()]
        wordings = [line for line in lines if line]
        wordings += [special for name in SPECIAL if (special := given.get(name))]
        if len(wordings) < 2:
            raise forms.ValidationError("Enter at least two options, one per line.")
        if len(wordings) > MOST_OPTIONS:
            raise forms.ValidationError(
                f"A poll can have at most {MOST_OPTIONS} options. You entered {len(wordings)}."
            )
        if any(len(line) > LONGEST for line in wordings):
            raise forms.ValidationError(f"Shorten the options to at most {LONGEST} characters each.")
        if len({line.casefold() for line in wordings}) < len(wordings):
            raise forms.ValidationError("Two options are the same. Change or remove one of them.")
        return wordings

    def clean_opens_at(self):
        return self.cleaned_data["opens_at"] or clock.now()

    def clean_voter_groups(self):
        return [group.pk for group in self.cleaned_data["voter_groups"]]

    def clean(self):
        """Check the options and numbers, and drop those that the method does not use."""
        given = super().clean()
        if given.get("method") == Poll.Method.CONSENT:
            given |= {"wordings": list(CONSENT), "extensible": False}
        else:
            try:
                given["wordings"] = self._split(given)
            except forms.ValidationError as error:
                self.add_error("wordings", error)
        if self.errors:
            return given
        if not tally.Method(given["method"]).has_seats:
            given["seats"] = 1
        elif given["seats"] >= len(given["wordings"]):
            self.add_error("seats", "There must be more options than seats. Enter a smaller number.")
        if given["method"] not in LIMITED:
            given |= {"at_least": 1, "at_most": None}
        most = given["at_most"] or len(given["wordings"])
        if most > len(given["wordings"]):
            self.add_error("at_most", "The poll has fewer options. Enter a smaller number.")
        elif given["at_least"] > most:
            self.add_error("at_least", "This is more than voters may choose at most. Enter a smaller number.")
        self._check_rule(given)
        closes = given["closes_at"]
        if closes and (closes <= clock.now() or closes <= given["opens_at"]):
            self.add_error(
                "closes_at", "Choose a later time, so that members can vote before the poll closes."
            )
        return given

    @property
    def text(self) -> str:
        """All text that other members will read."""
        return "\n".join([self.cleaned_data["question"], *self.cleaned_data["wordings"]])

    @property
    def options(self) -> dict:
        """The wordings of the options and their kinds, for `Poll.open` and `Poll.revise`."""
        wordings = self.cleaned_data["wordings"]
        if self.cleaned_data["method"] == Poll.Method.CONSENT:
            return {"wordings": wordings, "kinds": list(CONSENT.values())}
        special = [kind for name, kind in SPECIAL.items() if self.cleaned_data[name]]
        return {"wordings": wordings, "kinds": [""] * (len(wordings) - len(special)) + special}

    @property
    def rules(self) -> dict:
        """The poll's fields, for `Poll.open` and `Poll.revise`."""
        return {name: self.cleaned_data[name] for name in RULES} | {
            "at_most": self.cleaned_data["at_most"] or None
        }


class WordingForm(forms.Form):
    """The wording of a corrected or a new option."""

    wording = Line(max_length=LONGEST, label="Wording")

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self._others = {wording.casefold() for wording in others}

    def clean_wording(self):
        if self.cleaned_data["wording"].casefold() in self._others:
            raise forms.ValidationError("Another option has the same wording. Choose a different one.")
        return self.cleaned_data["wording"]

    @property
    def text(self) -> str:
        return self.cleaned_data["wording"]


class ExtendForm(forms.Form):
    """A new closing time."""

    text = ""
    closes_at = Moment(required=False, label="Closes", help_text="Leave empty to close it by hand.")


NOT_A_KEY = "This is not a key. Enter the key that you were shown when you voted."


class BallotForm(forms.Form):
    """The tokens of a ballot: of this form, and of the ballot that it replaces. The view reads the marks."""

    token = forms.UUIDField(
        error_messages={"required": "This form is incomplete. Reload the page and vote again."}
    )
    over = forms.UUIDField(required=False, error_messages={"invalid": NOT_A_KEY})
    reason = Line(required=False, max_length=REASON_LENGTH)


class ReceiptForm(forms.Form):
    """The token of the ballot to take back; in a secret poll it is the voter's key."""

    over = forms.UUIDField(
        label="Your key",
        error_messages={"required": "Enter your key to take your ballot back.", "invalid": NOT_A_KEY},
    )
