"""How allauth behaves here: names, suspensions and addresses of clients."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context as allauth_context
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render

from accounts import blocks, footprints, sessions, standing
from accounts.models import Sanction, User
from accounts.names import normalise, skeleton, validate_name, validate_not_reserved
from config.limits import TooFast, client_address

# Devices that one member can be signed in on at once.
MOST_SESSIONS = 20
# Seconds: the longer of the periods over which allauth counts failures ("login_failed" in its RATE_LIMITS).
LONGEST_LOCK = 300
log = logging.getLogger(__name__)


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, ended):
        sessions.end(ended)


class MemberAdapter(DefaultAccountAdapter):
    def clean_username(self, username, shallow=False):
        """The name as it will be kept, or ValidationError with a sentence. Two queries, none if `shallow`."""
        name = normalise(username)
        validate_name(name)
        validate_not_reserved(name)
        if shallow:
            return name
        if User.objects.named(name).exists():
            raise ValidationError("Somebody has that name already.", code="username_taken")
        looks = skeleton(name)
        if any(skeleton(other) == looks for other in User.objects.staff().values_list("username", flat=True)):
            raise ValidationError(
                "That looks too much like the name of a moderator.", code="username_look_alike"
            )
        return name

    def clean_email(self, email):
        # allauth would cut a longer one off, and write to somebody else.
        longest = User._meta.get_field("email").max_length
        if len(email) > longest:
            raise ValidationError(f"An address has {longest} characters at most.", code="max_length")
        if why := blocks.why_not_with(email):
            raise ValidationError(why, code="blocked")
        return email

    def is_open_for_signup(self, request):
        """403 with the reason where nobody joins from; whichever way they come, and before they type anything."""
        if why := blocks.why_not_join(request):
            raise PermissionDenied(why)
        return super().is_open_for_signup(request)

    def pre_authenticate(self, request, **credentials):
        """429 for whoever has failed too often, by this name or from this address, with when to try again."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise TooFast(LONGEST_LOCK) from None

    def pre_login(self, request, user, **login):
        """A page instead of a session for the suspended, whichever way they proved who they are."""
        if user.is_active and user.is_suspended:
            clear_login(request)
            sanction = Sanction.objects.suspending(user)
            context = {"member": user, "sanction": sanction, "appeal": standing.appeal_address(sanction)}
            return render(request, "account/suspended.html", context, status=403)
        return super().pre_login(request, user, **login)

    def login(self, request, user):
        """Also end the oldest sessions beyond MOST_SESSIONS: allauth looks at each of them at every sign-in."""
        super().login(request, user)
        footprints.leave(request, user)
        sessions.end(UserSession.objects.filter(user=user).order_by("-created_at")[MOST_SESSIONS - 1 :])

    def logout(self, request):
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            standing.changed(user)

    def set_password(self, user, password):
        """A new one ends all other sessions."""
        super().set_password(user, password)
        standing.changed(user)

    def get_client_ip(self, request):
        return client_address(request)

    def send_mail(self, template_prefix, email, context):
        """Send it now. A mail server that is away costs a notice, not the page, and the form can be sent again."""
        try:
            super().send_mail(template_prefix, email, {"SITE_NAME": settings.SITE_NAME, **context})
        except (OSError, SMTPException):
            log.exception("A mail (%s) could not be sent", template_prefix)
            sorry = "We cannot send mail just now. Please try again in a few minutes."
            messages.error(allauth_context.request, sorry)
