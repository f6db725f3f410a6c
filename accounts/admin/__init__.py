"""The admin pages about members."""

from accounts.admin import keys, members, records

__all__ = ["keys", "members", "records"]
