"""The form in which a member names the comments that moved them to another side."""

import re

from django import forms
from django.utils.html import format_html

from forums import markup
from forums.listing import wording
from forums.models import Comment
from forums.models.debates import persuasion

TOO_MANY = f"Choose at most {persuasion.AT_MOST} comments."
NOT_THERE = (
    "That is no link to a comment by somebody else in this debate. Copy it from the menu of the comment."
)


class PersuasionForm(forms.Form):
    """Choose among the offered comments, or give the link of another one. Needs two queries."""

    comments = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label="They moved me"
    )
    link = forms.CharField(required=False, max_length=300, label="Link to another comment")
    is_named = forms.BooleanField(required=False, label="Others may see that it was me")

    def __init__(self, data, *, change):
        self.change, self.offered = change, list(persuasion.offered(change))
        chosen = [comment.pk for comment in self.offered if comment.is_chosen]
        agreed = bool(chosen) and change.persuasions.filter(is_named=True).exists()
        super().__init__(data, initial={"comments": chosen, "is_named": agreed})
        self.fields["comments"].choices = [(comment.pk, _label(comment)) for comment in self.offered]
        if not self.offered:
            del self.fields["comments"]

    def clean_link(self) -> Comment | None:
        link = self.cleaned_data["link"].strip()
        if not link:
            return None
        found = re.search(r"(?:/comments/|#comment-)(\d{1,18})\b", link)
        others = Comment.objects.filter(topic=self.change.debate_id).exclude(author=self.change.member_id)
        comment = others.readable().filter(pk=found[1]).first() if found else None
        if comment is None:
            raise forms.ValidationError(NOT_THERE)
        return comment

    def clean(self):
        given = super().clean()
        chosen = set(given.get("comments", ()))
        named = [comment for comment in self.offered if comment.pk in chosen]
        if (other := given.get("link")) and other.pk not in chosen:
            named.append(other)
        if len(named) > persuasion.AT_MOST:
            raise forms.ValidationError(TOO_MANY)
        given["named"] = named
        return given


def _label(comment):
    return format_html(
        '<span dir="auto"><b>{}</b>: {}</span>',
        wording.name(comment.author),
        markup.excerpt(comment.beginning),
    )
