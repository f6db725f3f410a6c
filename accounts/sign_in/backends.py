from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async

from accounts.models import User
from config.caching.compiled_queries import compiled


class MemberBackend(AuthenticationBackend):
    """Signs members in by name or address, and loads the member of a session with all that pages need.

    The password check treats suspended members as inactive. `MemberAdapter.pre_login` then shows them the reason, and
    nobody without the password can learn of the suspension.
    """

    def _authenticate(self, request, **credentials) -> User | None:
        """Compare one password. allauth compares it twice for an address, which reveals that the address is known.

        `MemberAdapter` passes the member as `found`. Others, such as Django's test client, pass only a name.
        """
        if "found" in credentials:
            member = credentials["found"]
        else:
            member = User.objects.of_login(credentials.get("email") or credentials.get("username") or "")
        return self._check_password(member, credentials["password"])

    def user_can_authenticate(self, user) -> bool:
        return super().user_can_authenticate(user) and not user.is_suspended

    def get_user(self, user_id) -> User | None:
        """The member of a session, or None after a suspension or deletion. One query."""
        return only(_members(user_id))

    async def aget_user(self, user_id) -> User | None:
        # Django's own method would load the member by another query, which ignores suspensions.
        return await sync_to_async(self.get_user)(user_id)


def only(members: list[User]) -> User | None:
    """The member whom a compiled query `for_request` has found, if any, with tuples for groups and ignored members."""
    member = next(iter(members), None)
    if member:
        member.group_ids, member.ignored_ids = tuple(member.group_ids), tuple(member.ignored_ids)
    return member


@compiled
def _members(pk):
    return User.objects.for_request().admitted().filter(pk=pk)
