from accounts.models.ignore import Ignore
from accounts.models.user import User

__all__ = ["Ignore", "User"]
