"""The forms of moderators, and of members who report or appeal: a rule, a reason, and what else an act needs."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from accounts.models.note import LONGEST as LONGEST_NOTE
from forums import markup
from forums.models import Category, Rule, Topic
from forums.models.moderation.action import REASON
from forums.models.moderation.report import WORDS
from forums.posting.fields import Tags, Title
from forums.posting.forms import EditForm
from forums.tags import choosing


class Words(forms.CharField):
    """A plain text of at most `most` characters. Invisible characters are removed."""

    def __init__(self, most, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3, "maxlength": most}))
        super().__init__(max_length=most, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        try:
            return markup.clean(value).strip() if value else ""
        except ValueError as error:
            raise ValidationError(str(error)) from None


class RuleChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(
            Rule.objects.in_force(),
            error_messages={
                "required": "Please choose the rule that this breaks.",
                "invalid_choice": "There is no such rule.",
            },
            **kwargs,
        )

    def label_from_instance(self, rule):
        return f"{rule.position}. {rule.title}"


class ReasonForm(forms.Form):
    """A rule and a reason, both optional. The log shows both."""

    rule = RuleChoice(required=False, empty_label="No rule in particular")
    reason = Words(REASON, required=False)


class RequiredReasonForm(ReasonForm):
    """A rule or a reason, for acts that the member concerned is notified of."""

    reason = Words(REASON, required=False, label="Reason", help_text="The member reads this.")

    def clean(self):
        given = super().clean()
        if not self.errors and not (given["rule"] or given["reason"]):
            raise ValidationError("Please name a rule or a reason. The member will read it.")
        return given


class TimedSanctionForm(RequiredReasonForm):
    """A rule or a reason, and a number of days."""

    days = forms.TypedChoiceField(coerce=int, label="For")

    def __init__(self, *args, lengths, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = lengths


class NoteForm(forms.Form):
    text = Words(
        LONGEST_NOTE,
        label="Note",
        help_text="Only moderators read notes, and nobody can change them. The member may ask the site for a copy.",
        error_messages={"required": "Please write the note first."},
    )


class RenameForm(ReasonForm):
    title = Title()


class RetagForm(ReasonForm):
    tags = Tags()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_tags(self):
        return sorted(set(choosing.resolve(self.user, self.cleaned_data["tags"]).values()))


class MoveForm(ReasonForm):
    category = forms.ModelChoiceField(
        Category.objects.none(),
        to_field_name="slug",
        error_messages={
            "required": "Please choose a category for the topic.",
            "invalid_choice": "You do not moderate this category.",
        },
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.moderated_by(user).select_related("parent")


class MergeForm(ReasonForm):
    """Another topic, found by its number or its address."""

    into = forms.CharField(
        max_length=300, error_messages={"required": "Please name the topic to merge into."}
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_into(self):
        found = re.search(r"(?:^|/t/)(\d{1,18})(?:/|$)", self.cleaned_data["into"].strip())
        topics = Topic.objects.visible_to(self.user).select_related("category__parent")
        topic = topics.filter(pk=int(found[1])).first() if found else None
        if topic is None:
            raise ValidationError("There is no such topic. You find its number in its address, after /t/.")
        return topic


class EditOthersForm(EditForm, RequiredReasonForm):
    """Edits the text of another member, who can read the rule or reason."""


class ExplainedRuleChoice(RuleChoice):
    """The rules with their texts, for radio buttons."""

    def label_from_instance(self, rule):
        return format_html("<span>{}<small>{}</small></span>", super().label_from_instance(rule), rule.text)


class ReportForm(forms.Form):
    rule = ExplainedRuleChoice(widget=forms.RadioSelect, empty_label=None, label="Which rule does it break?")
    words = Words(WORDS, required=False, label="Is there anything else that moderators should know?")


class AppealForm(forms.Form):
    words = Words(
        WORDS, label="Why should this be looked at again?",
        error_messages={"required": "Please say why this should be looked at again."},
    )  # fmt: skip


class DecisionForm(forms.Form):
    reason = Words(
        REASON, label="Your answer, which the member reads",
        error_messages={"required": "Please give a reason. The member reads it, and the log shows it."},
    )  # fmt: skip
