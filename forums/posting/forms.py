"""The forms in which members write and moderators set slow mode. After an error they show all that was written."""

from uuid import uuid4

from django import forms
from django.contrib import messages

from forums import markup
from forums.access import permissions
from forums.access.refusal import Refused
from forums.models import Category, LinkPreview, SlowMode
from forums.models.discussion.slow_mode import PACES
from forums.pictures import uploading
from forums.posting.fields import TAGS_AT_MOST, TITLE_AT_MOST, Body, Line, Tags, Title
from forums.tags import choosing


class WithPicture(forms.Form):
    """A form for a text, with files for browsers without scripts: their pictures are put at the end of the text.

    `user` uploads them. The text of the form has the pictures from then on, also if the form is refused. `warn` then
    says what will be different about them.
    """

    picture = forms.FileField(required=False)
    alt = Line(required=False, max_length=500)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self._problems = user, []

    def warn(self, request):
        """Have the next page say which pictures will not be shown as they are."""
        for problem in self._problems:
            messages.warning(request, problem)

    def clean(self):
        given = super().clean()
        given.pop("picture", None)
        alt = given.pop("alt", "").translate({ord(sign): f"\\{sign}" for sign in "[]\\"})
        is_fit = "picture" not in self.errors and permissions.may_speak(self.user)
        try:
            for file in self.files.getlist("picture") if is_fit else ():
                picture = uploading.upload(self.user, file)
                self._problems += filter(None, [picture.problem])
                self._append(given, f"![{alt}]({picture.get_absolute_url()})")
        except Refused as refused:
            self.add_error("picture", str(refused))
        return given

    def _append(self, given, image):
        self.data = self.data.copy()
        self.data["body"] = given["body"] = "\n\n".join(filter(None, [given.get("body"), image]))


class Sendable(WithPicture):
    """A form that stores one comment or topic for each `token`."""

    def renew_token(self):
        """Give the form a new token, after a refusal that sending the same form again could not change."""
        self.data = self.data.copy()
        self.data["token"] = str(uuid4())


class ReplyForm(Sendable):
    body = Body()
    # A form that is sent twice with the same token is stored once.
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
    tags = Tags()
    body = Body()
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ["category", "title", "tags", "body", "token"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        seen = Category.objects.visible_to(user).in_order()
        allowed = [category.pk for category in seen if permissions.may_post(user, category)]
        self.fields["category"].queryset = seen.filter(pk__in=allowed)

    def clean(self):
        given = super().clean()
        if "category" in given and "tags" in given:
            check_tags(self, given, given["category"])
        return given


def check_tags(form, given: dict, category: Category, before=()) -> None:
    """Check the tags that are `given` by the rules of the category. The form shows the sentence beside its field."""
    try:
        given["tags"] = choosing.check(form.user, category, given["tags"], before)
    except forms.ValidationError as error:
        form.add_error("tags", error)


class EditForm(WithPicture):
    """Edit the text of a comment, and with an opening the topic's title and tags.

    `take_previews` returns the previews of links to remove.
    """

    body = Body()
    # In this form and not beside it, because a click elsewhere would lose what is being written.
    without = forms.ModelMultipleChoiceField(
        LinkPreview.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.comment = comment
        self.initial.setdefault("body", comment.body)
        self.fields["without"].queryset = comment.previews.filter(state=LinkPreview.State.READY)
        if comment.is_opening:
            self.fields["title"] = Title(initial=comment.topic.title)
            self.fields["tags"] = Tags(initial=comment.topic.tags)
            self.order_fields(["title", "tags", "body"])

    def clean(self):
        given, topic = super().clean(), self.comment.topic
        if "tags" in given and "tags" not in self.data:
            given["tags"] = topic.tags  # a form from before an upgrade, or one that another program sends
        if given.get("tags", topic.tags) != topic.tags:
            check_tags(self, given, topic.category, topic.tags)
        return given

    def take_previews(self) -> list[LinkPreview]:
        return list(self.cleaned_data.pop("without"))


class SlowModeForm(forms.Form):
    """Choose how often each member may reply in a topic, or in a branch if `is_branch`."""

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
    """Check only the size and the place of a draft: unfinished text is stored as it is."""

    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    category = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    title = forms.CharField(required=False, max_length=TITLE_AT_MOST)
    tags = forms.CharField(required=False, max_length=TAGS_AT_MOST)
    # Longer than a text may be when it is posted. Browsers send line ends as two characters.
    body = forms.CharField(required=False, strip=False, max_length=3 * markup.LONGEST)
    token = forms.UUIDField()
