from django import forms
from django.core.exceptions import ValidationError

from accounts.identity.names import normalise


class DeletionForm(forms.Form):
    name = forms.CharField(
        label="Type your name to delete your account",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self):
        if normalise(self.cleaned_data["name"]).casefold() != self.user.username.casefold():
            raise ValidationError("That is not your name.")
        return self.cleaned_data["name"]
