"""The second factor that a site can require of its staff and moderators (STAFF_MFA_REQUIRED)."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""Recovery codes do not count: they only replace a lost factor."""
ASKED = "Your account has special rights here, so set up a second factor first: an authenticator app or a passkey."


def is_missing(user) -> bool:
    """Whether the site requires a second factor that `user` has not set up. One query if it is required, else none."""
    return (
        settings.STAFF_MFA_REQUIRED
        and user.is_authenticated
        and not get_adapter().is_mfa_enabled(user, FACTORS)
    )


def is_missing_for(user, owner: int | None) -> bool:
    """The same for a page about the member with id `owner`, who needs no second factor for it."""
    return owner != user.pk and is_missing(user)


def redirect_to_setup(request: HttpRequest) -> HttpResponse:
    """Redirect to the page where a second factor is set up."""
    messages.warning(request, ASKED)
    return redirect("mfa_index")


def required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a page for moderators: without a required second factor, it redirects to setting one up."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_missing(request.user):
            return redirect_to_setup(request)
        return view(request, *args, **kwargs)

    return wrapped
