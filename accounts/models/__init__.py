"""Users, sanctions, blocks, ignored members, notes and waiting mails.

Imports `identity` and `registries`; start with `user`.
"""

from accounts.models.block import Block
from accounts.models.footprint import Footprint
from accounts.models.freed_name import FreedName
from accounts.models.ignore import Ignore
from accounts.models.note import Note
from accounts.models.outgoing_mail import AccountMail
from accounts.models.sanction import Sanction
from accounts.models.user import Trust, User

__all__ = ["AccountMail", "Block", "Footprint", "FreedName", "Ignore", "Note", "Sanction", "Trust", "User"]
