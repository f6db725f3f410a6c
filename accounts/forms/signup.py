from contextlib import suppress

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.socialaccount import forms as provider_forms
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.forms.preferences import BrowserTimeZone
from accounts.models import User
from accounts.sign_in import captcha

OPEN_FOR = 24 * 3600
"""Seconds after which an open form expires."""
_clock = TimestampSigner(salt="accounts.signup")


def sign_now() -> str:
    """The signed time at which the form was made."""
    return _clock.sign("opened")


class SignupForm(allauth_forms.SignupForm):
    """allauth's form, safe to send twice. Name, address and password together identify one sign-up.

    Two traps stop programs: they fill in a field that people do not see, and they answer within SIGN_UP_SECONDS.
    """

    field_order = ("username", "email", "password1", "captcha", "website", "opened")
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput, initial=sign_now)
    time_zone = BrowserTimeZone()
    # The account that this same form created when it was sent before.
    twin = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.fields["username"].help_text = "3 to 30 letters, digits, dots or dashes. Everybody can see it."
        self.fields["email"].label = "E-mail address"
        self.fields["email"].help_text = "Other members cannot see it, only administrators."
        self.fields[
            "password1"
        ].help_text = "At least 10 characters. A few words that you can remember work well."
        if asking := captcha.chosen():
            self.fields["captcha"] = asking.field()
            self.order_fields(self.field_order)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_captcha(self):
        captcha.chosen().verify(get_adapter().request, self.cleaned_data["captcha"])

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError("This field catches programs. Please empty it and send the form again.")
        return ""

    def clean_opened(self):
        """Refuse a form younger than SIGN_UP_SECONDS or older than OPEN_FOR. It can then be sent again at once."""
        sent = self.cleaned_data["opened"]
        self.data = self.data.copy()
        self.data["opened"] = sign_now()
        try:
            _clock.unsign(sent, max_age=OPEN_FOR)
        except BadSignature:
            raise ValidationError("This form was open for too long. Please send it again.") from None
        with suppress(SignatureExpired):
            if settings.SIGN_UP_SECONDS:
                _clock.unsign(sent, max_age=settings.SIGN_UP_SECONDS)
                raise ValidationError("That was very quick. Please check the form, then send it again.")

    def clean_username(self):
        try:
            return super().clean_username()
        except ValidationError as error:
            self.twin = self._twin() if error.code == "username_taken" else None
            if not self.twin:
                raise
            return self.twin.username

    def try_save(self, request):
        """Create the account. Returns (member, None), or (None, response) if no account may be created."""
        if self.twin:
            return self.twin, None
        if self.account_already_exists:
            # Take as long as for a new account. Otherwise the time would reveal that the address is known.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Another request was faster: a double click in this browser, or another person with a name that looks so.
            if twin := self._twin():
                return twin, None
            return None, HttpResponseRedirect(
                reverse("account_signup") + "?" + urlencode({"email": self.cleaned_data["email"]})
            )

    def _twin(self) -> User | None:
        sent = {name: self.data.get(name, "") for name in ("username", "email", "password1")}
        user = User.objects.named(sent["username"]).filter(last_login=None).first()
        is_right = (user or User()).check_password(
            sent["password1"]
        )  # also without a user, for the same time
        return user if user and is_right and user.email == sent["email"].strip().lower() else None


class ProviderSignupForm(provider_forms.SignupForm):
    """allauth's form for a visitor who comes from an OpenID Connect provider."""

    time_zone = BrowserTimeZone()

    def try_save(self, request):
        """Create the account, or begin again at the provider if another person was faster with a name that looks so."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            return None, HttpResponseRedirect(reverse("account_login"))

    def save(self, request):
        """Create the account with the address in the form. Only an address that the provider has verified counts so.

        allauth would use the provider's address instead. Then no mail would be sent to the address in the form, and
        that would reveal that it has no account.
        """
        chosen = self.cleaned_data["email"]
        given = self.sociallogin.email_addresses
        self.sociallogin.email_addresses = [each for each in given if each.email.lower() == chosen]
        return super().save(request)
