from allauth.account.auth_backends import AuthenticationBackend
from asgiref.sync import sync_to_async

from accounts.models import User
from config.prepared import prepared


class MemberBackend(AuthenticationBackend):
    """allauth's signing in by name or address, and a member fetched with all that pages ask of them.

    Suspended members come out of the password check as inactive, so that `MemberAdapter.pre_login` can tell
    them why they stay outside; nobody else learns of it.
    """

    def user_can_authenticate(self, user) -> bool:
        return super().user_can_authenticate(user) and not user.is_suspended

    def get_user(self, user_id) -> User | None:
        """Whose session it is, in one query, or None if a suspension or deletion has ended it."""
        user = next(iter(_members(user_id)), None)
        if user:
            user.group_ids, user.ignored_ids = tuple(user.group_ids), tuple(user.ignored_ids)
        return user

    async def aget_user(self, user_id) -> User | None:
        # Django's own would fetch the member by another way, past the suspension.
        return await sync_to_async(self.get_user)(user_id)


@prepared
def _members(pk):
    return User.objects.with_standing().admitted().filter(pk=pk)
