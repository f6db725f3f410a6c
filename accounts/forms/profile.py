import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts.identity import avatars
from accounts.models import User

MOST_LINKS = 5
# Characters that reverse the direction of the text behind them, even beyond the end of the bio.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_is_https = URLValidator(schemes=["https"], message="Please enter a full link that begins with https://.")


class LinksField(forms.CharField):
    """A list of links, one per line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        links = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(links) > MOST_LINKS:
            raise ValidationError(f"Please enter at most {MOST_LINKS} links.")
        for link in links:
            if len(link) > 200:
                raise ValidationError("Please keep each link to at most 200 characters.")
            _is_https(link)
            if _DIRECTION_MARKS.search(link):
                raise ValidationError(
                    "A link contains a character that reverses text. Please type the link instead of pasting it."
                )
        return links


class ProfileForm(forms.ModelForm):
    picture = forms.FileField(
        label="Picture",
        required=False,
        help_text="PNG, JPEG, WebP or GIF, at most 5 MB. We crop it to a square.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    forget_picture = forms.BooleanField(label="Remove my picture", required=False)
    links = LinksField(
        label="Links", required=False, max_length=1100, help_text="At most five, one per line."
    )

    class Meta:
        model = User
        fields = ("picture", "forget_picture", "bio", "links")
        labels = {"bio": "About you"}
        widgets = {"bio": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.avatar:
            del self.fields["forget_picture"]

    def clean_picture(self):
        upload = self.cleaned_data["picture"]
        return avatars.read_upload(upload) if upload else None

    def clean_bio(self):
        return _DIRECTION_MARKS.sub("", self.cleaned_data["bio"]).strip()

    @transaction.atomic
    def save(self, commit=True):
        old = self.instance.avatar.name
        if picture := self.cleaned_data["picture"]:
            self.instance.avatar = picture
        elif self.cleaned_data.get("forget_picture"):
            self.instance.avatar = ""
        self.instance.save(update_fields=["avatar", "bio", "links"])
        if old and self.instance.avatar.name != old:
            # Only after the commit: after a failure the member must still have a picture.
            transaction.on_commit(lambda: self.instance.avatar.storage.delete(old))
        return self.instance
