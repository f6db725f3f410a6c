"""Forms for the host of a debate."""

from datetime import timedelta

from django import forms

from config.engines import clock
from forums.posting.fields import Line, Moment
from forums.posting.forms import SlowModeForm

SHORTEST, LONGEST, FARTHEST = timedelta(minutes=5), timedelta(days=7), timedelta(days=366)
"""The least and greatest length of a debate, and how far ahead it may be announced."""
QUESTION_AT_MOST = 200


class QuestionForm(forms.Form):
    question = Line(
        max_length=QUESTION_AT_MOST,
        required=False,
        label="Pinned question",
        help_text="It is shown below the opening. You can change it until the end.",
    )


class DebateForm(QuestionForm, SlowModeForm):
    """Times, question and slow mode of a debate. After the start only the end can be moved."""

    starts_at = Moment(label="Begins")
    ends_at = Moment(label="Ends")

    field_order = ["starts_at", "ends_at", "question", "seconds", "scope"]

    def __init__(self, *args, debate=None, **kwargs):
        super().__init__(*args, is_branch=False, **kwargs)
        self.debate = debate
        if debate and not debate.is_announced:
            del self.fields["starts_at"]

    def clean(self):
        given = super().clean()
        if self.errors:
            return given
        now = clock.now()
        starts_at = given.setdefault("starts_at", self.debate and self.debate.starts_at)
        if "starts_at" in self.fields and not now < starts_at <= now + FARTHEST:
            self.add_error("starts_at", "Choose a time in the future, at most a year ahead.")
        elif not SHORTEST <= given["ends_at"] - starts_at <= LONGEST:
            self.add_error("ends_at", "A debate lasts from five minutes to seven days.")
        elif given["ends_at"] <= now:
            self.add_error("ends_at", "That time has passed. Choose a later one.")
        return given
