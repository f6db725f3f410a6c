"""What members send in: checked, and on refusal shown again with all they wrote."""

from uuid import uuid4

from django import forms
from django.core.exceptions import BadRequest

from forums import markup, permissions
from forums.changes import Place
from forums.models import Category, SlowMode
from forums.models.slow_mode import PACES
from forums.window import SORTS, Reading

TITLE_AT_MOST = 200


class Body(forms.CharField):
    """Markdown, cleaned; refuses with the sentence that `markup.clean` gives."""

    def __init__(self, **kwargs):
        super().__init__(
            label="Text",
            strip=False,
            widget=forms.Textarea(attrs={"rows": 8, "required": True}),
            error_messages={"required": "Please write something first."},
            **kwargs,
        )

    def to_python(self, value):
        if not value or not value.strip():
            return ""
        try:
            return markup.clean(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class Title(forms.CharField):
    """One line; runs of white space count as one."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=TITLE_AT_MOST,
            error_messages={"required": "A topic needs a title."},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )

    def to_python(self, value):
        value = super().to_python(value)
        try:
            return " ".join(markup.clean(value).split()) if value else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class Sendable(forms.Form):
    """A form that stores something once for each `token`."""

    def renew_token(self):
        """After a refusal that no sending of the same form could change."""
        self.data = self.data.copy()
        self.data["token"] = str(uuid4())


class ReplyForm(Sendable):
    body = Body()
    # Names this writing of this text: whatever is sent twice with it is stored once.
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    parent = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)


class TopicForm(Sendable):
    category = forms.ModelChoiceField(
        Category.objects.none(),
        empty_label="Choose a category",
        error_messages={
            "required": "Please choose a category.",
            "invalid_choice": "You cannot post in that category.",
        },
    )
    title = Title()
    body = Body()
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ["category", "title", "body", "token"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Category.objects.visible_to(user).in_order()
        allowed = [category.pk for category in seen if permissions.may_post(user, category)]
        self.fields["category"].queryset = seen.filter(pk__in=allowed)


class EditForm(forms.Form):
    """The text of a comment; for an opening, the topic's title with it."""

    body = Body()

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("body", comment.body)
        if comment.is_opening:
            self.fields["title"] = Title(initial=comment.topic.title)
            self.order_fields(["title", "body"])


class SlowModeForm(forms.Form):
    """How often each member may reply in a topic, or in the branch for which `is_branch` is said."""

    seconds = forms.TypedChoiceField(
        choices=[(0, "as often as they like"), *PACES.items()], coerce=int, label="Each member may reply"
    )
    scope = forms.ChoiceField(
        choices=SlowMode.Scope.choices,
        initial=SlowMode.Scope.MEMBER,
        widget=forms.RadioSelect,
        label="Counted",
    )

    def __init__(self, *args, is_branch, **kwargs):
        super().__init__(*args, **kwargs)
        if is_branch:
            del self.fields["scope"]


class DraftForm(forms.Form):
    """Anything half-written is worth keeping; only its size and its place are checked."""

    topic = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    category = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    title = forms.CharField(required=False, max_length=TITLE_AT_MOST)
    # A text that is too long to be sent yet has to be kept all the same; lines end in two characters here.
    body = forms.CharField(required=False, strip=False, max_length=3 * markup.LONGEST)
    token = forms.UUIDField(required=False)


class ChangesForm(forms.Form):
    """From which version of a topic on somebody wants to know what is different; how far they have come."""

    since = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    after = forms.RegexField(r"^\d{1,18}\.\d{1,9}$", required=False)

    @property
    def asked(self) -> dict:
        given = self.cleaned_data
        after = Place(*map(int, given["after"].split("."))) if given["after"] else None
        return {"version": given["since"], "after": after}


class ReadingForm(forms.Form):
    """The parameters of a topic's page."""

    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])
    branch = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    focus = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    new = forms.ChoiceField(required=False, choices=[("1", "1")])
    fold = forms.RegexField(r"^\d{1,18}(\.\d{1,18}){0,99}$", required=False)

    def __init__(self, data):
        super().__init__(data)
        # "from" is a word of Python's.
        self.fields["from"] = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def reading(self, user) -> Reading:
        """What is asked for. Raises `BadRequest` with a sentence where it makes no sense."""
        if not self.is_valid():
            raise BadRequest(
                f"The address asks for a part of the topic that cannot be: {', '.join(self.errors)}."
            )
        given = self.cleaned_data
        return Reading(
            sort=given["sort"] or getattr(user, "comment_sort", "best"),
            branch=given["branch"] or 1,
            start=given["from"],
            after=given["after"],
            focus=given["focus"],
            only_new=bool(given["new"]) and user.is_authenticated,
            folded=tuple(map(int, given["fold"].split("."))) if given["fold"] else (),
        )
