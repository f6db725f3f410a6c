from contextlib import suppress

from allauth.account import forms as allauth_forms
from allauth.core import context as allauth_context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts import captcha, footprints
from accounts.models import User
from accounts.names import normalise

OPEN_FOR = 24 * 3600
"""Seconds for which a form can be sent."""
_clock = TimestampSigner(salt="accounts.signup")


def sign_now() -> str:
    """When the form was made, in a form that nobody else can make."""
    return _clock.sign("opened")


class SignupForm(allauth_forms.SignupForm):
    """allauth's, safe to send twice: name, address and password together are the token of one sign-up.

    Programs fill in every field, and at once: people leave one alone that they cannot see, and take some seconds.
    """

    field_order = ("username", "email", "password1", "captcha", "website", "opened")
    website = forms.CharField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput, initial=sign_now)
    # The account that an earlier sending of this very form has made.
    twin = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"
        self.fields["username"].help_text = "3 to 30 letters, digits, dots or dashes. Everybody can see it."
        self.fields["email"].label = "E-mail address"
        self.fields["email"].help_text = "Nobody can see it."
        self.fields["password1"].help_text = "10 characters or more; a few words you remember do well."
        if asking := captcha.chosen():
            self.fields["captcha"] = asking.field()
            self.order_fields(self.field_order)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_captcha(self):
        captcha.chosen().verify(allauth_context.request, self.cleaned_data["captcha"])

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise ValidationError(
                "This field is a trap for programs. Please empty it and send the form again."
            )
        return ""

    def clean_opened(self):
        """Not before SIGN_UP_SECONDS, not after a day. The form that comes back is a new one."""
        sent = self.cleaned_data["opened"]
        self.data = self.data.copy()
        self.data["opened"] = sign_now()
        try:
            _clock.unsign(sent, max_age=OPEN_FOR)
        except BadSignature:
            raise ValidationError("This form had been open too long. Please send it again.") from None
        with suppress(SignatureExpired):
            if settings.SIGN_UP_SECONDS:
                _clock.unsign(sent, max_age=settings.SIGN_UP_SECONDS)
                raise ValidationError("That was very quick. Please look at the form again, then send it.")

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
                member, answer = super().try_save(request)
                if member:
                    footprints.leave(request, member)
                return member, answer
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
