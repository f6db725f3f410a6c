from accounts.models.ignore import Ignore
from accounts.models.sanction import Sanction
from accounts.models.user import Trust, User

__all__ = ["Ignore", "Sanction", "Trust", "User"]
