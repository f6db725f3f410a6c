"""Staff and moderators hold keys of the site: it can ask for more than a password of them."""

from collections.abc import Callable
from functools import wraps

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""Recovery codes alone are none: they are for having lost one."""
ASKED = "Here you hold keys of the site, so set up a second factor first: an app with codes, or a passkey."


def is_missing(user) -> bool:
    """Whether the site demands of its staff what `user` has not set up. A query if it does, else none."""
    return settings.STAFF_MFA_REQUIRED and user.is_authenticated and not is_mfa_enabled(user, FACTORS)


def is_missing_for(user, owner: int | None) -> bool:
    """The same, where one's own is everybody's to change: of what is `owner`'s, by their number."""
    return owner != user.pk and is_missing(user)


def ask_for_one(request: HttpRequest) -> HttpResponse:
    """Lead them to where it is set up."""
    messages.warning(request, ASKED)
    return redirect("mfa_index")


def demanded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for moderators: without the second factor that the site demands, it leads to setting one up."""

    @wraps(view)
    def asking(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if is_missing(request.user):
            return ask_for_one(request)
        return view(request, *args, **kwargs)

    return asking
