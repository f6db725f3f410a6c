"""Our settings of allauth that need code: names, suspensions, client addresses and mail."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render

from accounts.identity.names import normalise, validate_name, validate_not_reserved
from accounts.identity.skeleton import skeleton
from accounts.models import AccountMail, FreedName, Sanction, User
from accounts.registries import access_signals
from accounts.sign_in import blocks, device_history, failures, sessions
from config.web.limits import client_address

# Sessions that one member can have at once.
MOST_SESSIONS = 20


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, ended):
        sessions.end(ended)


# A locked account gets the same answer as a wrong password.
MISMATCH = (
    "This password does not belong to this name or address. After five failures an account is locked for five minutes. "
    "A new password ends the lock."
)


class MemberAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
    }

    def clean_username(self, username, shallow=False):
        """The name as it will be stored. Raises ValidationError with a sentence. Three queries, none if `shallow`."""
        name = normalise(username)
        validate_name(name)
        validate_not_reserved(name)
        if shallow:
            return name
        if User.objects.named(name).exists():
            raise ValidationError("This name is taken. Please choose another.", code="username_taken")
        if User.objects.looking_like(name).exists():
            raise ValidationError(
                "This name looks too much like another member's. Please choose another.",
                code="username_look_alike",
            )
        if FreedName.objects.is_reserved(skeleton(name)):
            raise ValidationError("This name is taken. Please choose another.", code="username_freed")
        return name

    def clean_email(self, email):
        # allauth would truncate a longer address, and then write to another person.
        longest = User._meta.get_field("email").max_length
        if len(email) > longest:
            raise ValidationError(
                f"Please use an address of at most {longest} characters.", code="max_length"
            )
        if why := blocks.why_not_with(email):
            raise ValidationError(why, code="blocked")
        return email

    def save_user(self, request, user, form, commit=True):
        """Write the new member. Call it in a transaction. Raises IntegrityError if the name was taken meanwhile."""
        User.objects.take_name(form.cleaned_data["username"])
        user.time_zone = form.cleaned_data["time_zone"]
        return super().save_user(request, user, form, commit)

    def is_open_for_signup(self, request):
        """Answer 403 with the reason if the network is blocked. Applies to every way of joining, before the form."""
        if why := blocks.why_not_join(request):
            raise PermissionDenied(why)
        return super().is_open_for_signup(request)

    def authenticate(self, request, **credentials):
        """The member with this password, or None. Raises TooFast after too many failures.

        Also compares the password of a locked account. Otherwise the time would reveal the lock.
        """
        login = credentials.get("email") or credentials.get("username", "")
        found = User.objects.of_login(login)
        attempt = failures.Attempt(request, login, found)
        may_succeed = attempt.count()
        member = super().authenticate(request, **credentials, found=found)
        if member is None or not may_succeed:
            return None
        attempt.succeeded()
        return member

    def pre_login(self, request, user, **login):
        """Show suspended members a page instead of starting a session, whatever way they signed in."""
        if user.is_active and user.is_suspended:
            request.session.flush()  # allauth keeps the unfinished sign-in there
            sanction = Sanction.objects.suspending(user)
            context = {
                "member": user,
                "sanction": sanction,
                "appeal": access_signals.appeal_address(sanction),
            }
            return render(request, "account/suspended.html", context, status=403)
        return super().pre_login(request, user, **login)

    def post_login(self, request, user, *, signup, redirect_url, **login):
        """Show new members their first steps. The page leads back to where they wanted to go."""
        if signup:
            back = redirect_url or get_next_redirect_url(request)
            welcome = self.get_signup_redirect_url(request)
            redirect_url = f"{welcome}?{urlencode({'next': back})}" if back else welcome
        return super().post_login(request, user, signup=signup, redirect_url=redirect_url, **login)

    def login(self, request, user):
        """Also end the oldest sessions above MOST_SESSIONS, because allauth loads all of them at every sign-in."""
        super().login(request, user)
        device_history.record(request, user)
        sessions.end(UserSession.objects.filter(user=user).order_by("-created_at")[MOST_SESSIONS - 1 :])

    def logout(self, request):
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            access_signals.changed(user)

    def set_password(self, user, password):
        """Also close the sockets of the member's other sessions, which a new password ends, and end a lock."""
        super().set_password(user, password)
        failures.forget(user)
        access_signals.changed(user)

    def get_client_ip(self, request):
        return client_address(request)

    def send_mail(self, template_prefix, email, context):
        """Store a mail that the jobs process sends. A request never waits for the mail server.

        Links begin with SITE_URL. allauth builds them from the Host header, which a stranger chooses.
        """
        about = {"request": self.request, "email": email, "SITE_NAME": settings.SITE_NAME}
        links = {name: _on_this_site(link) for name, link in context.items() if name.endswith("_url")}
        AccountMail.queue(self.render_mail(template_prefix, email, about | context | links))


def _on_this_site(link: str) -> str:
    return settings.SITE_URL + urlunsplit(("", "", *urlsplit(link)[2:]))
