"""Members as administrators see them."""

from accounts.admin import keys, members, records

__all__ = ["keys", "members", "records"]
