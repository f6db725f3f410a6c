from accounts.models.ignore import Ignore
from accounts.models.sanction import Sanction
from accounts.models.user import User

__all__ = ["Ignore", "Sanction", "User"]
