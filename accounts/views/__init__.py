"""Pages about members, and the pages of a member's own settings. Imports every other package of accounts."""
