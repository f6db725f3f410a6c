"""How allauth behaves here: names, bans and addresses of clients."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.core.exceptions import ValidationError
from django.shortcuts import render

from accounts.models import User
from accounts.names import normalise, skeleton, validate_name, validate_not_reserved
from config.limits import client_address


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

    def pre_login(self, request, user, **login):
        """A page instead of a session for the banned, whichever way they proved who they are."""
        if user.is_active and user.is_banned:
            clear_login(request)
            return render(request, "account/banned.html", status=403)
        return super().pre_login(request, user, **login)

    def get_client_ip(self, request):
        return client_address(request)
