from allauth.account import forms as allauth_forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.names import normalise


class SignupForm(allauth_forms.SignupForm):
    """allauth's, safe to send twice: name, address and password together are the token of one sign-up."""

    field_order = ("username", "email", "password1")
    # The account that an earlier sending of this very form has made.
    twin = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.fields["username"].help_text = "3 to 30 letters, digits, dots or dashes. Everybody can see it."
        self.fields["email"].label = "E-mail address"
        self.fields["email"].help_text = "Nobody can see it."
        self.fields["password1"].help_text = "10 characters or more; a few words you remember do well."
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_username(self):
        try:
            return super().clean_username()
        except ValidationError as error:
            self.twin = self._twin() if error.code == "username_taken" else None
            if not self.twin:
                raise
            return self.twin.username

    def try_save(self, request):
        """(member, None), or (None, the answer) where no account may be made."""
        if self.twin:
            return self.twin, None
        if self.account_already_exists:
            # As slow as making an account, so that the clock does not tell what the page keeps to itself.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody was a moment faster: this browser with a double click, or another person.
            if twin := self._twin():
                return twin, None
            return None, HttpResponseRedirect(
                reverse("account_signup") + "?" + urlencode({"email": self.cleaned_data["email"]})
            )

    def _twin(self) -> User | None:
        sent = {name: self.data.get(name, "") for name in ("username", "email", "password1")}
        user = User.objects.named(normalise(sent["username"])).filter(last_login=None).first()
        if user and user.email == sent["email"].strip().lower() and user.check_password(sent["password1"]):
            return user
        return None
