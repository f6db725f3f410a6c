import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts import avatars
from accounts.models import User

MOST_LINKS = 5
# Marks that turn the direction of all text after them around, beyond the end of the bio.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_is_https = URLValidator(schemes=["https"], message="Links begin with https:// and lead to a host.")


class LinksField(forms.CharField):
    """One link a line, as a list."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        links = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(links) > MOST_LINKS:
            raise ValidationError(f"Please choose {MOST_LINKS} links at most.")
        for link in links:
            if len(link) > 200:
                raise ValidationError("A link may have 200 characters.")
            _is_https(link)
            if _DIRECTION_MARKS.search(link):
                raise ValidationError("A link holds a mark that turns the letters after it around.")
        return links


class ProfileForm(forms.ModelForm):
    picture = forms.FileField(
        label="Picture",
        required=False,
        help_text="PNG, JPEG, WebP or GIF, 5 MB at most. We keep a square from its middle.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    forget_picture = forms.BooleanField(label="Go back to the drawn picture", required=False)
    links = LinksField(label="Links", required=False, max_length=1100, help_text="Five at most, one a line.")

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
            # Not before the commit: a failure must not leave the member without any file.
            transaction.on_commit(lambda: self.instance.avatar.storage.delete(old))
        return self.instance
