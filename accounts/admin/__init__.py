"""The admin pages about members. Imports `models` and `registries`; start with `members`."""

from accounts.admin import keys, members, records

__all__ = ["keys", "members", "records"]
